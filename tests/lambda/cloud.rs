//! What stands around the functions: the table, and AWS IoT as far as it hears messages and makes certificates.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use domain::Timestamp;
use domain::receipt::ReceiptKind;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::{AttributeValue, Database, Item};
use store::{ConnectConfig, StaticCredentials, TableStore, connect};
use tokio::net::TcpListener;

use crate::certificates;

const TABLE: &str = "sweepline";
const REGION: &str = "us-east-1";
const KEY: &str = "local";

/// What was published, by topic.
type Published = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

pub struct Cloud {
    pub store: Arc<TableStore>,
    database: Database,
    endpoints: BTreeMap<&'static str, String>,
    published: Published,
}

impl Cloud {
    /// An empty table, and robots that nobody has told anything.
    pub async fn start() -> Self {
        let database = Database::memory().unwrap();
        let table = serve_table(database.clone()).await;
        let published = Published::default();
        let iot = serve_iot(published.clone()).await;
        let config = ConnectConfig {
            endpoint: Some(table.clone()),
            region: Some(REGION.into()),
            table: TABLE.into(),
            credentials: Some(StaticCredentials {
                key_id: KEY.into(),
                secret: KEY.into(),
            }),
            meter: None,
        };
        let store = connect(config, Arc::new(now));
        store.create_table().await.unwrap();
        Self {
            store: Arc::new(store),
            database,
            endpoints: BTreeMap::from([
                ("AWS_ENDPOINT_URL_DYNAMODB", table),
                ("AWS_ENDPOINT_URL_IOT", iot.clone()),
                ("AWS_ENDPOINT_URL_IOT_DATA_PLANE", iot),
            ]),
            published,
        }
    }

    /// The environment of a function here.
    pub fn variables(&self) -> Vec<(&str, &str)> {
        let here = self.endpoints.iter().map(|(name, url)| (*name, url.as_str()));
        let given = [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", KEY),
            ("TABLE_NAME", TABLE),
            ("ACCOUNT_ID", "000000000000"),
            ("DEVICE_POLICY", "prod_device"),
        ];
        here.chain(given).collect()
    }

    /// What robots were told, in order.
    pub fn receipts(&self) -> Vec<ReceiptKind> {
        let published = self.published.lock().unwrap();
        let receipts = published.iter().filter(|(topic, _)| topic.starts_with("rcv/"));
        receipts
            .map(|(_, payload)| wire::receipt::decode(payload).unwrap().kind)
            .collect()
    }

    /// How often robots were sent their settings.
    pub fn sent_settings(&self) -> usize {
        let published = self.published.lock().unwrap();
        published
            .iter()
            .filter(|(topic, _)| topic.starts_with("cfg/"))
            .count()
    }

    /// Which function refused what, for all incidents in the table.
    pub fn incidents(&self) -> Vec<String> {
        let items = self.items();
        let incidents = items.iter().filter(|item| text(item, "pk").starts_with("I#"));
        incidents
            .map(|item| {
                ["handler", "field", "reason"]
                    .map(|name| text(item, name))
                    .join(": ")
            })
            .collect()
    }

    fn items(&self) -> Vec<Item> {
        let request = ScanRequest {
            table_name: TABLE.to_owned(),
            ..ScanRequest::default()
        };
        self.database.scan(request).unwrap().items.unwrap()
    }
}

/// The time of the system's clock, which the functions go by as well.
pub fn now() -> Timestamp {
    SystemTime::now().into()
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    match item.get(name) {
        Some(AttributeValue::S(text)) => text,
        _ => "",
    }
}

async fn serve_table(database: Database) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_with_shutdown(
        listener,
        database,
        std::future::pending(),
    ));
    endpoint
}

async fn serve_iot(published: Published) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(answer).with_state(published);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    endpoint
}

async fn answer(State(published): State<Published>, uri: Uri, body: Bytes) -> String {
    let path = uri.path().replace("%2F", "/");
    if let Some(topic) = path.strip_prefix("/topics/") {
        published.lock().unwrap().push((topic.to_owned(), body.to_vec()));
    }
    match path.as_str() {
        "/certificates" => certificates::made(),
        _ => "{}".to_owned(),
    }
}
