//! What a function's program talks to, on one thread and over plain sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::Value;

/// The trace that every event is a part of, as AWS X-Ray names it.
pub const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

/// A Runtime API that hands out one event, and what the function posts for it.
pub struct RuntimeApi(pub TcpListener);

impl RuntimeApi {
    /// The path and the body that the function posts for `event`.
    pub fn answer_to(self, event: &Value) -> (String, Value) {
        let (mut stream, _, _) = request(&self.0);
        let body = event.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\nlambda-runtime-aws-request-id: r-1\r\n\
             lambda-runtime-trace-id: {TRACE}\r\nlambda-runtime-deadline-ms: 9999999999999\r\n\
             lambda-runtime-invoked-function-arn: arn\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let (_, path, answer) = request(&self.0);
        (path, serde_json::from_slice(&answer).unwrap())
    }
}

/// The next request, by its path and its body, and where its answer goes.
pub fn request(listener: &TcpListener) -> (TcpStream, String, Vec<u8>) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let head: Vec<String> = reader
        .by_ref()
        .lines()
        .map(Result::unwrap)
        .take_while(|line| !line.is_empty())
        .collect();
    let length = |line: &String| {
        line.to_lowercase()
            .strip_prefix("content-length: ")?
            .parse::<usize>()
            .ok()
    };
    let mut body = vec![0; head.iter().find_map(length).unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let path = head[0].split(' ').nth(1).unwrap().to_owned();
    (stream, path, body)
}
