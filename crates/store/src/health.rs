//! The health of robots: one item each, of which the status and the presence are written apart.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::fleet::RobotHealth;
use domain::id::RobotId;
use domain::ports::{HealthStore, StoreError};
use domain::presence::Presence;
use domain::quarantine::Quarantine;
use domain::status::Status;
use serde::Deserialize;

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, number, read, value};
use crate::keys::{FleetKey, Key};
use crate::operations::Read;

const HEALTH: &str = "health";

#[derive(Deserialize)]
struct Known {
    status: Option<Status>,
    presence: Option<Presence>,
    quarantine: Option<Quarantine>,
}

#[async_trait]
impl HealthStore for TableStore {
    async fn health(&self, robot: RobotId) -> Result<RobotHealth, StoreError> {
        match self.get(Key::health(robot), Read::Consistent).await? {
            Some(item) => health_of(robot, item),
            None => Ok(RobotHealth {
                robot,
                status: None,
                presence: None,
                quarantine: None,
            }),
        }
    }

    async fn put_status(&self, robot: RobotId, status: &Status) -> Result<bool, StoreError> {
        let newer = Expression::new(
            "attribute_not_exists(#status) OR #status.#order.#boot < :boot \
             OR (#status.#order.#boot = :boot AND #status.#order.#seq < :seq)",
        );
        let newer = newer
            .with("boot", number(status.order.boot))
            .with("seq", number(status.order.seq));
        let change = change(robot, "status", value(status)?);
        Ok(self.update_if(Key::health(robot), change, newer).await?.is_done())
    }

    async fn put_presence(
        &self,
        robot: RobotId,
        presence: &Presence,
        expected: Option<&Presence>,
    ) -> Result<(), StoreError> {
        let unchanged = match expected {
            Some(expected) => Expression::new("#presence = :expected").with("expected", value(expected)?),
            None => Expression::new("attribute_not_exists(#presence)"),
        };
        let change = change(robot, "presence", value(presence)?);
        self.update_if(Key::health(robot), change, unchanged)
            .await?
            .or_conflict("presence")
    }

    async fn put_quarantine(
        &self,
        robot: RobotId,
        quarantine: Option<&Quarantine>,
    ) -> Result<(), StoreError> {
        let change = change(robot, "quarantine", value(&quarantine)?);
        self.update(Key::health(robot), change).await.map(drop)
    }
}

/// Puts a robot into the fleet index, whether or not it was heard of.
pub(crate) fn in_fleet(robot: RobotId) -> Expression {
    let [(partition, shard), (sort, id)] = FleetKey::of(robot).attributes();
    let text = format!("SET #{partition} = :{partition}, #{sort} = :{sort}");
    Expression::new(text).with(partition, shard).with(sort, id)
}

/// Reads a health item.
pub(crate) fn health_of(robot: RobotId, item: Item) -> Result<RobotHealth, StoreError> {
    let Known {
        status,
        presence,
        quarantine,
    } = read(HEALTH, item)?;
    Ok(RobotHealth {
        robot,
        status,
        presence,
        quarantine,
    })
}

fn change(robot: RobotId, name: &str, value: AttributeValue) -> Expression {
    in_fleet(robot)
        .then(format!(", #{name} = :{name}"))
        .with(name, value)
}
