//! Making the client: where the table is, and how long to wait for it.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Builder, Credentials, Region};

use crate::capacity::Metering;
use crate::{CapacityListener, Clock, TableStore};

/// How long opening a connection may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long one attempt of a request may take.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a request may take with all its attempts.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(4);
/// How often a request is tried.
pub const ATTEMPTS: u32 = 3;

/// Where the table is.
#[derive(Clone, Debug, Default)]
pub struct ConnectConfig {
    /// The URL of the service; absent for the region's own.
    pub endpoint: Option<String>,
    /// The region; absent for the environment's.
    pub region: Option<String>,
    /// The table's name.
    pub table: String,
    /// What to sign requests with; absent for what the environment has.
    pub credentials: Option<StaticCredentials>,
    /// Hears of the capacity that every request uses, when wanted.
    pub meter: Option<Arc<dyn CapacityListener>>,
}

/// An access key that does not change.
#[derive(Clone)]
pub struct StaticCredentials {
    /// Its id.
    pub key_id: String,
    /// Its secret; never printed.
    pub secret: String,
}

impl std::fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaticCredentials")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The stores on the table of `config`; reads the environment, but sends nothing to the table yet.
pub fn connect(config: ConnectConfig, now: Clock) -> TableStore {
    let mut builder = client_config(&config);
    if let Some(meter) = config.meter {
        builder = builder.interceptor(Metering::new(meter));
    }
    TableStore {
        client: Client::from_conf(builder.build()),
        table: config.table,
        now,
    }
}

fn client_config(config: &ConnectConfig) -> Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(REQUEST_TIMEOUT);
    let mut builder = Builder::from(&aws_environment::sdk_config(timeouts.build(), ATTEMPTS));
    if let Some(endpoint) = &config.endpoint {
        builder = builder.endpoint_url(endpoint);
    }
    if let Some(region) = &config.region {
        builder = builder.region(Region::new(region.clone()));
    }
    if let Some(StaticCredentials { key_id, secret }) = &config.credentials {
        builder = builder.credentials_provider(Credentials::new(key_id, secret, None, None, "static"));
    }
    builder
}
