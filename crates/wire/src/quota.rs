//! The quotas of AWS IoT Core that bind what travels; the local broker holds everybody to them, too.

use std::time::Duration;

pub use crate::MAX_PAYLOAD_BYTES;

/// Longest topic or topic filter, bytes, not counting a Basic Ingest prefix.
pub const MAX_TOPIC_BYTES: usize = 256;
/// Most slashes in a topic or topic filter, not counting a Basic Ingest prefix.
pub const MAX_TOPIC_SLASHES: usize = 7;
/// Most topic filters in one SUBSCRIBE.
pub const MAX_FILTERS_PER_SUBSCRIBE: usize = 8;
/// Most subscriptions of one connection.
pub const MAX_SUBSCRIPTIONS: usize = 50;
/// Longest client id, bytes.
pub const MAX_CLIENT_ID_BYTES: usize = 128;
/// How long a session can outlive its connection at most.
pub const MAX_SESSION_EXPIRY: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use domain::id::RobotId;

    use super::*;
    use crate::topic::{Downlink, Uplink};

    /// The longest name that a rule's stage leaves: 16 characters, as the template has it.
    const STAGE: &str = "abcdefghijklmnop";

    #[test]
    fn every_topic_and_client_id_of_ours_keeps_the_quotas() {
        let robot = RobotId::from_u128(u128::MAX);
        let uplinks = Uplink::ALL.map(|uplink| {
            let topic = uplink.publish_topic(STAGE, robot);
            let rule = format!("$aws/rules/{STAGE}_{}/", uplink.rule());
            topic.strip_prefix(&rule).unwrap().to_owned()
        });
        let downlinks = [
            Downlink::Commands(robot),
            Downlink::Settings(robot),
            Downlink::Receipts(robot),
            Downlink::LivePose(robot),
            Downlink::LiveTiles(robot),
        ];
        let topics = uplinks
            .into_iter()
            .chain(downlinks.map(|topic| topic.to_string()));
        for topic in topics {
            assert!(topic.len() <= MAX_TOPIC_BYTES, "{topic}");
            assert!(topic.matches('/').count() <= MAX_TOPIC_SLASHES, "{topic}");
        }
        assert!(robot.to_string().len() <= MAX_CLIENT_ID_BYTES);
    }
}
