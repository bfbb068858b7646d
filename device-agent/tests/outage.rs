//! Each dependency down for an hour: what is scheduled happens, the button starts and stops, and afterwards everything
//! comes right by itself. The hour is virtual; the core and its files are the real ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how much it tried"
)]

mod common;

use std::time::Duration;

use common::{Cloud, SERVER_TIME, condition, endpoint, start_agent, sweep};
use device_agent::core::message::{Outgoing, Received};
use device_agent::core::{Agent, Input, Output};
use device_agent::driver::{DriverOrder, Observation, Observed};
use domain::command::Scope;
use domain::id::EntryId;
use domain::receipt::{Receipt, ReceiptKind};
use domain::run::{Initiator, Outcome, RunEventKind};
use domain::schedule::{ScheduleEntry, Weekdays};
use domain::settings::{Preferences, Settings};
use domain::status::RobotState;
use wire::status::StatusReport;
use wire::topic::Downlink;
use wire::{receipt, run_event, settings};

/// The clock on the wall shows 08:00 at the beginning; the outage is from 08:10 to 09:10.
const OUTAGE: (u64, u64) = (10, 70);
/// When somebody presses the robot's button: to start it, and to stop it.
const PRESSED: (u64, u64) = (45, 48);
/// How long a run takes that nobody stops.
const RUN_MINUTES: u64 = 8;
/// When all must have come right.
const END: u64 = 90;

/// What is down, and what of it a robot notices.
struct Dependency {
    name: &'static str,
    /// Whether there is a connection meanwhile.
    is_connected: bool,
    /// What becomes of messages that are sent meanwhile.
    messages: Messages,
}

#[derive(Clone, Copy, PartialEq)]
enum Messages {
    /// They are stored and answered.
    Answered,
    /// They are lost.
    Lost,
    /// They wait, and are stored and answered afterwards.
    Delayed,
}

const DEPENDENCIES: [Dependency; 7] = [
    down("broker", false, Messages::Lost),
    down("rules", true, Messages::Lost),
    down("handler", true, Messages::Delayed),
    down("store", true, Messages::Delayed),
    down("API", true, Messages::Answered),
    down("identity", true, Messages::Answered),
    down("DNS", false, Messages::Lost),
];

const fn down(name: &'static str, is_connected: bool, messages: Messages) -> Dependency {
    Dependency {
        name,
        is_connected,
        messages,
    }
}

/// A home with its robot, the cloud that it reports to, and what is yet to happen, by the time since the beginning.
struct Home {
    down: &'static Dependency,
    agent: Agent,
    now: Duration,
    coming: Vec<(Duration, Input)>,
    cloud: Cloud,
    initiators: Vec<Initiator>,
    last_status: Option<StatusReport>,
    starts: Vec<Duration>,
}

impl Home {
    fn new(down: &'static Dependency, agent: Agent) -> Self {
        let mut home = Self {
            down,
            agent,
            now: Duration::ZERO,
            coming: Vec::new(),
            cloud: Cloud::default(),
            initiators: Vec::new(),
            last_status: None,
            starts: Vec::new(),
        };
        home.observe(Duration::ZERO, Observation::State(condition(RobotState::Docked)));
        home.comes(Duration::ZERO, Input::Connected);
        home.comes(Duration::ZERO, schedule());
        if !down.is_connected {
            home.comes(minutes(OUTAGE.0), Input::Disconnected);
            home.comes(minutes(OUTAGE.1), Input::Connected);
        }
        let (start, stop) = (minutes(PRESSED.0), minutes(PRESSED.1));
        home.observe(start, Observation::Started(Initiator::Button));
        home.clean(start, stop, Outcome::Stopped);
        home
    }

    fn comes(&mut self, at: Duration, input: Input) {
        let later = self.coming.partition_point(|(due, _)| *due <= at);
        self.coming.insert(later, (at, input));
    }

    fn observe(&mut self, at: Duration, what: Observation) {
        self.comes(at, Input::Observed(Observed { at, what }));
    }

    fn clean(&mut self, from: Duration, to: Duration, outcome: Outcome) {
        self.observe(from, Observation::State(condition(RobotState::Running)));
        for step in 0..20 {
            let at = from + (to - from) * step / 20;
            self.observe(at, Observation::Sweep(sweep(f64::from(step) * 0.2)));
        }
        self.observe(to, Observation::Ended(outcome));
        self.observe(to, Observation::State(condition(RobotState::Docked)));
    }

    /// Lets what comes happen, and the agent look at the clock whenever it wants to.
    fn live_until(&mut self, end: Duration) {
        loop {
            let coming = self.coming.first().map(|(due, _)| *due);
            let tick = self.agent.next_tick().map(|tick| tick.max(self.now));
            let Some(next) = coming.into_iter().chain(tick).min().filter(|next| *next <= end) else {
                return;
            };
            self.now = next;
            let input = if coming == Some(next) {
                self.coming.remove(0).1
            } else {
                Input::Tick
            };
            for output in self.agent.handle(next, input) {
                self.does(output);
            }
        }
    }

    fn does(&mut self, output: Output) {
        match output {
            Output::Publish(message) => self.send(&message),
            Output::Order(DriverOrder::Start(_)) => {
                self.starts.push(self.now);
                self.clean(self.now, self.now + minutes(RUN_MINUTES), Outcome::Completed);
            }
            Output::Order(_) | Output::Connect(_) => {}
        }
    }

    fn send(&mut self, message: &Outgoing) {
        let is_down = (minutes(OUTAGE.0)..minutes(OUTAGE.1)).contains(&self.now);
        let answered_at = match (is_down, self.down.messages) {
            (false, _) | (true, Messages::Answered) => self.now,
            (true, Messages::Delayed) => minutes(OUTAGE.1),
            (true, Messages::Lost) => return,
        };
        if let Some(kind) = self.take(message, answered_at) {
            let receipt = Receipt {
                pairing: Some(endpoint().pairing),
                kind,
            };
            let topic = Downlink::Receipts(endpoint().robot);
            self.comes(answered_at, received(topic, receipt::encode(&receipt), false));
        }
    }

    /// Stores a message; gives the answer to it.
    fn take(&mut self, message: &Outgoing, at: Duration) -> Option<ReceiptKind> {
        if message.topic.ends_with("/status") {
            let status = StatusReport::decode(&message.payload).unwrap();
            self.last_status = Some(status.clone());
            let now = SERVER_TIME.plus(at);
            return status.nonce.map(|nonce| ReceiptKind::Time { nonce, now });
        }
        if message.topic.ends_with("/run") {
            let event = run_event::decode(&message.payload).unwrap();
            let is_new = !self.cloud.finished.contains_key(&event.run);
            if is_new && matches!(event.kind, RunEventKind::Finished(_)) {
                self.initiators.push(event.initiator);
            }
        }
        self.cloud.take(message)
    }
}

fn received(topic: Downlink, payload: Vec<u8>, retained: bool) -> Input {
    Input::Received(Received {
        topic,
        payload,
        retained,
    })
}

/// The settings with a run at 08:20.
fn schedule() -> Input {
    let entry = ScheduleEntry {
        id: EntryId::from_u128(1),
        enabled: true,
        days: Weekdays::all(),
        at: "08:20".parse().unwrap(),
        scope: Scope::WholeHome,
    };
    let preferences = Preferences {
        schedule: vec![entry],
        ..Preferences::initial()
    };
    let settings = Settings::initial(endpoint().pairing).with_preferences(preferences);
    let topic = Downlink::Settings(endpoint().robot);
    received(topic, settings::encode(&settings).unwrap(), true)
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Lives through the outage; gives what is wrong afterwards.
fn outage_of(down: &'static Dependency) -> Vec<&'static str> {
    let dir = tempfile::tempdir().unwrap();
    let mut home = Home::new(down, start_agent(dir.path(), 5));
    home.live_until(minutes(END));
    let mut outcomes: Vec<Outcome> = home
        .cloud
        .finished
        .values()
        .map(|report| report.outcome)
        .collect();
    outcomes.sort_by_key(|outcome| *outcome == Outcome::Stopped);
    let mut initiators = home.initiators.clone();
    initiators.sort_by_key(|initiator| *initiator == Initiator::Button);
    initiators.dedup();
    let status = home.last_status.as_ref();
    let found = [
        (
            "the scheduled run did not begin at its time",
            home.starts == [minutes(20)],
        ),
        (
            "not both runs arrived whole",
            outcomes == [Outcome::Completed, Outcome::Stopped],
        ),
        (
            "the schedule and the button did not begin one each",
            initiators == [Initiator::Schedule, Initiator::Button],
        ),
        (
            "something still waits",
            !home.agent.is_busy() && !home.agent.awaits_answer(),
        ),
        (
            "the cloud does not know that all is well",
            status.is_some_and(|status| status.run.is_none() && status.dropped == 0),
        ),
    ];
    let wrong = found.into_iter().filter(|(_, is_right)| !is_right);
    wrong.map(|(what, _)| what).collect()
}

#[test]
fn an_hour_without_any_one_dependency_changes_nothing_at_home() {
    let tried = DEPENDENCIES.iter().map(|down| (down.name, outage_of(down)));
    let failed: Vec<_> = tried.filter(|(_, wrong)| !wrong.is_empty()).collect();
    println!("R10: {} tried, {} failed", DEPENDENCIES.len(), failed.len());
    assert!(failed.is_empty(), "{failed:?}");
}
