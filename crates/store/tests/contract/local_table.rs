//! A table of its own for each test, served in process, with a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use domain::Timestamp;
use store::{CapacityMeter, ConnectConfig, StaticCredentials, TableStore, connect};

use crate::samples::AT;

pub const TABLE: &str = "sweepline";
pub const REGION: &str = "eu-central-1";

pub struct LocalTable {
    pub store: TableStore,
    pub meter: Arc<CapacityMeter>,
    pub endpoint: String,
    millis: Arc<AtomicI64>,
}

impl LocalTable {
    /// An empty table at [`AT`].
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let database = dynoxide::Database::memory().unwrap();
        tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            database,
            std::future::pending(),
        ));
        let meter = Arc::new(CapacityMeter::default());
        let millis = Arc::new(AtomicI64::new(AT.millis()));
        let clock = millis.clone();
        let now = Arc::new(move || Timestamp::from_millis(clock.load(Ordering::Relaxed)));
        let store = connect(config(&endpoint, Some(meter.clone())), now);
        store.create_table().await.unwrap();
        Self {
            store,
            meter,
            endpoint,
            millis,
        }
    }

    /// Lets time pass for the store.
    pub fn pass(&self, time: Duration) {
        self.millis.fetch_add(time.as_millis() as i64, Ordering::Relaxed);
    }

    /// A client that sees the items as they lie.
    pub fn client(&self) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .region(Region::new(REGION))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"));
        Client::from_conf(config.build())
    }
}

pub fn config(endpoint: &str, meter: Option<Arc<CapacityMeter>>) -> ConnectConfig {
    let credentials = StaticCredentials {
        key_id: "test".into(),
        secret: "test".into(),
    };
    ConnectConfig {
        endpoint: Some(endpoint.into()),
        region: Some(REGION.into()),
        table: TABLE.into(),
        credentials: Some(credentials),
        meter: meter.map(|meter| meter as _),
    }
}
