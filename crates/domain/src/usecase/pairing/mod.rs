//! A robot finds its owner, and leaves them.

mod labelled;

use std::sync::Arc;

use super::{Layers, RobotAccess, UseCaseError, unless_conflict};
use crate::Timestamp;
use crate::access::HomeScope;
use crate::claim::{CLAIM_VALID, Claim, ClaimCode, ClaimOutcome, check_csr};
use crate::home::Name;
use crate::id::{ClaimId, PairingId, RobotId};
use crate::ports::{
    ClaimStore, DeviceRegistry, FloorStore, HomeStore, LabelStore, RobotMailbox, RobotStore, SettingsStore,
};
use crate::robot::{Pairing, Robot};
use crate::settings::Settings;

pub use labelled::ExpectedRobot;
use labelled::paired;

/// A claim to be opened.
#[derive(Debug, Clone)]
pub struct NewClaim {
    /// The id it shall have.
    pub id: ClaimId,
    /// The id that the robot shall have.
    pub robot: RobotId,
    /// What the owner will type.
    pub code: ClaimCode,
    /// SHA-256, hex, of the robot's secret.
    pub secret_hash: String,
    /// The robot's certificate signing request, PEM.
    pub csr: String,
}

/// Pairs and unpairs robots.
#[derive(Clone)]
pub struct Pairings {
    claims: Arc<dyn ClaimStore>,
    labels: Arc<dyn LabelStore>,
    robots: Arc<dyn RobotStore>,
    settings: Arc<dyn SettingsStore>,
    registry: Arc<dyn DeviceRegistry>,
    mailbox: Arc<dyn RobotMailbox>,
    layers: Layers,
}

impl Pairings {
    /// Over one store of everything, what makes and revokes certificates, and the way to robots.
    pub fn new<S>(store: &Arc<S>, registry: Arc<dyn DeviceRegistry>, mailbox: Arc<dyn RobotMailbox>) -> Self
    where
        S: ClaimStore + FloorStore + HomeStore + LabelStore + RobotStore + SettingsStore + 'static,
    {
        Self {
            claims: store.clone(),
            labels: store.clone(),
            robots: store.clone(),
            settings: store.clone(),
            registry,
            layers: Layers::new(store, mailbox.clone()),
            mailbox,
        }
    }

    /// Opens a claim for a robot that asks for an owner.
    pub async fn open_claim(&self, new: NewClaim, now: Timestamp) -> Result<Claim, UseCaseError> {
        check_csr(&new.csr)?;
        let NewClaim {
            id,
            robot,
            code,
            secret_hash,
            csr,
        } = new;
        let expires_at = now.plus(CLAIM_VALID);
        let claim = Claim {
            id,
            code,
            secret_hash,
            robot,
            csr,
            expires_at,
            outcome: None,
        };
        self.claims.open_claim(&claim).await?;
        Ok(claim)
    }

    /// What became of a claim, for the robot that knows its secret.
    ///
    /// An unknown, foreign or expired claim is [`UseCaseError::NotFound`].
    pub async fn claim(&self, id: ClaimId, secret_hash: &str, now: Timestamp) -> Result<Claim, UseCaseError> {
        let claim = self.claims.claim(id).await?;
        let valid = |claim: &Claim| claim.secret_hash == secret_hash && claim.expires_at > now;
        claim
            .filter(valid)
            .ok_or(UseCaseError::NotFound { what: "claim" })
    }

    /// Pairs the robot that shows `code` with a home.
    ///
    /// A code that is unknown, expired or used is [`UseCaseError::NotFound`]. The robot's record is written once
    /// and decides between two owners at the same time; the same owner may try again after an outage. The robot
    /// gets the layers of all floors that the home knows, since the next vote may be far away.
    pub async fn pair(
        &self,
        scope: &HomeScope,
        code: &ClaimCode,
        name: Name,
        pairing: PairingId,
        now: Timestamp,
    ) -> Result<Robot, UseCaseError> {
        let unknown = || UseCaseError::NotFound { what: "claim" };
        let claim = self.claims.claim_by_code(code).await?.ok_or_else(unknown)?;
        if claim.expires_at <= now || claim.outcome.is_some() {
            return Err(unknown());
        }
        let issued = self.registry.register(claim.robot, &claim.csr, now).await?;
        let robot = Robot {
            id: claim.robot,
            pairing: Some(paired(scope, name, pairing, now)),
            certificate: Some(issued.certificate),
        };
        unless_conflict(self.robots.put_robot(&robot, None).await)?.ok_or_else(unknown)?;
        let settings = Settings::initial(pairing);
        self.settings.put_settings(robot.id, &settings, None).await?;
        let outcome = Some(ClaimOutcome {
            certificate_pem: issued.pem,
            pairing,
        });
        self.claims.settle_claim(&Claim { outcome, ..claim }).await?;
        self.layers.welcome(scope, &robot).await?;
        tracing::info!(robot.id = %robot.id, "robot paired");
        Ok(robot)
    }

    /// Gives a robot another name.
    pub async fn rename(&self, access: &RobotAccess, name: Name) -> Result<Robot, UseCaseError> {
        let pairing = Pairing {
            name,
            ..access.pairing.clone()
        };
        let renamed = Robot {
            pairing: Some(pairing),
            ..access.robot.clone()
        };
        let written = self.robots.put_robot(&renamed, Some(&access.robot)).await;
        unless_conflict(written)?.ok_or(UseCaseError::VersionMismatch)?;
        Ok(renamed)
    }

    /// Ends a robot's pairing: its certificate is revoked, its connection cut, its settings are gone.
    ///
    /// The registry comes first, so that an owner whose request failed half-way still sees the robot and tries again.
    pub async fn unpair(&self, access: &RobotAccess) -> Result<(), UseCaseError> {
        self.registry.revoke(access.robot.id).await?;
        self.mailbox.clear_settings(access.robot.id).await?;
        let unpaired = Robot {
            pairing: None,
            certificate: None,
            ..access.robot.clone()
        };
        let written = self.robots.put_robot(&unpaired, Some(&access.robot)).await;
        unless_conflict(written)?.ok_or(UseCaseError::VersionMismatch)?;
        tracing::info!(robot.id = %access.robot.id, "robot unpaired");
        Ok(())
    }
}
