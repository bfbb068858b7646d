//! What the owner can read about who did what.

use std::sync::Arc;

use crate::Timestamp;
use crate::access::HomeScope;
use crate::access_log::{AccessAction, AccessEntry};
use crate::home::Name;
use crate::id::PersonId;
use crate::page::{Page, PageRequest};
use crate::ports::{AccessLogStore, MemberStore, StoreError};

/// Keeps the access logs of homes.
#[derive(Clone)]
pub struct AccessLogging {
    log: Arc<dyn AccessLogStore>,
    members: Arc<dyn MemberStore>,
}

/// Somebody who is about to do something, with the name that they have before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// What the owner calls them.
    pub name: Option<Name>,
}

impl AccessLogging {
    /// Over one store of everything.
    pub fn new<S: AccessLogStore + MemberStore + 'static>(store: &Arc<S>) -> Self {
        Self {
            log: store.clone(),
            members: store.clone(),
        }
    }

    /// A member with their name; read it before they leave.
    pub async fn actor(&self, scope: &HomeScope, person: PersonId) -> Result<Actor, StoreError> {
        let member = self.members.member(scope, person).await?;
        let name = member.and_then(|member| member.name);
        Ok(Actor { person, name })
    }

    /// Notes what was done. What was done stays done when the log cannot be written; that is an error in our own logs.
    pub async fn log_access(
        &self,
        scope: &HomeScope,
        actor: Actor,
        action: AccessAction,
        subject: Option<Name>,
        now: Timestamp,
        entropy: u64,
    ) {
        let entry = AccessEntry {
            at: now,
            person: actor.person,
            who: actor.name,
            action,
            subject,
        };
        if let Err(error) = self.log.add_access_entry(scope, &entry, entropy).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, ?action, "access log cannot be written");
        }
    }

    /// The entries, newest first.
    pub async fn entries(
        &self,
        scope: &HomeScope,
        page: &PageRequest,
    ) -> Result<Page<AccessEntry>, StoreError> {
        self.log.access_log(scope, page).await
    }
}
