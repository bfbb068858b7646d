//! What goes wrong: lines, kills, full disks, clocks and messages that nobody can read.

use std::time::Duration;

use device_agent::core::Input;
use domain::Timestamp;
use domain::id::RobotId;
use rand::RngExt;

use super::Simulation;
use super::agenda::Happening;
use crate::bug::Bug;
use crate::cloud::Invocation;
use crate::disk;
use crate::home::{self, Function};
use crate::link::Line;

/// How long a robot takes to notice that nothing passes: twice its keep-alive, at most.
const KEEP_ALIVE: Duration = Duration::from_secs(20 * 60);
/// The longest time that an agent is off after a kill.
const MAX_OFF: Duration = Duration::from_secs(10 * 60);
/// How long an agent that could not start is off.
const START_AGAIN: Duration = Duration::from_secs(30);
/// The most storage calls that a killed agent still makes.
const MAX_FUSE: u32 = 12;

impl Simulation {
    pub(super) fn plan_troubles(&mut self, robot: usize) {
        self.plan_next(self.climate.outage_every, Happening::Outage(robot));
        self.plan_next(self.climate.agent_kill_every, Happening::Kill(robot));
        self.plan_next(self.climate.disk_full_every, Happening::DiskFull(robot));
    }

    /// Plans the next of its kind, at a distance that is random with this mean.
    pub(super) fn plan_next(&mut self, mean: Option<Duration>, what: Happening) {
        if let Some(mean) = mean {
            let part: f64 = self.random.random();
            let wait = mean.mul_f64(-(1.0 - part).ln());
            self.agenda.add(self.now + wait, what);
        }
    }

    pub(super) fn trouble(&mut self, what: Happening) -> anyhow::Result<()> {
        let ends_with_calm = !matches!(what, Happening::Noticed(_));
        if self.is_calm && ends_with_calm {
            return Ok(());
        }
        match what {
            Happening::Outage(robot) => self.cut_line(robot),
            Happening::Noticed(robot) => self.notice(robot),
            Happening::Kill(robot) => self.kill_agent(robot),
            Happening::DiskFull(robot) => self.fill_disk(robot),
            Happening::DiskFree(robot) => self.free_disk(robot),
            Happening::BrokerKill => self.kill_broker(),
            Happening::ClockJump => {
                self.clock_offset = self.jump();
                self.plan_next(Some(Duration::from_secs(3600)), Happening::ClockJump);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Everything works from now on.
    pub(super) fn calm_down(&mut self) {
        self.is_calm = true;
        self.cloud.store.weather().clear();
        for robot in 0..self.robots.len() {
            let Some(this) = self.robots.get_mut(robot) else {
                continue;
            };
            disk::open(&this.books).is_full = false;
            this.last_words = None;
            disk::open(&this.books).fuse = None;
            let soon = self.now + Duration::from_secs(1);
            let next = match (this.is_on(), this.link.line) {
                (false, _) => Happening::Boot(robot),
                (true, Line::HalfOpen) => Happening::Noticed(robot),
                (true, Line::Down) => Happening::LinkUp(robot),
                (true, Line::Up) => continue,
            };
            self.agenda.add(soon, next);
        }
    }

    fn cut_line(&mut self, robot: usize) -> anyhow::Result<()> {
        self.plan_next(self.climate.outage_every, Happening::Outage(robot));
        if self.robot(robot)?.link.line != Line::Up {
            return Ok(());
        }
        let ends = self.now + self.within(Duration::from_secs(2), self.climate.outage);
        if self.random.random_bool(self.climate.half_open) {
            self.robot(robot)?.link.line = Line::HalfOpen;
            let noticed = self.now + self.within(Duration::from_secs(1), KEEP_ALIVE);
            self.agenda.add(noticed, Happening::Noticed(robot));
            self.agenda.add(ends.max(noticed), Happening::LinkUp(robot));
            return Ok(());
        }
        self.agenda.add(ends, Happening::LinkUp(robot));
        self.notice(robot)
    }

    fn notice(&mut self, robot: usize) -> anyhow::Result<()> {
        let is_calm = self.is_calm;
        let now = self.now;
        let link = &mut self.robot(robot)?.link;
        if link.seems_up() {
            link.line = Line::Down;
            self.put(robot, Input::Disconnected)?;
        }
        if is_calm {
            self.agenda
                .add(now + Duration::from_secs(1), Happening::LinkUp(robot));
        }
        Ok(())
    }

    pub(super) fn link_up(&mut self, robot: usize) -> anyhow::Result<()> {
        let is_lost = self.random.random_bool(self.climate.session_lost);
        let is_deaf = self.climate.bug == Some(Bug::DeafAfterSession) && is_lost;
        let this = self.robot(robot)?;
        if !this.is_on() || this.link.line != Line::Down {
            return Ok(());
        }
        let waited = this.link.connect(is_lost);
        this.link.is_deaf |= is_deaf;
        self.put(robot, Input::Connected)?;
        for message in waited {
            self.deliver(robot, message)?;
        }
        Ok(())
    }

    pub(super) fn boot(&mut self, robot: usize) -> anyhow::Result<()> {
        if self.robot(robot)?.is_on() {
            return Ok(());
        }
        let jump = self.jump();
        let guess = Timestamp::from_millis(home::EPOCH.plus(self.now).millis() + jump);
        let (now, seed) = (self.now, self.random.random());
        let this = self.robot(robot)?;
        let said = match this.boot(now, guess, seed) {
            Ok(said) => said,
            // An agent that cannot write does not start; whoever watches over it tries again.
            Err(_) if disk::open(&this.books).is_full => {
                self.agenda.add(now + START_AGAIN, Happening::Boot(robot));
                return Ok(());
            }
            Err(error) => return Err(error.context(format!("robot {robot} does not start"))),
        };
        self.follow(robot, said)?;
        let up = now + self.within(Duration::from_secs(1), Duration::from_secs(20));
        self.agenda.add(up, Happening::LinkUp(robot));
        Ok(())
    }

    /// Kills the agent now, at one of its next calls of the disk, or between two of its next messages.
    fn kill_agent(&mut self, robot: usize) -> anyhow::Result<()> {
        self.plan_next(self.climate.agent_kill_every, Happening::Kill(robot));
        let (how, fuse, words) = (
            self.random.random_range(0..3),
            self.random.random_range(0..MAX_FUSE),
            self.random.random_range(0..4),
        );
        let this = self.robot(robot)?;
        if !this.is_on() {
            return Ok(());
        }
        match how {
            0 => return self.die(robot),
            1 => disk::open(&this.books).fuse = Some(fuse),
            _ => this.last_words = Some(words),
        }
        Ok(())
    }

    /// The end of an agent; it starts again after a while.
    pub(super) fn die(&mut self, robot: usize) -> anyhow::Result<()> {
        let is_power_cut = self.random.random_bool(self.climate.power_cut);
        let torn = is_power_cut.then(|| self.random.random());
        let back = self.now + self.within(Duration::from_secs(1), MAX_OFF);
        self.robot(robot)?.kill(torn)?;
        self.figures.kills += 1;
        self.agenda.add(back, Happening::Boot(robot));
        Ok(())
    }

    /// Broker and handlers end together, and with them everything that was on its way.
    fn kill_broker(&mut self) -> anyhow::Result<()> {
        self.plan_next(self.climate.broker_kill_every, Happening::BrokerKill);
        self.figures.kills += 1;
        self.agenda.lose_messages();
        for robot in 0..self.robots.len() {
            self.robot(robot)?.link.waiting.clear();
            self.notice(robot)?;
            let back = self.now + self.within(Duration::from_secs(1), Duration::from_secs(90));
            self.agenda.add(back, Happening::LinkUp(robot));
        }
        Ok(())
    }

    fn fill_disk(&mut self, robot: usize) -> anyhow::Result<()> {
        disk::open(&self.robot(robot)?.books).is_full = true;
        let free = self.now + self.within(Duration::from_secs(10), Duration::from_secs(1800));
        self.agenda.add(free, Happening::DiskFree(robot));
        Ok(())
    }

    fn free_disk(&mut self, robot: usize) -> anyhow::Result<()> {
        disk::open(&self.robot(robot)?.books).is_full = false;
        self.plan_next(self.climate.disk_full_every, Happening::DiskFull(robot));
        Ok(())
    }

    /// Milliseconds that a clock is off by, either way.
    fn jump(&mut self) -> i64 {
        let most = i64::try_from(self.climate.clock_jump.as_millis()).unwrap_or(i64::MAX);
        match self.random.random_range(0..4) {
            0 => self.random.random_range(-most..=most),
            1 => self
                .random
                .random_range(-most.min(86_400_000)..=most.min(86_400_000)),
            2 => self.random.random_range(-most.min(90_000)..=most.min(90_000)),
            _ => 0,
        }
    }

    /// Sends something beside a good message that its function cannot read.
    pub(super) fn send_poison(&mut self, robot: RobotId, function: Function, good: &[u8]) {
        let payload = match self.random.random_range(0..3) {
            0 => (0..self.random.random_range(0..600))
                .map(|_| self.random.random_range(2..=255))
                .collect(),
            1 => br#"{"pairing": 7, "run": null, "nested": [[[[[[]]]]]]}"#.to_vec(),
            _ => good
                .iter()
                .take(good.len() / 2)
                .map(|byte| byte ^ 0x5A)
                .collect::<Vec<u8>>(),
        };
        let event = home::message_event(robot, &payload, self.server_time());
        let at = self.arrival();
        let call = Invocation {
            function,
            event,
            tried: 0,
        };
        self.agenda.add(at, Happening::Arrive(call));
        self.poison.push(payload);
    }
}
