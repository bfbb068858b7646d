//! Two homes with a robot each, in the real store, and the handlers over it.

use std::sync::Arc;

use domain::access::HomeScope;
use domain::command::{Command, CommandNumber};
use domain::command_log::{Asked, CommandLog};
use domain::erasure::Erasure;
use domain::home::{Home, Membership, Name, Role};
use domain::id::{CommandId, HomeId, LeaseId, PairingId, PersonId, RobotId, RunId};
use domain::lease::Lease;
use domain::placement::RunRef;
use domain::ports::{
    CommandStore, ErasureStore, HomeStore, LeaseStore, RobotStore, RunStore, RunTileStore, SentRunTile,
    SettingsStore,
};
use domain::robot::{Certificate, Pairing, RENEW_WITHIN, Robot};
use domain::run::Rev;
use domain::settings::Settings;
use domain::usecase::Admitting;
use dynoxide::Database;
use functions::{
    CommandOutcome, Erasures, Fold, HandlerParts, LiveAuthorizer, MapIngest, PresenceEvents,
    ProvisioningHook, Renewals, RunReports, StatusReports,
};
use hostile::Recorder;
use serde_json::Value;
use store::{ConnectConfig, StaticCredentials, TableStore, connect};

use super::Bug;
use super::events::Handler;
use crate::flats::ground_floor;
use crate::world::{NOW, World};
use crate::{command_outcome, live_authorizer, provisioning_hook};

/// The homes and everything that handlers are made of.
pub struct Ground {
    pub recorder: Recorder,
    /// The home of the robot that the events are of.
    pub ours: World,
    /// The other home.
    pub foreign: World,
    /// A run of each that waits for its vote.
    pub sealed: [RunId; 2],
    store: Arc<TableStore>,
}

impl Ground {
    pub async fn prepare(bug: Option<Bug>) -> Self {
        let recorder = Recorder::default();
        let ours = World::new();
        let foreign = World {
            memory: ours.memory.clone(),
            home: HomeId::new(NOW, 21),
            robot: RobotId::new(NOW, 22),
            pairing: PairingId::new(NOW, 23),
            run: RunId::new(NOW, 24),
        };
        let store = Arc::new(table(&recorder).await);
        let mut ground = Self {
            recorder,
            sealed: [ours.run, foreign.run],
            ours,
            foreign,
            store,
        };
        ground.furnish(&ground.ours, 1).await;
        ground.furnish(&ground.foreign, 2).await;
        ground.sealed = [
            ground.seal(&ground.ours, 3).await,
            ground.seal(&ground.foreign, 4).await,
        ];
        if bug == Some(Bug::RobotLeadsToAnotherHome) {
            ground.lead_astray().await;
        }
        ground
    }

    /// Gives a home an owner, a paired robot, a floor by its `n`th run, and what else an event can name.
    async fn furnish(&self, world: &World, n: u32) {
        let home = Home {
            id: world.home,
            name: Name::new("name", "Hof").unwrap(),
            created_at: NOW,
        };
        let membership = Membership {
            home: home.id,
            person: owner(world),
            role: Role::Owner,
        };
        self.store.create_home(&home, &membership).await.unwrap();
        self.announce(world).await;
        let announced = self.store.robot(world.robot).await.unwrap();
        let robot = paired(world, world.home);
        self.store.put_robot(&robot, announced.as_ref()).await.unwrap();
        let settings = Settings::initial(world.pairing);
        self.store
            .put_settings(world.robot, &settings, None)
            .await
            .unwrap();
        let command = command(world);
        let asked = Asked {
            key: 1,
            digest: 1,
            command: command.id,
        };
        let log = CommandLog::default().with(CommandNumber(1), asked);
        let scope = scope(world);
        self.store
            .add_command(&scope, &command, &log, None)
            .await
            .unwrap();
        self.store.open_lease(&scope, &lease(world)).await.unwrap();
        let run = self.seal(world, n).await;
        let robot = world.robot;
        let folded = self.parts().folding().fold(&scope, RunRef { robot, run }).await;
        folded.unwrap();
    }

    async fn lead_astray(&self) {
        let known = self.store.robot(self.ours.robot).await.unwrap();
        let strayed = paired(&self.ours, self.foreign.home);
        self.store.put_robot(&strayed, known.as_ref()).await.unwrap();
    }

    async fn announce(&self, world: &World) {
        let code = provisioning_hook::code(world.robot);
        self.admitting().announce(world.robot, code).await.unwrap();
    }

    /// Stores a run that the home's robot has sent whole.
    async fn seal(&self, world: &World, n: u32) -> RunId {
        let (map, scope) = (ground_floor(&[]), scope(world));
        let run = world.sealed(world.robot, n, &map);
        self.store.put_run(&scope, &run, None).await.unwrap();
        let tiles = map.tiles().map(|(index, cells)| SentRunTile {
            index,
            rev: Rev(1),
            cells: cells.into(),
        });
        let tiles: Vec<_> = tiles.collect();
        self.store.put_tiles(&scope, run.id, &tiles).await.unwrap();
        run.id
    }

    /// Ends the home of the robot that the events are of, as its owner does.
    async fn bury(&self) {
        let erasure = Erasure::asked(self.ours.home, owner(&self.ours), NOW);
        self.store.bury(&scope(&self.ours), &erasure).await.unwrap();
    }

    fn parts(&self) -> HandlerParts {
        HandlerParts {
            store: self.store.clone(),
            mailbox: self.ours.memory.clone(),
        }
    }

    fn admitting(&self) -> Admitting {
        let (robots, labels) = (self.store.clone(), self.store.clone());
        Admitting { robots, labels }
    }

    /// Hands an event to a handler; whether it is taken or refused is not looked at here.
    pub async fn handle(&self, handler: Handler, event: &Value) {
        let (parts, store) = (self.parts(), self.store.clone());
        let registry = self.ours.memory.clone();
        let ended = match handler {
            Handler::MapIngest => MapIngest::new(parts.ingesting(), store).handle(event, NOW).await,
            Handler::RunEvents => {
                RunReports::new(parts.run_events(), store)
                    .handle(event, NOW)
                    .await
            }
            Handler::Status => StatusReports::new(parts.status(), store).handle(event, NOW).await,
            Handler::CommandOutcome => {
                CommandOutcome::new(parts.settling(), store)
                    .handle(event, NOW)
                    .await
            }
            Handler::Renewal => {
                Renewals::new(parts.renewing(registry), store)
                    .handle(event, NOW)
                    .await
            }
            Handler::Presence => {
                PresenceEvents::new(parts.presence(), store)
                    .handle(event, NOW)
                    .await
            }
            Handler::Fold => Fold::new(parts.folding(), store).handle(event, NOW).await,
            Handler::LiveAuthorizer => {
                let authorizer = LiveAuthorizer::new(store, live_authorizer::endpoint());
                authorizer.handle(event, NOW).await.map(|_| ())
            }
            Handler::ProvisioningHook => {
                let hook = ProvisioningHook::new(self.admitting());
                hook.handle(event, NOW).await.map(|_| ())
            }
            Handler::Erasure => {
                self.bury().await;
                self.recorder.take();
                let erasures = Erasures::new(parts.erasing(registry), store, std::time::Duration::ZERO);
                erasures.handle(event, NOW).await
            }
        };
        ended.unwrap();
    }
}

/// Who owns a home.
pub fn owner(world: &World) -> PersonId {
    PersonId::from_u128(world.home.as_u128())
}

/// A command that was delivered to the home's robot.
pub fn command(world: &World) -> Command {
    Command {
        id: CommandId::from_u128(world.home.as_u128()),
        ..command_outcome::command(world)
    }
}

/// A lease for the home's robot.
pub fn lease(world: &World) -> Lease {
    Lease {
        id: LeaseId::from_u128(world.home.as_u128()),
        ..live_authorizer::lease(world)
    }
}

fn scope(world: &World) -> HomeScope {
    HomeScope::of_stored_record(world.home)
}

fn paired(world: &World, home: HomeId) -> Robot {
    let pairing = Pairing {
        id: world.pairing,
        home,
        name: Name::new("name", "Barn robot").unwrap(),
        floor: None,
        paired_at: NOW,
    };
    let certificate = Certificate {
        id: "old".into(),
        not_after: NOW.plus(RENEW_WITHIN),
        successor: None,
        quarantine: None,
    };
    Robot {
        id: world.robot,
        pairing: Some(pairing),
        certificate: Some(certificate),
    }
}

async fn table(recorder: &Recorder) -> TableStore {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = recorder.listen(listener.local_addr().unwrap()).await;
    let database = Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_with_shutdown(
        listener,
        database,
        std::future::pending(),
    ));
    let credentials = StaticCredentials {
        key_id: "test".into(),
        secret: "test".into(),
    };
    let config = ConnectConfig {
        endpoint: Some(format!("http://{address}")),
        region: Some("eu-central-1".into()),
        table: "sweepline".into(),
        credentials: Some(credentials),
        meter: None,
    };
    let store = connect(config, Arc::new(|| NOW));
    store.create_table().await.unwrap();
    store
}
