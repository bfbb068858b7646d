//! A Runtime API on a port of its own: hands out events and hears what the function answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How long a function may take to ask for what the host waits for.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_micros(200);

/// The host; the function keeps one connection to it open.
pub struct Host {
    listener: TcpListener,
    connection: Option<BufReader<TcpStream>>,
    events: usize,
}

impl Host {
    /// A host on a free port.
    pub fn new() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            listener,
            connection: None,
            events: 0,
        })
    }

    /// What `AWS_LAMBDA_RUNTIME_API` has to be.
    pub fn address(&self) -> anyhow::Result<String> {
        Ok(self.listener.local_addr()?.to_string())
    }

    /// Waits until the function asks for its next event.
    pub fn asked(&mut self) -> anyhow::Result<()> {
        let path = self.request()?;
        if !path.ends_with("/invocation/next") {
            bail!("the function asked for {path} instead of an event");
        }
        Ok(())
    }

    /// Gives an event to the function that asked; waits for its answer and until it asks again.
    pub fn invoke(&mut self, event: &str) -> anyhow::Result<()> {
        self.events += 1;
        let head = format!(
            "lambda-runtime-aws-request-id: r-{}\r\nlambda-runtime-deadline-ms: 9999999999999\r\n\
             lambda-runtime-invoked-function-arn: arn\r\ncontent-type: application/json\r\n",
            self.events
        );
        self.respond("200 OK", &head, event)?;
        let path = self.request()?;
        if !path.ends_with("/response") {
            bail!("the function failed: {path}");
        }
        self.respond("202 Accepted", "", "")?;
        self.asked()
    }

    fn respond(&mut self, status: &str, head: &str, body: &str) -> anyhow::Result<()> {
        let connection = self.connection.as_mut().context("nobody is connected")?;
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\n{head}content-length: {length}\r\n\r\n{body}");
        Ok(connection.get_mut().write_all(answer.as_bytes())?)
    }

    /// The path of the next request, on the open connection or, when the function closed that, on a new one.
    fn request(&mut self) -> anyhow::Result<String> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.accept()?,
        };
        let mut head = read_head(&mut connection)?;
        if head.is_empty() {
            connection = self.accept()?;
            head = read_head(&mut connection)?;
        }
        let mut body = vec![0; head.iter().find_map(|line| length(line)).unwrap_or(0)];
        connection.read_exact(&mut body)?;
        self.connection = Some(connection);
        let path = head.first().and_then(|line| line.split(' ').nth(1));
        Ok(path.context("not a request")?.to_owned())
    }

    fn accept(&self) -> anyhow::Result<BufReader<TcpStream>> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Ok((stream, _)) = self.listener.accept() {
                stream.set_nonblocking(false)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                return Ok(BufReader::new(stream));
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        bail!("the function did not ask for an event within {PATIENCE:?}")
    }
}

/// The lines of a request before its body; none when the connection was closed.
fn read_head(connection: &mut BufReader<TcpStream>) -> anyhow::Result<Vec<String>> {
    let mut head = Vec::new();
    for line in connection.lines() {
        match line? {
            line if line.is_empty() => break,
            line => head.push(line),
        }
    }
    Ok(head)
}

fn length(line: &str) -> Option<usize> {
    line.to_lowercase()
        .strip_prefix("content-length:")?
        .trim()
        .parse()
        .ok()
}
