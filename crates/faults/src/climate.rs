//! What may go wrong in a simulation, and how often.

use std::time::Duration;

use crate::bug::Bug;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// What may go wrong, and for how long the robots work.
#[derive(Debug, Clone, PartialEq)]
pub struct Climate {
    /// How many robots the home has.
    pub robots: u8,
    /// How long runs begin and things go wrong; after that everything works until all has arrived.
    pub hours: Duration,
    /// The time from the beginning of a run to that of the next.
    pub run_every: Duration,
    /// The part of all messages that get lost, either way, though they were acknowledged.
    pub loss: f64,
    /// The part of all messages that come twice.
    pub doubled: f64,
    /// The longest time on the way, so that messages overtake each other.
    pub delay: Duration,
    /// The mean time between two outages of a robot's network.
    pub outage_every: Option<Duration>,
    /// The longest outage.
    pub outage: Duration,
    /// The part of the outages that the robot does not notice until its keep-alive fails.
    pub half_open: f64,
    /// The part of the outages after which the broker has forgotten the session, with what it kept for the robot.
    pub session_lost: f64,
    /// The mean time between two kills of a robot's agent.
    pub agent_kill_every: Option<Duration>,
    /// The part of those kills that are power cuts, which tear off what was not synced.
    pub power_cut: f64,
    /// The mean time between two kills of broker and handlers.
    pub broker_kill_every: Option<Duration>,
    /// The part of all calls of the store that fail.
    pub store_faults: f64,
    /// The mean time between two outages of a robot's disk, which is full for a while.
    pub disk_full_every: Option<Duration>,
    /// How far clocks jump, either way: the robot's at a start, the server's at any time.
    pub clock_jump: Duration,
    /// The part of all messages that nobody can read, sent beside the good ones.
    pub poison: f64,
    /// What is wrong on purpose.
    pub bug: Option<Bug>,
}

impl Climate {
    /// Nothing goes wrong.
    pub fn fair() -> Self {
        Self {
            robots: 1,
            hours: 5 * HOUR,
            run_every: 2 * HOUR,
            loss: 0.0,
            doubled: 0.0,
            delay: Duration::from_millis(200),
            outage_every: None,
            outage: Duration::ZERO,
            half_open: 0.0,
            session_lost: 0.0,
            agent_kill_every: None,
            power_cut: 0.0,
            broker_kill_every: None,
            store_faults: 0.0,
            disk_full_every: None,
            clock_jump: Duration::ZERO,
            poison: 0.0,
            bug: None,
        }
    }

    /// R1: agent, broker, handlers and store are killed at any step, over a bad line.
    pub fn kills() -> Self {
        Self {
            loss: 0.05,
            doubled: 0.05,
            delay: MINUTE,
            outage_every: Some(HOUR),
            outage: 20 * MINUTE,
            half_open: 0.3,
            session_lost: 0.5,
            agent_kill_every: Some(HOUR),
            power_cut: 0.3,
            broker_kill_every: Some(HOUR),
            store_faults: 0.02,
            ..Self::fair()
        }
    }

    /// R2: one message in five comes twice, and they overtake each other, from two robots of one home.
    pub fn doubles() -> Self {
        Self {
            robots: 2,
            loss: 0.05,
            doubled: 0.2,
            delay: 20 * MINUTE,
            agent_kill_every: Some(3 * HOUR),
            broker_kill_every: Some(3 * HOUR),
            store_faults: 0.01,
            ..Self::fair()
        }
    }

    /// R4: the disk is full for a while, again and again.
    pub fn full_disks() -> Self {
        Self {
            disk_full_every: Some(HOUR),
            outage_every: Some(2 * HOUR),
            outage: 20 * MINUTE,
            agent_kill_every: Some(2 * HOUR),
            ..Self::fair()
        }
    }

    /// R5: clocks jump by up to ten years.
    pub fn clocks() -> Self {
        Self {
            clock_jump: 10 * 365 * 24 * HOUR,
            agent_kill_every: Some(HOUR),
            outage_every: Some(2 * HOUR),
            outage: 20 * MINUTE,
            delay: MINUTE,
            doubled: 0.05,
            ..Self::fair()
        }
    }

    /// R6: the network is gone for eight hours, and the session expires meanwhile.
    pub fn long_outages() -> Self {
        Self {
            hours: 14 * HOUR,
            run_every: 3 * HOUR,
            outage_every: Some(5 * HOUR),
            outage: 8 * HOUR,
            half_open: 0.3,
            session_lost: 1.0,
            ..Self::fair()
        }
    }

    /// R9: one message in a hundred cannot be read by anybody.
    pub fn poison() -> Self {
        Self {
            poison: 0.01,
            doubled: 0.05,
            delay: MINUTE,
            ..Self::fair()
        }
    }

    /// This climate with something wrong on purpose.
    pub fn with_bug(self, bug: Bug) -> Self {
        Self {
            bug: Some(bug),
            ..self
        }
    }
}
