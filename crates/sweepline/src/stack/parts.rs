//! The use cases of this stack, made once over the embedded store and broker.

use std::sync::Arc;

use domain::ports::{DeviceRegistry, RobotMailbox};
use domain::usecase::{
    Aligning, Authorizing, Deriving, Folding, Ingesting, Pairings, PresenceTracking, RunEvents, Sealing,
    Settling, StatusTracking,
};
use store::TableStore;

use super::devices::{BrokerLink, LateBroker, LocalRegistry};

/// What everything is made of: one store, one link to robots, one registry.
#[derive(Clone)]
pub struct Parts {
    /// All stores.
    pub store: Arc<TableStore>,
    /// The way to robots.
    pub link: Arc<BrokerLink>,
    /// Their certificates.
    pub registry: Arc<LocalRegistry>,
    /// The broker, once it has started.
    pub broker: LateBroker,
}

impl Parts {
    /// Tells who may reach what.
    pub fn authorizing(&self) -> Authorizing {
        Authorizing {
            homes: self.store.clone(),
            robots: self.store.clone(),
        }
    }

    /// Knows when a run is complete.
    pub fn sealing(&self) -> Sealing {
        Sealing {
            runs: self.store.clone(),
            tiles: self.store.clone(),
            mailbox: self.mailbox(),
        }
    }

    /// Stores run tiles.
    pub fn ingesting(&self) -> Ingesting {
        Ingesting {
            authorizing: self.authorizing(),
            sealing: self.sealing(),
        }
    }

    /// Keeps runs up to date.
    pub fn run_events(&self) -> RunEvents {
        RunEvents {
            authorizing: self.authorizing(),
            sealing: self.sealing(),
        }
    }

    /// Keeps the health of robots.
    pub fn status(&self) -> StatusTracking {
        let store = &self.store;
        StatusTracking {
            robots: store.clone(),
            health: store.clone(),
            settings: store.clone(),
            mailbox: self.mailbox(),
        }
    }

    /// Keeps whether robots are connected.
    pub fn presence(&self) -> PresenceTracking {
        PresenceTracking {
            health: self.store.clone(),
        }
    }

    /// Keeps the life of commands.
    pub fn settling(&self) -> Settling {
        Settling {
            authorizing: self.authorizing(),
            commands: self.store.clone(),
            mailbox: self.mailbox(),
        }
    }

    /// Folds sealed runs into home maps.
    pub fn folding(&self) -> Folding {
        let store = &self.store;
        Folding {
            runs: store.clone(),
            tiles: store.clone(),
            maps: store.clone(),
            homes: store.clone(),
            robots: store.clone(),
            aligning: Aligning {
                homes: store.clone(),
                deriving: self.deriving(),
            },
            deriving: self.deriving(),
        }
    }

    /// Makes what follows from maps.
    pub fn deriving(&self) -> Deriving {
        Deriving {
            maps: self.store.clone(),
            settings: self.store.clone(),
            mailbox: self.mailbox(),
        }
    }

    /// Pairs robots with homes.
    pub fn pairings(&self) -> Pairings {
        let store = &self.store;
        Pairings {
            claims: store.clone(),
            robots: store.clone(),
            settings: store.clone(),
            registry: self.registry(),
            mailbox: self.mailbox(),
        }
    }

    fn mailbox(&self) -> Arc<dyn RobotMailbox> {
        self.link.clone()
    }

    fn registry(&self) -> Arc<dyn DeviceRegistry> {
        self.registry.clone()
    }
}
