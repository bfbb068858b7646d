//! The use cases of the handlers, made over one store and one way to robots.

use std::sync::Arc;

use domain::ports::{DeviceRegistry, RobotMailbox};
use domain::usecase::{
    Authorizing, Deriving, Erasing, Folding, Ingesting, PresenceTracking, Quarantining, Renewing, RunEvents,
    Sealing, Settling, StatusTracking,
};
use store::TableStore;

/// What all handlers are made of.
#[derive(Clone)]
pub struct HandlerParts {
    /// All stores.
    pub store: Arc<TableStore>,
    /// How robots hear from handlers.
    pub mailbox: Arc<dyn RobotMailbox>,
}

impl HandlerParts {
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
            mailbox: self.mailbox.clone(),
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
            mailbox: self.mailbox.clone(),
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
            mailbox: self.mailbox.clone(),
        }
    }

    /// Renews certificates in `registry`.
    pub fn renewing(&self, registry: Arc<dyn DeviceRegistry>) -> Renewing {
        Renewing {
            authorizing: self.authorizing(),
            robots: self.store.clone(),
            registry,
            mailbox: self.mailbox.clone(),
        }
    }

    /// Cuts off robots in `registry`.
    pub fn quarantining(&self, registry: Arc<dyn DeviceRegistry>) -> Quarantining {
        Quarantining {
            robots: self.store.clone(),
            health: self.store.clone(),
            registry,
        }
    }

    /// Erases homes, whose robots leave `registry`.
    pub fn erasing(&self, registry: Arc<dyn DeviceRegistry>) -> Erasing {
        Erasing::new(&self.store, registry, self.mailbox.clone())
    }

    /// Folds sealed runs into home maps.
    pub fn folding(&self) -> Folding {
        Folding::new(&self.store, self.mailbox.clone())
    }

    /// Makes what follows from maps.
    pub fn deriving(&self) -> Deriving {
        Deriving::new(&self.store, self.mailbox.clone())
    }
}
