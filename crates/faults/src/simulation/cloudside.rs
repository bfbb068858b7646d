//! What happens in the cloud, and on the way from it to the robots.

use std::time::Duration;

use device_agent::core::Input;
use device_agent::core::message::Received;
use domain::id::RobotId;
use domain::receipt::Receipt;
use rand::RngExt;
use wire::topic::Downlink;
use wire::{receipt as receipts, settings};

use super::Simulation;
use super::agenda::Happening;
use crate::cloud::Invocation;
use crate::flaky::Post;
use crate::home;
use crate::link::Line;

/// The most functions that run beside each other.
const MAX_BESIDE: usize = 4;
/// Messages that arrive within this time are handled beside each other.
const BESIDE: Duration = Duration::from_millis(100);
/// The most messages that the broker keeps in a session.
const MAX_WAITING: usize = 100;

impl Simulation {
    /// Hands a message to its function, beside those that arrive at about the same time.
    pub(super) fn invoke(&mut self, call: Invocation) {
        let mut calls = vec![call];
        while calls.len() < MAX_BESIDE
            && let Some(call) = self.agenda.next_arrival(self.now + BESIDE)
        {
            calls.push(call);
        }
        for (wait, call) in self.cloud.invoke(calls, self.server_time()) {
            self.agenda.add(self.now + wait, Happening::Arrive(call));
        }
        self.look_at_cloud();
    }

    /// Reads the change stream; now and then two readers hold the same record.
    pub(super) fn read_stream(&mut self) {
        let is_doubled = !self.is_calm && self.random.random_bool(self.climate.doubled);
        self.cloud
            .read_stream(1 + usize::from(is_doubled), self.server_time());
        self.look_at_cloud();
    }

    /// Sends what the cloud has for robots, and reads its stream if there is something in it.
    fn look_at_cloud(&mut self) {
        for (robot, post) in self.cloud.take_posts() {
            self.send_down(robot, &post);
        }
        if !self.cloud.has_read_all() {
            let at = self.now + Duration::from_millis(self.random.random_range(100..2_000));
            self.agenda.add(at, Happening::ReadStream);
        }
    }

    fn send_down(&mut self, robot: RobotId, post: &Post) {
        let place = self
            .robots
            .iter()
            .position(|this| home::robot(this.number) == robot);
        let Some((place, message)) = place.zip(received(robot, post)) else {
            return;
        };
        if message.retained
            && let Some(this) = self.robots.get_mut(place)
        {
            this.link.retained = Some(message.clone());
        }
        for _ in 0..self.copies() {
            let at = self.arrival();
            self.agenda.add(at, Happening::Deliver(place, message.clone()));
        }
    }

    /// Hands a message to the robot if its line is up; else it waits in the session.
    pub(super) fn deliver(&mut self, robot: usize, message: Received) -> anyhow::Result<()> {
        let link = &mut self.robot(robot)?.link;
        match link.line {
            Line::Up if link.is_deaf => Ok(()),
            Line::Up => self.put(robot, Input::Received(message)),
            Line::HalfOpen | Line::Down => {
                if link.waiting.len() < MAX_WAITING {
                    link.waiting.push_back(message);
                }
                Ok(())
            }
        }
    }
}

/// A receipt as the robot gets it.
pub(super) fn receipt(robot: RobotId, receipt: &Receipt) -> Received {
    Received {
        topic: Downlink::Receipts(robot),
        payload: receipts::encode(receipt),
        retained: false,
    }
}

fn received(robot: RobotId, post: &Post) -> Option<Received> {
    match post {
        Post::Receipt(told) => Some(receipt(robot, told)),
        Post::Settings(document) => Some(Received {
            topic: Downlink::Settings(robot),
            payload: settings::encode(document).ok()?,
            retained: true,
        }),
    }
}
