//! What goes through the broker, as AWS IoT Core charges for it.
//!
//! An acknowledgement counts as a message, as it does for MQTT 3; robots speak MQTT 5, so this may be too much.

use std::sync::atomic::Ordering;

use billing::{Feature, Unit, steps};

use super::{Meter, during_work};
use crate::broker::{Traffic, basic_ingest};

/// A SUBSCRIBE and an acknowledgement are smaller than one step.
const SMALL: usize = 0;

impl Traffic for Meter {
    fn connected(&self, client_id: &str) {
        self.message(feature_of_client(client_id), SMALL);
    }

    fn subscribed(&self, client_id: &str) {
        self.message(feature_of_client(client_id), SMALL);
    }

    fn published(&self, topic: &str, bytes: usize, retain: bool) {
        if basic_ingest(topic).is_some() {
            return;
        }
        self.message(feature_of_topic(topic), bytes);
        if retain {
            // It is stored, which counts once more.
            self.message(feature_of_topic(topic), bytes);
        }
    }

    fn sent(&self, topic: &str, bytes: usize, retain: bool) {
        during_work(|work| {
            work.requests.fetch_add(1, Ordering::Relaxed);
        });
        self.published(topic, bytes, retain);
    }

    fn delivered(&self, topic: &str, bytes: usize) {
        self.message(feature_of_topic(topic), bytes);
        self.count(feature_of_topic(topic), Unit::EgressGb, steps::gigabytes(bytes));
    }

    fn acknowledged(&self, topic: &str) {
        self.message(feature_of_topic(topic), SMALL);
    }
}

impl Meter {
    fn message(&self, feature: Feature, bytes: usize) {
        self.count(feature, Unit::Message, steps::message(bytes));
    }
}

/// Robots are connected for their own sake; everybody else comes to watch.
fn feature_of_client(client_id: &str) -> Feature {
    if client_id.starts_with("robot_") {
        Feature::Connection
    } else {
        Feature::LiveView
    }
}

fn feature_of_topic(topic: &str) -> Feature {
    match topic.split_once('/').map_or(topic, |(first, _)| first) {
        "cmd" => Feature::Commands,
        "cfg" => Feature::Settings,
        "rcv" => Feature::Runs,
        "live" => Feature::LiveView,
        _ => Feature::Operations,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_ingest_is_free_and_what_is_read_is_not() {
        let meter = Meter::default();
        meter.published("$aws/rules/local_map_ingest/r/robot_1/tiles", 9_000, false);
        assert_eq!(meter.usage().of_unit(Unit::Message), 0.0);
        meter.published("live/robot_1/tiles", 5 * 1024 + 1, false);
        assert_eq!(meter.usage().of(Feature::LiveView, Unit::Message), 2.0);
        meter.sent("cfg/robot_1", 100, true);
        meter.delivered("cfg/robot_1", 100);
        meter.acknowledged("cfg/robot_1");
        assert_eq!(meter.usage().of(Feature::Settings, Unit::Message), 4.0);
        meter.connected("app_1");
        assert_eq!(meter.usage().of(Feature::LiveView, Unit::Message), 3.0);
    }
}
