//! What the stack is made of: one store, one broker, one registry.

use std::sync::Arc;

use domain::usecase::Pairings;
use functions::HandlerParts;
use store::TableStore;

use super::claims::LocalClaims;
use super::devices::{BrokerLink, LateBroker, LocalRegistry};

/// The parts that handlers, API and the program itself share.
#[derive(Clone)]
pub struct Parts {
    /// All stores.
    pub store: Arc<TableStore>,
    /// The way to robots.
    pub link: Arc<BrokerLink>,
    /// Their certificates.
    pub registry: Arc<LocalRegistry>,
    /// Claims for new ones.
    pub claims: Arc<LocalClaims>,
    /// The broker, once it has started.
    pub broker: LateBroker,
}

impl Parts {
    /// What the handlers work with.
    pub fn handlers(&self) -> HandlerParts {
        HandlerParts {
            store: self.store.clone(),
            mailbox: self.link.clone(),
        }
    }

    /// Pairs robots with homes.
    pub fn pairings(&self) -> Pairings {
        Pairings::new(&self.store, self.registry.clone(), self.link.clone())
    }
}
