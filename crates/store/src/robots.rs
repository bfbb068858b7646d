//! Robots, and the copy of each that lies with its home, so that a home's list is one query.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::RobotId;
use domain::page::{Page, PageRequest};
use domain::ports::{RobotStore, StoreError};
use domain::robot::Robot;

use crate::TableStore;
use crate::expression::Expression;
use crate::health::in_fleet;
use crate::item::{Record, read, value};
use crate::keys::{FleetKey, Key, Listing};
use crate::lists::Order;
use crate::operations::{Read, Step};

const ROBOT: &str = "robot";

#[async_trait]
impl RobotStore for TableStore {
    async fn robot(&self, robot: RobotId) -> Result<Option<Robot>, StoreError> {
        let item = self.get(Key::robot(robot), Read::Consistent).await?;
        item.map(|item| read(ROBOT, item)).transpose()
    }

    async fn put_robot(&self, robot: &Robot, expected: Option<&Robot>) -> Result<(), StoreError> {
        let record = Record::of(ROBOT, Key::robot(robot.id), robot)?;
        let mut steps = vec![Step::Put(record, Some(unchanged(expected)?))];
        let home = HomeScope::of_robot(robot);
        if let Some(scope) = &home {
            steps.push(Step::Put(
                Record::of(ROBOT, Key::home_robot(scope, robot.id), robot)?,
                None,
            ));
        }
        let left = expected
            .and_then(HomeScope::of_robot)
            .filter(|left| Some(left) != home.as_ref());
        steps.extend(left.map(|scope| Step::Delete(Key::home_robot(&scope, robot.id), None)));
        let was_paired = expected.is_some_and(|known| known.pairing.is_some());
        if expected.is_none() {
            steps.push(Step::Change(Key::health(robot.id), in_fleet(robot.id)));
        } else if was_paired && robot.pairing.is_none() {
            steps.extend(forgotten(robot.id));
        }
        self.transact(ROBOT, steps).await
    }

    async fn robots(&self, scope: &HomeScope, page: &PageRequest) -> Result<Page<Robot>, StoreError> {
        let list = Listing::robots(scope);
        self.page(ROBOT, &list, Order::Ascending, page, |item| read(ROBOT, item))
            .await
    }
}

/// What a home left with a robot goes with its pairing; the fleet only keeps that there is such a robot.
fn forgotten(robot: RobotId) -> [Step; 2] {
    let health = Record::new(ROBOT, Key::health(robot));
    let health = FleetKey::of(robot)
        .attributes()
        .into_iter()
        .fold(health, |health, (name, value)| health.with(name, value));
    [Step::Put(health, None), Step::Delete(Key::settings(robot), None)]
}

/// Holds when the stored robot equals `expected`.
fn unchanged(expected: Option<&Robot>) -> Result<Expression, StoreError> {
    let Some(Robot {
        id,
        pairing,
        certificate,
    }) = expected
    else {
        return Ok(Expression::absent());
    };
    Ok(
        Expression::new("#id = :id AND #pairing = :pairing AND #certificate = :certificate")
            .with("id", value(id)?)
            .with("pairing", value(pairing)?)
            .with("certificate", value(certificate)?),
    )
}
