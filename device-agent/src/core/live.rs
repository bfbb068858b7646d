//! The live view: position and tiles for as long as somebody watches.
//!
//! A message is charged twice, when it is sent and when it is delivered, and by its begun 5 KB: many positions in one
//! message cost what one does. So they go out in batches, each with where the robot was since the one before, which
//! phones play back at a constant delay.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use domain::id::{LeaseId, RunId};
use domain::status::RobotState;
use mapping::pose::Pose;
use wire::command::LiveRequest;
use wire::live::{LiveBatch, LivePose};
use wire::tile_pack::TARGET_PACK_BYTES;
use wire::topic::Downlink;

use super::message::Delivery;
use super::{Agent, Uptime, packing};

/// How often a batch is sent; phones show the robot this much later.
pub const BATCH_EVERY: Duration = Duration::from_secs(10);
/// How far the positions of a batch are apart: at 0.3 m/s a corner is cut by at most 6 cm.
pub const POSE_EVERY: Duration = Duration::from_millis(500);
/// How long after a request its first batch is sent: a phone subscribes once its request was answered.
pub const FIRST_AFTER: Duration = Duration::from_secs(1);
/// How soon after a batch a new state is told.
pub const STATE_AFTER: Duration = Duration::from_secs(1);
/// The longest that one request is heeded.
pub const MAX_LEASE: Duration = Duration::from_secs(600);
/// The most leases at the same time; requests for more are passed over.
pub const MAX_LEASES: usize = 16;

/// Who watches, what they were sent, and where the robot has just been.
#[derive(Default)]
pub struct Live {
    leases: BTreeMap<LeaseId, Uptime>,
    due: Uptime,
    sent: Option<(RobotState, Uptime)>,
    shown_run: Option<RunId>,
    run: Option<RunId>,
    trail: VecDeque<(Uptime, Pose)>,
}

impl Live {
    /// Heeds a request: one that begins or renews a lease is shown everything, one for no time ends it.
    pub fn request(&mut self, uptime: Uptime, request: &LiveRequest) {
        if request.for_ms == 0 {
            self.leases.remove(&request.lease);
            return;
        }
        if !self.leases.contains_key(&request.lease) && self.leases.len() >= MAX_LEASES {
            return;
        }
        let until = uptime + Duration::from_millis(request.for_ms.into()).min(MAX_LEASE);
        self.leases.insert(request.lease, until);
        self.due = uptime + FIRST_AFTER;
        self.shown_run = None;
    }

    /// When something is to be sent next, if anybody watches.
    pub fn next(&self) -> Option<Uptime> {
        (!self.leases.is_empty()).then_some(self.due)
    }

    /// Notes where the robot is in its run, whether anybody watches or not: a batch begins before its request.
    pub fn note(&mut self, uptime: Uptime, run: Option<RunId>, pose: Pose) {
        if self.run != run {
            // Another run has another frame.
            self.run = run;
            self.trail.clear();
        }
        let is_due = |(at, _): &(Uptime, Pose)| *at + POSE_EVERY <= uptime;
        if self.trail.back().is_none_or(is_due) {
            self.trail.push_back((uptime, pose));
        }
        while self
            .trail
            .front()
            .is_some_and(|(at, _)| *at + BATCH_EVERY < uptime)
        {
            self.trail.pop_front();
        }
    }

    fn expire(&mut self, uptime: Uptime) {
        self.leases.retain(|_, until| *until > uptime);
    }

    /// A new state is told without waiting for the next batch.
    fn hasten(&mut self, state: RobotState) {
        if let Some((_, at)) = self.sent.filter(|(told, _)| *told != state) {
            self.due = self.due.min(at + STATE_AFTER);
        }
    }

    fn take_due(&mut self, uptime: Uptime, state: RobotState) -> bool {
        let is_due = !self.leases.is_empty() && uptime >= self.due;
        if is_due {
            self.due = uptime + BATCH_EVERY;
            self.sent = Some((state, uptime));
        }
        is_due
    }

    /// Where the robot has been since the last batch was due, and where it is.
    fn poses(&self, uptime: Uptime, now: &Pose) -> Vec<LivePose> {
        let age = |at: Uptime| u16::try_from(uptime.saturating_sub(at).as_millis()).unwrap_or(u16::MAX);
        let trail = self.trail.iter().filter(|(at, _)| *at < uptime);
        let mut poses: Vec<LivePose> = trail.map(|(at, pose)| LivePose::new(age(*at), pose)).collect();
        poses.push(LivePose::new(0, now));
        poses
    }
}

impl Agent {
    pub(super) fn tick_live(&mut self) {
        let state = self.robot_state();
        self.live.expire(self.uptime);
        self.live.hasten(state);
        if self.connected && self.live.take_due(self.uptime, state) {
            self.show(state);
        }
    }

    fn show(&mut self, state: RobotState) {
        let run = self.run.as_ref().map(|run| run.id);
        let mut batch = LiveBatch {
            is_whole: self.live.shown_run != run || run.is_none(),
            state,
            clock: self.uptime.as_millis() as u32,
            run,
            poses: self.live.poses(self.uptime, &self.pose),
            tiles: Vec::new(),
        };
        self.live.shown_run = run;
        for pack in self.tiles_to_show(batch.is_whole) {
            if batch.tiles.is_empty() && batch.bytes() + pack.len() <= TARGET_PACK_BYTES {
                batch.tiles = pack;
            } else {
                self.show_on(Downlink::LiveTiles(self.endpoint.robot), pack);
            }
        }
        self.show_on(Downlink::LivePose(self.endpoint.robot), batch.encode());
    }

    fn tiles_to_show(&mut self, all: bool) -> Vec<Vec<u8>> {
        let Some(run) = self.run.as_mut().filter(|run| run.may_upload) else {
            return Vec::new();
        };
        let tiles = run.show(all);
        packing::packs(run.head.pairing, run.id, tiles)
    }

    fn show_on(&mut self, topic: Downlink, payload: Vec<u8>) {
        self.publish_to(topic.to_string(), payload, Delivery::AtMostOnce);
    }
}

#[cfg(test)]
mod tests {
    use domain::id::PairingId;

    use super::*;

    const RUNNING: RobotState = RobotState::Running;

    fn at(millis: u64) -> Uptime {
        Duration::from_millis(millis)
    }

    fn watch(for_ms: u32) -> LiveRequest {
        LiveRequest {
            pairing: PairingId::from_u128(1),
            lease: LeaseId::from_u128(2),
            for_ms,
        }
    }

    #[test]
    fn nothing_is_sent_unless_somebody_watches() {
        let mut live = Live::default();
        assert!(!live.take_due(at(0), RUNNING));
        live.request(at(0), &watch(10_000));
        assert!(!live.take_due(at(999), RUNNING));
        assert!(live.take_due(at(1_000), RUNNING));
        live.expire(at(10_000));
        assert!(!live.take_due(at(10_000), RUNNING));
        assert_eq!(live.next(), None);
        live.request(at(20_000), &watch(10_000));
        live.request(at(20_500), &watch(0));
        assert_eq!(live.next(), None);
    }

    #[test]
    fn a_new_state_does_not_wait_for_the_next_batch() {
        let mut live = Live::default();
        live.request(at(0), &watch(60_000));
        let mut told = Vec::new();
        for millis in (0..30_000).step_by(100) {
            let state = if millis < 12_000 {
                RUNNING
            } else {
                RobotState::Error
            };
            live.hasten(state);
            if live.take_due(at(millis), state) {
                told.push((millis, state));
            }
        }
        let stuck = RobotState::Error;
        let expected = [
            (1_000, RUNNING),
            (11_000, RUNNING),
            (12_000, stuck),
            (22_000, stuck),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_batch_reaches_back_to_the_one_before_and_not_into_another_run() {
        let mut live = Live::default();
        let here = |x: u64| Pose::new(x as f64 / 1000.0, 0.0, 0.0);
        let run = Some(RunId::from_u128(1));
        for millis in (0..20_000).step_by(40) {
            live.note(at(millis), run, here(millis));
        }
        let poses = live.poses(at(20_000), &here(20_000));
        assert!((19..=22).contains(&poses.len()), "{}", poses.len());
        assert!(u64::from(poses[0].age) >= 9_400 && poses.last().is_some_and(|pose| pose.age == 0));
        assert!(poses.iter().all(|pose| pose.x == 20_000 - i32::from(pose.age)));
        live.note(at(20_040), None, here(0));
        assert_eq!(live.poses(at(20_050), &here(0)).len(), 2);
    }
}
