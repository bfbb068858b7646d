//! The live view: position and tiles for as long as somebody watches.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::id::{LeaseId, RunId};
use wire::command::LiveRequest;
use wire::live::LivePose;
use wire::topic::Downlink;

use super::message::Delivery;
use super::{Agent, Uptime, packing};

/// How often a changed position is sent: each one is charged twice, when it is sent and when it is delivered, and pages
/// let the robot glide from one to the next.
pub const POSE_EVERY: Duration = Duration::from_secs(2);
/// How often a position that does not change is sent.
pub const STILL_POSE_EVERY: Duration = Duration::from_secs(5);
/// How often changed tiles are sent.
pub const TILES_EVERY: Duration = Duration::from_secs(5);
/// The longest that one request is heeded.
pub const MAX_LEASE: Duration = Duration::from_secs(600);
/// The most leases at the same time; requests for more are passed over.
pub const MAX_LEASES: usize = 16;

/// Who watches, and what they were sent.
#[derive(Default)]
pub struct Live {
    leases: BTreeMap<LeaseId, Uptime>,
    pose_at: Uptime,
    tiles_at: Uptime,
    sent: Option<(LivePose, Uptime)>,
    shown_run: Option<RunId>,
}

impl Live {
    /// Heeds a request; a lease seen for the first time is shown everything.
    pub fn request(&mut self, uptime: Uptime, request: &LiveRequest) {
        let is_new = !self.leases.contains_key(&request.lease);
        if is_new && self.leases.len() >= MAX_LEASES {
            return;
        }
        let until = uptime + Duration::from_millis(request.for_ms.into()).min(MAX_LEASE);
        self.leases.insert(request.lease, until);
        if is_new {
            (self.pose_at, self.tiles_at) = (uptime, uptime);
            (self.sent, self.shown_run) = (None, None);
        }
    }

    /// When something is to be sent next, if anybody watches.
    pub fn next(&self) -> Option<Uptime> {
        (!self.leases.is_empty()).then(|| self.pose_at.min(self.tiles_at))
    }

    fn expire(&mut self, uptime: Uptime) {
        self.leases.retain(|_, until| *until > uptime);
    }

    /// Whether `pose` is due and news.
    fn take_pose(&mut self, uptime: Uptime, pose: LivePose) -> bool {
        if self.leases.is_empty() || uptime < self.pose_at {
            return false;
        }
        self.pose_at = uptime + POSE_EVERY;
        let is_known =
            |(sent, at): &(LivePose, Uptime)| *sent == pose && uptime.saturating_sub(*at) < STILL_POSE_EVERY;
        if self.sent.as_ref().is_some_and(is_known) {
            return false;
        }
        self.sent = Some((pose, uptime));
        true
    }

    fn take_tiles(&mut self, uptime: Uptime) -> bool {
        let due = !self.leases.is_empty() && uptime >= self.tiles_at;
        if due {
            self.tiles_at = uptime + TILES_EVERY;
        }
        due
    }
}

impl Agent {
    pub(super) fn tick_live(&mut self) {
        self.live.expire(self.uptime);
        let run = self.run.as_ref().map(|run| run.id);
        let pose = LivePose::new(run, &self.pose, self.robot_state());
        if self.connected && self.live.take_pose(self.uptime, pose) {
            self.show(Downlink::LivePose(self.endpoint.robot), pose.encode());
        }
        if self.connected && self.live.take_tiles(self.uptime) {
            self.show_tiles();
        }
    }

    fn show_tiles(&mut self) {
        let Some(run) = self.run.as_mut().filter(|run| run.may_upload) else {
            return;
        };
        let all = self.live.shown_run.replace(run.id) != Some(run.id);
        let tiles = run.show(all);
        for pack in packing::packs(run.head.pairing, run.id, tiles) {
            self.show(Downlink::LiveTiles(self.endpoint.robot), pack);
        }
    }

    fn show(&mut self, topic: Downlink, payload: Vec<u8>) {
        self.publish_to(topic.to_string(), payload, Delivery::AtMostOnce);
    }
}

#[cfg(test)]
mod tests {
    use domain::id::PairingId;
    use domain::status::RobotState;
    use mapping::pose::Pose;

    use super::*;

    fn at(millis: u64) -> Uptime {
        Duration::from_millis(millis)
    }

    fn pose(x: f64) -> LivePose {
        LivePose::new(None, &Pose::new(x, 0.0, 0.0), RobotState::Running)
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
        assert!(!live.take_pose(at(0), pose(0.0)));
        live.request(at(0), &watch(2_000));
        assert!(live.take_pose(at(0), pose(0.0)));
        live.expire(at(2_000));
        assert!(!live.take_pose(at(2_000), pose(1.0)));
        assert_eq!(live.next(), None);
    }

    #[test]
    fn a_moving_robot_is_sent_every_two_seconds_and_a_still_one_seldom() {
        let mut live = Live::default();
        live.request(at(0), &watch(60_000));
        let moving = (0..100)
            .filter(|i| live.take_pose(at(i * 100), pose(*i as f64)))
            .count();
        assert_eq!(moving, 5);
        let still = (100..200)
            .filter(|i| live.take_pose(at(i * 100), pose(99.0)))
            .count();
        assert!(still <= 3, "{still}");
    }
}
