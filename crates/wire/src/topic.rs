//! Topics, formatted and parsed in the same place.

use std::fmt;
use std::str::FromStr;

use domain::id::RobotId;
use thiserror::Error;

/// Where a robot publishes; on the wire behind the Basic Ingest prefix of its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Uplink {
    /// Packs of run tiles, see [`crate::tile_pack`].
    Tiles,
    /// Events of runs, see [`crate::run_event`].
    Run,
    /// Status reports, see [`crate::status`].
    Status,
    /// What became of commands, see [`crate::ack`].
    Ack,
    /// The renewal of its certificate, see [`crate::renewal`].
    Renewal,
}

impl Uplink {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Tiles, Self::Run, Self::Status, Self::Ack, Self::Renewal];

    /// The last level of the topic.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tiles => "tiles",
            Self::Run => "run",
            Self::Status => "status",
            Self::Ack => "ack",
            Self::Renewal => "renewal",
        }
    }

    /// The name of the rule, without the stage, that feeds this topic to its handler.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Tiles => "map_ingest",
            Self::Run => "run_events",
            Self::Status => "status",
            Self::Ack => "command_outcome",
            Self::Renewal => "renewal",
        }
    }

    /// The topic that `robot` publishes to in an installation whose rules start with `stage`.
    ///
    /// ```
    /// # use wire::topic::Uplink;
    /// # let robot = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
    /// let topic = Uplink::Tiles.publish_topic("prod", robot);
    /// assert_eq!(topic, "$aws/rules/prod_map_ingest/r/robot_01ARZ3NDEKTSV4RRFFQ69G5FAV/tiles");
    /// ```
    pub fn publish_topic(self, stage: &str, robot: RobotId) -> String {
        format!("$aws/rules/{stage}_{}/r/{robot}/{}", self.rule(), self.as_str())
    }
}

/// Where the cloud publishes, or the robot while somebody watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Downlink {
    /// Commands, see [`crate::command`].
    Commands(RobotId),
    /// Retained settings, see [`crate::settings`].
    Settings(RobotId),
    /// Receipts for what the robot sent, see [`crate::receipt`].
    Receipts(RobotId),
    /// Batches of live positions, see [`crate::live`].
    LivePose(RobotId),
    /// Live tiles that no batch has room for, in the form of [`crate::tile_pack`].
    LiveTiles(RobotId),
}

impl fmt::Display for Downlink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commands(robot) => write!(f, "cmd/{robot}"),
            Self::Settings(robot) => write!(f, "cfg/{robot}"),
            Self::Receipts(robot) => write!(f, "rcv/{robot}"),
            Self::LivePose(robot) => write!(f, "live/{robot}/pose"),
            Self::LiveTiles(robot) => write!(f, "live/{robot}/tiles"),
        }
    }
}

/// A topic that is none of ours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "topic: is none of cmd/{{robot}}, cfg/{{robot}}, rcv/{{robot}}, live/{{robot}}/pose, live/{{robot}}/tiles"
)]
pub struct UnknownTopic;

impl FromStr for Downlink {
    type Err = UnknownTopic;

    /// ```
    /// # use wire::topic::Downlink;
    /// let topic: Downlink = "cmd/robot_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
    /// assert_eq!(topic.to_string(), "cmd/robot_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    /// assert!("cmd/+".parse::<Downlink>().is_err());
    /// ```
    fn from_str(topic: &str) -> Result<Self, UnknownTopic> {
        let levels: Vec<&str> = topic.splitn(4, '/').collect();
        let robot = levels.get(1).and_then(|id| id.parse().ok()).ok_or(UnknownTopic)?;
        match (levels[0], levels.get(2..).unwrap_or_default()) {
            ("cmd", []) => Ok(Self::Commands(robot)),
            ("cfg", []) => Ok(Self::Settings(robot)),
            ("rcv", []) => Ok(Self::Receipts(robot)),
            ("live", ["pose"]) => Ok(Self::LivePose(robot)),
            ("live", ["tiles"]) => Ok(Self::LiveTiles(robot)),
            _ => Err(UnknownTopic),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_downlink_topic_reads_back() {
        let robot = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        for topic in [
            Downlink::Commands(robot),
            Downlink::Settings(robot),
            Downlink::Receipts(robot),
            Downlink::LivePose(robot),
            Downlink::LiveTiles(robot),
        ] {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
    }

    #[test]
    fn foreign_and_wild_topics_are_refused() {
        for topic in [
            "",
            "cmd",
            "cmd/",
            "cmd/robot_x",
            "cmd/#",
            "live/robot_01ARZ3NDEKTSV4RRFFQ69G5FAV/x/y",
        ] {
            assert!(topic.parse::<Downlink>().is_err(), "{topic}");
        }
    }
}
