//! A wire between the API and its table that notes which keys are asked for.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What stands for the partition of a request that reads the whole table; it is nobody's.
const ALL: &str = "*#";

/// One partition that a request named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// Such as `GetItem`.
    pub action: String,
    /// Such as `H#home_…`.
    pub partition: String,
}

/// Notes the partitions of all requests that go through it.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<Touch>>>);

impl Recorder {
    /// Where to send requests that are for `table`.
    pub async fn listen(&self, table: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let recorder = self.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(recorder.clone().relay(client, table));
            }
        });
        address
    }

    /// What was noted since the last time.
    pub fn take(&self) -> Vec<Touch> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    async fn relay(self, client: TcpStream, table: SocketAddr) {
        let server = TcpStream::connect(table).await.unwrap();
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
        let (mut seen, mut chunk) = (Vec::new(), vec![0; 16 * 1024]);
        while let Ok(length @ 1..) = from_client.read(&mut chunk).await {
            seen.extend_from_slice(&chunk[..length]);
            while let Some(request) = next_request(&mut seen) {
                self.note(&request);
            }
            if to_server.write_all(&chunk[..length]).await.is_err() {
                return;
            }
        }
    }

    fn note(&self, request: &Request) {
        let mut partitions = Vec::new();
        collect(&request.body, &mut partitions);
        if request.action == "Scan" {
            partitions.push(ALL.to_owned());
        }
        let touches = partitions.into_iter().map(|partition| Touch {
            action: request.action.clone(),
            partition,
        });
        self.0.lock().unwrap().extend(touches);
    }
}

struct Request {
    action: String,
    body: Value,
}

/// Takes the first request off `seen`, once all of it is there.
fn next_request(seen: &mut Vec<u8>) -> Option<Request> {
    let head = seen.windows(4).position(|end| end == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&seen[..head]).into_owned();
    let header = |name: &str| {
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        let mut named = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim().to_owned())
    };
    let length: usize = header("content-length").map_or(0, |length| length.parse().unwrap());
    let end = head + 4 + length;
    let body = serde_json::from_slice(seen.get(head + 4..end)?).unwrap_or_default();
    let target = header("x-amz-target").unwrap_or_default();
    seen.drain(..end);
    let action = target.rsplit('.').next().unwrap_or_default().to_owned();
    Some(Request { action, body })
}

/// Every text of the request that is a partition key: a capital letter, `#`, and what it is of.
fn collect(value: &Value, partitions: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let text = fields.get("S").and_then(Value::as_str);
            partitions.extend(text.filter(|text| is_partition(text)).map(str::to_owned));
            fields.values().for_each(|field| collect(field, partitions));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| collect(entry, partitions)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Sort keys of sheets look alike, but for their letter.
fn is_partition(text: &str) -> bool {
    let mut letters = text.chars();
    let kind = letters
        .next()
        .filter(|kind| kind.is_ascii_uppercase() && *kind != 'S');
    kind.is_some() && letters.next() == Some('#')
}
