//! Somebody wants to watch a robot for a while.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use super::{RobotAccess, UseCaseError};
use crate::Timestamp;
use crate::access::HomeScope;
use crate::command::DELIVERY_TIMEOUT;
use crate::id::{LeaseId, PersonId};
use crate::lease::{LEASE_VALID, Lease};
use crate::ports::{CommandLink, DeviceRegistry, LeaseStore, RobotRequest};

/// A lease to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLease {
    /// The id it shall have.
    pub id: LeaseId,
    /// Who watches.
    pub person: PersonId,
    /// SHA-256, hex, of the token that opens the live connection.
    pub token_hash: String,
}

/// Opens, renews and ends leases.
#[derive(Clone)]
pub struct Leasing {
    /// Where leases are.
    pub leases: Arc<dyn LeaseStore>,
    /// Asks the robot to send its position.
    pub link: Arc<dyn CommandLink>,
    /// Cuts the connection of a lease that ends.
    pub registry: Arc<dyn DeviceRegistry>,
}

impl Leasing {
    /// Opens a lease and asks the robot to send; a robot that is offline is no error, there is just nothing to see.
    pub async fn open(
        &self,
        access: &RobotAccess,
        new: NewLease,
        now: Timestamp,
    ) -> Result<Lease, UseCaseError> {
        let expires_at = now.plus(LEASE_VALID);
        let NewLease {
            id,
            person,
            token_hash,
        } = new;
        let lease = Lease {
            id,
            robot: access.robot.id,
            person,
            token_hash,
            expires_at,
        };
        self.leases.open_lease(&access.scope, &lease).await?;
        self.wake(access, lease).await
    }

    /// Lets a lease run on, for the person who holds it.
    pub async fn renew(
        &self,
        access: &RobotAccess,
        lease: LeaseId,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Lease, UseCaseError> {
        let lease = self.held(access, lease, person, now).await?;
        let renewed = Lease {
            expires_at: now.plus(LEASE_VALID),
            ..lease
        };
        self.leases.put_lease(&renewed).await?;
        self.wake(access, renewed).await
    }

    /// Ends a lease, cuts its connection, and lets the robot stop sending for it.
    pub async fn end(
        &self,
        access: &RobotAccess,
        lease: LeaseId,
        person: PersonId,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        let lease = self.held(access, lease, person, now).await?;
        self.cut(&lease, now).await?;
        let request = RobotRequest::Live {
            pairing: access.pairing.id,
            lease: lease.id,
            duration: Duration::ZERO,
        };
        // A robot that does not hear it stops when the lease would have ended.
        if let Err(error) = self.link.deliver(lease.robot, &request, DELIVERY_TIMEOUT).await {
            tracing::warn!(robot.id = %lease.robot, error = &error as &dyn Error, "live view not ended");
        }
        Ok(())
    }

    /// Ends all that somebody watches in a home of which they are no member any more. A connection that cannot be cut
    /// ends with its lease.
    pub async fn end_all(
        &self,
        scope: &HomeScope,
        person: PersonId,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        for id in self.leases.leases_of(scope, person).await? {
            let Some(lease) = self.leases.lease(id).await? else {
                continue;
            };
            if let Err(error) = self.cut(&lease, now).await {
                tracing::warn!(lease.id = %id, error = &error as &dyn Error, "live view not cut");
            }
        }
        Ok(())
    }

    async fn cut(&self, lease: &Lease, now: Timestamp) -> Result<(), UseCaseError> {
        let ended = Lease {
            expires_at: now,
            ..lease.clone()
        };
        self.leases.put_lease(&ended).await?;
        Ok(self.registry.disconnect(&lease.client_id()).await?)
    }

    async fn held(
        &self,
        access: &RobotAccess,
        lease: LeaseId,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Lease, UseCaseError> {
        let lease = self.leases.lease(lease).await?;
        let held = |lease: &Lease| {
            lease.robot == access.robot.id && lease.person == person && lease.expires_at > now
        };
        lease.filter(held).ok_or(UseCaseError::NotFound { what: "lease" })
    }

    async fn wake(&self, access: &RobotAccess, lease: Lease) -> Result<Lease, UseCaseError> {
        let request = RobotRequest::Live {
            pairing: access.pairing.id,
            lease: lease.id,
            duration: LEASE_VALID,
        };
        let delivery = self.link.deliver(lease.robot, &request, DELIVERY_TIMEOUT).await?;
        tracing::info!(robot.id = %lease.robot, lease.id = %lease.id, ?delivery, "live view leased");
        Ok(lease)
    }
}
