//! Looks at passwords, one at a time and on a thread of its own: each takes [`password::MEMORY_KIB`], and an allocator
//! keeps what it freed for every thread that asked, so that a crowd of sign-ins would fill a small machine.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use access::password;
use thiserror::Error;
use tokio::sync::oneshot;

/// A password that somebody sent, and what is stored of the account's.
struct Asked {
    password: String,
    stored: Option<String>,
    answer: oneshot::Sender<bool>,
}

/// The thread that looked at passwords has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("nothing looks at passwords any more")]
pub(crate) struct Gone;

/// The way to the thread, which ends with the last of these.
#[derive(Debug, Clone)]
pub(crate) struct Passwords(Sender<Asked>);

impl Passwords {
    /// Starts the thread.
    pub(crate) fn start() -> Self {
        let (sender, asked) = channel();
        thread::spawn(move || look(&asked));
        Self(sender)
    }

    /// Whether `password` has the hash `stored`, once it is its turn.
    pub(crate) async fn fits(&self, password: String, stored: Option<String>) -> Result<bool, Gone> {
        let (answer, answered) = oneshot::channel();
        let asked = Asked {
            password,
            stored,
            answer,
        };
        self.0.send(asked).map_err(|_| Gone)?;
        answered.await.map_err(|_| Gone)
    }
}

fn look(asked: &Receiver<Asked>) {
    for Asked {
        password,
        stored,
        answer,
    } in asked
    {
        // Nobody waits any more for what a phone asked that lost its connection.
        if !answer.is_closed() {
            let _ = answer.send(password::verify(&password, stored.as_deref()));
        }
    }
}
