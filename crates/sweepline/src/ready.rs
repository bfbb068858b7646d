//! The line that tells others that the stack is up and how to reach it.

use std::io::Write;

use serde::Serialize;

use crate::demo::{Demo, SignIn};
use crate::stack::Stack;

/// The one line on standard output.
#[derive(Debug, Serialize)]
pub struct Ready<'a> {
    ready: bool,
    http: String,
    mqtt: String,
    store: String,
    owner: &'a SignIn,
    operator: &'a SignIn,
}

impl<'a> Ready<'a> {
    /// What is ready: `stack`, with the people of `demo`.
    pub fn new(stack: &Stack, demo: &'a Demo) -> Self {
        Self {
            ready: true,
            http: format!("http://{}", stack.http_addr()),
            mqtt: format!("mqtts://{}", stack.mqtt_addr()),
            store: stack.store_endpoint().to_owned(),
            owner: &demo.owner,
            operator: &demo.operator,
        }
    }

    /// Writes the line.
    pub fn print(&self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, self)?;
        writeln!(out)?;
        out.flush()
    }
}
