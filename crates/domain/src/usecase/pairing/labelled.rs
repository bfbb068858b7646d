//! Robots that are known before they have an owner, or an owner before they are known.

use super::Pairings;
use crate::Timestamp;
use crate::access::HomeScope;
use crate::home::Name;
use crate::id::{PairingId, RobotId};
use crate::label::{Label, LabelCode};
use crate::robot::{Pairing, Robot};
use crate::settings::Settings;
use crate::usecase::{UseCaseError, unless_conflict};

/// A robot that its owner is about to provision.
#[derive(Debug, Clone)]
pub struct ExpectedRobot {
    /// The id that it shall have.
    pub robot: RobotId,
    /// With this it proves who it is.
    pub code: LabelCode,
    /// What its owner calls it.
    pub name: Name,
    /// The pairing that it shall have.
    pub pairing: PairingId,
}

impl Pairings {
    /// Pairs the announced robot that has `code` printed on it with a home; it need not be provisioned yet.
    ///
    /// A code that is unknown or used is [`UseCaseError::NotFound`]; the same owner may try again after an outage.
    pub async fn pair_labelled(
        &self,
        scope: &HomeScope,
        code: &LabelCode,
        name: Name,
        pairing: PairingId,
        now: Timestamp,
    ) -> Result<Robot, UseCaseError> {
        let unknown = || UseCaseError::NotFound { what: "claim" };
        let label = self.labels.label(code).await?.ok_or_else(unknown)?;
        let known = self.robots.robot(label.robot).await?.ok_or_else(unknown)?;
        if !label.stands_for(&known) {
            return Err(unknown());
        }
        let pairing = match &known.pairing {
            Some(earlier) if earlier.home == scope.home() => earlier.clone(),
            Some(_) => return Err(unknown()),
            None => paired(scope, name, pairing, now),
        };
        let robot = Robot {
            pairing: Some(pairing.clone()),
            ..known.clone()
        };
        unless_conflict(self.robots.put_robot(&robot, Some(&known)).await)?.ok_or_else(unknown)?;
        self.settle_in(scope, &robot, pairing.id).await?;
        tracing::info!(robot.id = %robot.id, "announced robot paired");
        Ok(robot)
    }

    /// Makes a home ready for a robot that its owner provisions: it is paired before it has a certificate.
    pub async fn expect(
        &self,
        scope: &HomeScope,
        expected: ExpectedRobot,
        now: Timestamp,
    ) -> Result<Robot, UseCaseError> {
        let ExpectedRobot {
            robot: id,
            code,
            name,
            pairing,
        } = expected;
        self.labels.put_label(&Label::new(code, id), None).await?;
        let robot = Robot {
            id,
            pairing: Some(paired(scope, name, pairing, now)),
            certificate: None,
        };
        self.robots.put_robot(&robot, None).await?;
        self.settle_in(scope, &robot, pairing).await?;
        tracing::info!(robot.id = %id, "robot expected");
        Ok(robot)
    }

    /// Leaves the settings that the robot finds when it connects; they tell it its pairing.
    async fn settle_in(
        &self,
        scope: &HomeScope,
        robot: &Robot,
        pairing: PairingId,
    ) -> Result<(), UseCaseError> {
        let known = self.settings.settings(robot.id).await?;
        let before = known.as_ref().map(|settings| settings.version);
        if known.is_none_or(|settings| settings.pairing != pairing) {
            let initial = Settings::initial(pairing);
            let version = before.map_or(initial.version, |version| version + 1);
            let settings = Settings { version, ..initial };
            self.settings.put_settings(robot.id, &settings, before).await?;
        }
        self.layers.welcome(scope, robot).await
    }
}

/// A pairing with the home that `scope` opens.
pub(super) fn paired(scope: &HomeScope, name: Name, id: PairingId, now: Timestamp) -> Pairing {
    Pairing {
        id,
        home: scope.home(),
        name,
        floor: None,
        paired_at: now,
    }
}
