//! The line between a robot and the broker: what it says of itself, and what it does.

use std::collections::VecDeque;

use device_agent::core::message::Received;

/// How a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Messages pass.
    Up,
    /// Nothing passes, and the robot does not know it.
    HalfOpen,
    /// Nothing passes, and the robot knows it.
    Down,
}

/// A robot's line with what the broker keeps for it.
#[derive(Debug)]
pub struct Link {
    /// How it is.
    pub line: Line,
    /// The settings that the broker retains.
    pub retained: Option<Received>,
    /// What waits in the session.
    pub waiting: VecDeque<Received>,
    /// Whether the robot hears nothing any more, because something is wrong on purpose.
    pub is_deaf: bool,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            line: Line::Down,
            retained: None,
            waiting: VecDeque::new(),
            is_deaf: false,
        }
    }
}

impl Link {
    /// Whether the robot takes itself for connected.
    pub fn seems_up(&self) -> bool {
        self.line != Line::Down
    }

    /// What the robot gets when it connects: what waited in the session, or what is retained if the session is new.
    pub fn connect(&mut self, is_session_lost: bool) -> Vec<Received> {
        self.line = Line::Up;
        let waited = std::mem::take(&mut self.waiting);
        if is_session_lost {
            self.retained.clone().into_iter().collect()
        } else {
            waited.into()
        }
    }
}
