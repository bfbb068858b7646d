//! Light robots: each the agent's own link, and an outbox in memory for the runs that it was told to send.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use device_agent::agent::BUILT_AFTER;
use device_agent::core::repeat::{MIN_REPEAT, Repeat};
use device_agent::link::{KEEP_ALIVE, Link, LinkEvent, MqttLink, MqttLinkConfig, SUBSCRIBE_TIMEOUT};
use domain::id::RunId;
use domain::receipt::ReceiptKind;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::bug::Bug;
use crate::question::Ready;
use crate::roster::Member;
use crate::trip::Trip;

/// How long after each other robots connect for the first time: what a fleet does at its own pace.
const FIRST_CONNECTS: Duration = Duration::from_millis(5);

/// What happened to a robot.
#[derive(Debug, Clone, Copy)]
pub struct Happened {
    /// Which robot of the fleet.
    pub robot: usize,
    /// When.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// What can happen to a robot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Its link is up.
    Up,
    /// Its link is down.
    Down,
    /// It was told that a run is stored, so long after it had handed it over.
    Confirmed(RunId, Duration),
    /// It was told that something of a run cannot be used.
    Refused(RunId),
}

/// Robots that run until they are dropped.
pub struct Fleet {
    /// Who they are.
    pub members: Vec<Arc<Member>>,
    /// What happens to them.
    pub events: mpsc::UnboundedReceiver<Happened>,
    orders: Vec<mpsc::UnboundedSender<RunId>>,
    tasks: JoinSet<()>,
}

impl Fleet {
    /// Has `members` connect to the stack.
    ///
    /// # Errors
    /// When an identity cannot be used.
    pub fn start(members: Vec<Member>, ready: &Ready, bug: Option<Bug>) -> anyhow::Result<Self> {
        let trip = Arc::new(Trip::new()?);
        let (tell, events) = mpsc::unbounded_channel();
        let mut fleet = Self {
            members: members.into_iter().map(Arc::new).collect(),
            events,
            orders: Vec::new(),
            tasks: JoinSet::new(),
        };
        for (number, member) in fleet.members.iter().enumerate() {
            let (order, orders) = mpsc::unbounded_channel();
            fleet.orders.push(order);
            let config = link_config(member, ready)?;
            let robot = LightRobot {
                number,
                member: Arc::clone(member),
                trip: Arc::clone(&trip),
                config,
                is_up: false,
                outbox: HashMap::new(),
                tell: tell.clone(),
                bug,
            };
            let turn = FIRST_CONNECTS.mul_f64(number as f64);
            fleet.tasks.spawn(robot.live(turn, orders));
        }
        Ok(fleet)
    }

    /// How many robots there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Has a robot send a run.
    pub fn send(&self, robot: usize, run: RunId) {
        if let Some(orders) = self.orders.get(robot % self.orders.len().max(1)) {
            // A robot that is gone sends nothing, which shows.
            let _ = orders.send(run);
        }
    }

    /// Waits until every robot is connected.
    ///
    /// # Errors
    /// When that takes longer than `limit`.
    pub async fn connected(&mut self, limit: Duration) -> anyhow::Result<()> {
        let mut up = vec![false; self.len()];
        let all = async {
            while up.iter().any(|is_up| !is_up) {
                let Some(event) = self.events.recv().await else {
                    return;
                };
                match event.what {
                    What::Up => up[event.robot] = true,
                    What::Down => up[event.robot] = false,
                    What::Confirmed(..) | What::Refused(_) => {}
                }
            }
        };
        let in_time = tokio::time::timeout(limit, all).await;
        in_time.with_context(|| format!("the robots were not all connected within {limit:?}"))
    }
}

fn link_config(member: &Member, ready: &Ready) -> anyhow::Result<MqttLinkConfig> {
    let broker: SocketAddr = ready.mqtt.parse()?;
    Ok(MqttLinkConfig {
        identity: member.identity((&broker.ip().to_string(), broker.port()), &ready.ca_pem),
        not_before: BUILT_AFTER,
        keep_alive: KEEP_ALIVE,
        subscribe_timeout: SUBSCRIBE_TIMEOUT,
    })
}

/// A run that waits for its confirmation.
struct Waiting {
    since: Instant,
    repeat: Repeat,
}

struct LightRobot {
    number: usize,
    member: Arc<Member>,
    trip: Arc<Trip>,
    config: MqttLinkConfig,
    is_up: bool,
    outbox: HashMap<RunId, Waiting>,
    tell: mpsc::UnboundedSender<Happened>,
    bug: Option<Bug>,
}

impl LightRobot {
    /// Lives from its `turn` to connect on.
    async fn live(mut self, turn: Duration, mut orders: mpsc::UnboundedReceiver<RunId>) {
        sleep(turn).await;
        let Ok(mut link) = MqttLink::start(&self.config) else {
            return;
        };
        let booted = Instant::now();
        let mut ticks = interval(MIN_REPEAT);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = link.next() => self.hear(&mut link, event, booted.elapsed()),
                order = orders.recv() => match order {
                    Some(run) => self.set_out(&mut link, run, booted.elapsed()),
                    None => return,
                },
                _ = ticks.tick(), if !self.outbox.is_empty() => self.repeat(&mut link, booted.elapsed()),
            }
        }
    }

    fn happened(&self, what: What) {
        let (robot, at) = (self.number, Instant::now());
        // Nobody listens any more only when the fleet is gone.
        let _ = self.tell.send(Happened { robot, at, what });
    }

    fn set_out(&mut self, link: &mut MqttLink, run: RunId, uptime: Duration) {
        let mut repeat = Repeat::due_at(uptime);
        if self.is_up {
            repeat.take(uptime);
            self.publish(link, run);
        }
        let since = Instant::now();
        self.outbox.insert(run, Waiting { since, repeat });
        if self.bug == Some(Bug::TrustsBroker) {
            self.confirmed(run);
        }
    }

    fn publish(&self, link: &mut MqttLink, run: RunId) {
        for message in self.trip.messages(&self.member, run) {
            link.publish(message);
        }
    }

    fn hear(&mut self, link: &mut MqttLink, event: LinkEvent, uptime: Duration) {
        match event {
            LinkEvent::Up => {
                self.is_up = true;
                self.happened(What::Up);
                self.outbox
                    .values_mut()
                    .for_each(|waiting| waiting.repeat = Repeat::due_at(uptime));
            }
            LinkEvent::Down => {
                self.is_up = false;
                self.happened(What::Down);
                if self.bug == Some(Bug::Hasty)
                    && let Ok(another) = MqttLink::start(&self.config)
                {
                    *link = another;
                }
            }
            LinkEvent::Received(message) => {
                if let Ok(receipt) = wire::receipt::decode(&message.payload) {
                    self.take(link, receipt.kind);
                }
            }
        }
    }

    fn take(&mut self, link: &mut MqttLink, receipt: ReceiptKind) {
        match receipt {
            ReceiptKind::Confirmed { run } => self.confirmed(run),
            ReceiptKind::Wanted { run, tiles } if self.outbox.contains_key(&run) => {
                link.publish(self.trip.wanted(&self.member, run, &tiles));
                link.publish(self.trip.end(&self.member, run));
            }
            ReceiptKind::Refused { run, .. } => self.happened(What::Refused(run)),
            ReceiptKind::Wanted { .. }
            | ReceiptKind::Settled { .. }
            | ReceiptKind::Certificate { .. }
            | ReceiptKind::Renewed
            | ReceiptKind::Time { .. } => {}
        }
    }

    fn confirmed(&mut self, run: RunId) {
        if let Some(waiting) = self.outbox.remove(&run) {
            self.happened(What::Confirmed(run, waiting.since.elapsed()));
        }
    }

    /// Says the end of each run again that was not confirmed; all of it after a new connection.
    fn repeat(&mut self, link: &mut MqttLink, uptime: Duration) {
        if !self.is_up {
            return;
        }
        let mut due = Vec::new();
        for (run, waiting) in &mut self.outbox {
            let was_said = waiting.repeat.is_asked();
            if waiting.repeat.take(uptime) {
                due.push((*run, was_said));
            }
        }
        for (run, was_said) in due {
            match was_said {
                true => link.publish(self.trip.end(&self.member, run)),
                false => self.publish(link, run),
            }
        }
    }
}
