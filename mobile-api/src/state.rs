//! What the routes work with.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use access::{LocalIssuer, RotatingVerifier, Throttle};
use domain::Timestamp;
use domain::ports::{
    AccessLogStore, ClaimStore, CommandLink, CommandStore, Connections, DeviceRegistry, ErasureStore,
    FleetStore, FloorStore, HealthStore, HomeStore, KeepsakeStore, LabelStore, LeaseStore, MapStore,
    MemberStore, PersonStore, ProvisioningClaims, RobotMailbox, RobotStore, RunStore, RunTileStore,
    SettingsStore,
};
use domain::usecase::{
    AccessLogging, Accounts, Admitting, Authorizing, Commanding, Connectivity, Departing, Deriving, Erasing,
    HomeKeeping, Layers, Leasing, MemberKeeping, Pairings, Planning, Quarantining, RoomKeeping,
    SettingsKeeping,
};

use crate::SecurityContact;
use crate::passwords::Passwords;

/// What one person may change within [`CHANGES_WINDOW`], commands aside, in shares of [`CHANGE_SHARE_BYTES`].
pub const MAX_CHANGES: u32 = 120;
/// How long [`MAX_CHANGES`] are counted from the first.
pub const CHANGES_WINDOW: Duration = Duration::from_secs(60);
/// A change is counted once for each begun one of these, bytes.
pub const CHANGE_SHARE_BYTES: u64 = 1024;
/// Failed logins that one source may have within [`FAILURE_WINDOW`].
pub const MAX_FAILED_LOGINS: u32 = 10;
/// Wrong claim codes that one person may type within [`FAILURE_WINDOW`].
pub const MAX_FAILED_CLAIMS: u32 = 10;
/// The window of both.
pub const FAILURE_WINDOW: Duration = Duration::from_secs(300);

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How the API reaches robots and the registry.
#[derive(Clone)]
pub struct Devices {
    /// Brings commands to robots.
    pub link: Arc<dyn CommandLink>,
    /// Tells whether robots are connected.
    pub connections: Arc<dyn Connections>,
    /// Leaves settings for robots.
    pub mailbox: Arc<dyn RobotMailbox>,
    /// Makes and revokes certificates.
    pub registry: Arc<dyn DeviceRegistry>,
    /// Makes claims for new robots; absent where robots are not provisioned with claims.
    pub claims: Option<Arc<dyn ProvisioningClaims>>,
}

/// The use cases of the API, and the stores that it reads without one.
#[derive(Clone)]
pub struct Services {
    pub(crate) access_log: AccessLogging,
    pub(crate) admitting: Admitting,
    pub(crate) authorizing: Authorizing,
    pub(crate) commanding: Commanding,
    pub(crate) departing: Departing,
    pub(crate) connectivity: Connectivity,
    pub(crate) leasing: Leasing,
    pub(crate) pairings: Pairings,
    pub(crate) quarantining: Quarantining,
    pub(crate) claims: Option<Arc<dyn ProvisioningClaims>>,
    pub(crate) settings_keeping: SettingsKeeping,
    pub(crate) planning: Planning,
    pub(crate) room_keeping: RoomKeeping,
    pub(crate) deriving: Deriving,
    pub(crate) erasing: Erasing,
    pub(crate) home_keeping: HomeKeeping,
    pub(crate) members: MemberKeeping,
    pub(crate) homes: Arc<dyn HomeStore>,
    pub(crate) robots: Arc<dyn RobotStore>,
    pub(crate) health: Arc<dyn HealthStore>,
    pub(crate) settings: Arc<dyn SettingsStore>,
    pub(crate) fleet: Arc<dyn FleetStore>,
    pub(crate) runs: Arc<dyn RunStore>,
    pub(crate) run_tiles: Arc<dyn RunTileStore>,
    pub(crate) maps: Arc<dyn MapStore>,
    pub(crate) floors: Arc<dyn FloorStore>,
    pub(crate) keepsakes: Arc<dyn KeepsakeStore>,
}

impl Services {
    /// The use cases over one store of everything, and the way to the robots.
    pub fn new<S>(store: &Arc<S>, devices: &Devices) -> Self
    where
        S: AccessLogStore
            + ClaimStore
            + CommandStore
            + ErasureStore
            + FleetStore
            + FloorStore
            + HealthStore
            + HomeStore
            + KeepsakeStore
            + LabelStore
            + LeaseStore
            + MapStore
            + MemberStore,
        S: PersonStore + RobotStore + RunStore + RunTileStore + SettingsStore + 'static,
    {
        let planning = Planning::new(store);
        let authorizing = Authorizing {
            homes: store.clone(),
            robots: store.clone(),
        };
        let connectivity = Connectivity {
            connections: devices.connections.clone(),
        };
        let (access_log, members) = (AccessLogging::new(store), MemberKeeping::new(store));
        let erasing = Erasing::new(store, devices.registry.clone(), devices.mailbox.clone());
        let leasing = Leasing {
            leases: store.clone(),
            link: devices.link.clone(),
            registry: devices.registry.clone(),
        };
        Self {
            departing: Departing::new(
                store,
                members.clone(),
                erasing.clone(),
                leasing.clone(),
                access_log.clone(),
            ),
            access_log,
            admitting: Admitting {
                robots: store.clone(),
                labels: store.clone(),
            },
            authorizing: authorizing.clone(),
            commanding: Commanding {
                authorizing,
                commands: store.clone(),
                runs: store.clone(),
                health: store.clone(),
                settings: store.clone(),
                planning: planning.clone(),
                connectivity: connectivity.clone(),
                link: devices.link.clone(),
            },
            connectivity,
            planning,
            room_keeping: RoomKeeping {
                floors: store.clone(),
                layers: Layers::new(store, devices.mailbox.clone()),
            },
            deriving: Deriving::new(store, devices.mailbox.clone()),
            erasing,
            home_keeping: HomeKeeping { homes: store.clone() },
            members,
            leasing,
            claims: devices.claims.clone(),
            pairings: Pairings::new(store, devices.registry.clone(), devices.mailbox.clone()),
            quarantining: Quarantining {
                robots: store.clone(),
                health: store.clone(),
                registry: devices.registry.clone(),
            },
            settings_keeping: SettingsKeeping {
                settings: store.clone(),
                mailbox: devices.mailbox.clone(),
            },
            homes: store.clone(),
            robots: store.clone(),
            health: store.clone(),
            settings: store.clone(),
            fleet: store.clone(),
            runs: store.clone(),
            run_tiles: store.clone(),
            maps: store.clone(),
            floors: store.clone(),
            keepsakes: store.clone(),
        }
    }
}

/// How people sign in.
#[derive(Clone)]
pub enum SignIn {
    /// With e-mail and password, at this installation.
    Local(LocalSignIn),
    /// At another identity provider, with PKCE.
    Oidc(OidcConfig),
}

/// Signing in at this installation.
#[derive(Clone)]
pub struct LocalSignIn {
    pub(crate) issuer: LocalIssuer,
    pub(crate) accounts: Accounts,
    pub(crate) passwords: Passwords,
}

impl LocalSignIn {
    /// With an issuer of people's tokens, and who knows their accounts and sessions.
    pub fn new(issuer: LocalIssuer, accounts: Accounts) -> Self {
        Self {
            issuer,
            accounts,
            passwords: Passwords::start(),
        }
    }
}

/// Another identity provider, as a page needs it to sign somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcConfig {
    /// Its name, the claim `iss` of its tokens.
    pub issuer: String,
    /// The pages' client there.
    pub client_id: String,
    /// Where the browser is sent.
    pub authorization_endpoint: String,
    /// Where the code is exchanged.
    pub token_endpoint: String,
    /// Where sessions end, if there is such a place.
    pub revocation_endpoint: Option<String>,
    /// What is asked for.
    pub scopes: Vec<String>,
}

/// What a claimed robot needs to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioning {
    /// The broker's host name.
    pub mqtt_host: String,
    /// Its port for client certificates.
    pub mqtt_port: u16,
    /// What the names of this installation's rules start with.
    pub stage: String,
    /// The certificates that the broker's own is checked with, PEM.
    pub ca_pem: String,
}

/// Where things are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiConfig {
    /// For robots.
    pub provisioning: Provisioning,
    /// MQTT over websockets, for live views: `ws://…/mqtt` or `wss://…/mqtt`; absent where there are none.
    pub live_url: Option<String>,
    /// Whom to tell of vulnerabilities; absent where nobody was named.
    pub security_contact: Option<SecurityContact>,
    /// What one person may change within [`CHANGES_WINDOW`], usually [`MAX_CHANGES`].
    pub max_changes: u32,
}

/// Everything that the routes share; cheap to clone.
#[derive(Clone)]
pub struct ApiState(Arc<Shared>);

/// What [`ApiState`] shares.
pub struct Shared {
    pub(crate) services: Services,
    pub(crate) verifier: RotatingVerifier,
    pub(crate) sign_in: SignIn,
    pub(crate) config: ApiConfig,
    pub(crate) failed_logins: Throttle,
    pub(crate) failed_claims: Throttle,
    pub(crate) changes: Throttle,
    clock: Clock,
}

impl ApiState {
    /// The state of one API.
    pub fn new(
        services: Services,
        verifier: impl Into<RotatingVerifier>,
        sign_in: SignIn,
        config: ApiConfig,
        clock: Clock,
    ) -> Self {
        Self(Arc::new(Shared {
            services,
            verifier: verifier.into(),
            sign_in,
            changes: Throttle::new(config.max_changes, CHANGES_WINDOW),
            config,
            failed_logins: Throttle::new(MAX_FAILED_LOGINS, FAILURE_WINDOW),
            failed_claims: Throttle::new(MAX_FAILED_CLAIMS, FAILURE_WINDOW),
            clock,
        }))
    }
}

impl Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
