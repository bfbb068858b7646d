//! From who asks to what they may reach.

use std::sync::Arc;

use super::UseCaseError;
use super::quarantining::unless_quarantined;
use crate::FieldError;
use crate::access::{HomeScope, Principal};
use crate::home::{Membership, Role};
use crate::id::{HomeId, PairingId, RobotId};
use crate::ports::{HomeStore, RobotStore};
use crate::robot::{Pairing, Robot};

/// Reads memberships and pairings, on every request.
#[derive(Clone)]
pub struct Authorizing {
    /// Where memberships are.
    pub homes: Arc<dyn HomeStore>,
    /// Where robots are.
    pub robots: Arc<dyn RobotStore>,
}

/// A robot that somebody may reach, with its home.
#[derive(Debug, Clone)]
pub struct RobotAccess {
    /// The robot.
    pub robot: Robot,
    /// Its pairing.
    pub pairing: Pairing,
    /// The right to its home's data.
    pub scope: HomeScope,
}

impl Authorizing {
    /// The scope of a home for a person with at least the role `needed`.
    ///
    /// A home that is not theirs is [`UseCaseError::NotFound`], exactly as one that does not exist.
    pub async fn home(
        &self,
        principal: &Principal,
        home: HomeId,
        needed: Role,
    ) -> Result<(HomeScope, Membership), UseCaseError> {
        let missing = UseCaseError::NotFound { what: "home" };
        let Some(membership) = self.homes.membership(principal.person, home).await? else {
            return Err(missing);
        };
        let scope = HomeScope::of_member(&membership, needed).ok_or(missing)?;
        Ok((scope, membership))
    }

    /// A robot for a person with at least the role `needed` in its home.
    ///
    /// A foreign robot is [`UseCaseError::NotFound`], exactly as one that does not exist.
    pub async fn robot(
        &self,
        principal: &Principal,
        robot: RobotId,
        needed: Role,
    ) -> Result<RobotAccess, UseCaseError> {
        let missing = || UseCaseError::NotFound { what: "robot" };
        let robot = self.robots.robot(robot).await?;
        let pairing = robot.as_ref().and_then(|robot| robot.pairing.clone());
        // Without a pairing a home of nobody is asked for, so that an unknown robot takes as long as a foreign one.
        let home = pairing
            .as_ref()
            .map_or(HomeId::from_u128(0), |pairing| pairing.home);
        let membership = self.homes.membership(principal.person, home).await?;
        let (Some(robot), Some(pairing), Some(membership)) = (robot, pairing, membership) else {
            return Err(missing());
        };
        let scope = HomeScope::of_member(&membership, needed).ok_or_else(missing)?;
        Ok(RobotAccess {
            robot,
            pairing,
            scope,
        })
    }

    /// The robot that the broker authenticated, if what it sent belongs to its present pairing and it is in no quarantine.
    pub async fn paired_robot(
        &self,
        robot: RobotId,
        claimed: PairingId,
    ) -> Result<RobotAccess, UseCaseError> {
        let robot = self.robots.robot(robot).await?;
        let robot = robot.ok_or_else(|| FieldError::new("client", "is not a robot of this installation"))?;
        unless_quarantined(&robot)?;
        let foreign = || FieldError::new("pairing", "is not the robot's present pairing");
        let pairing = robot
            .pairing
            .clone()
            .filter(|pairing| pairing.id == claimed)
            .ok_or_else(foreign)?;
        let scope = HomeScope::of_robot(&robot).ok_or_else(foreign)?;
        Ok(RobotAccess {
            robot,
            pairing,
            scope,
        })
    }
}
