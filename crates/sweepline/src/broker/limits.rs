//! The limits of AWS IoT Core that the local broker holds clients to, so that nothing works here that would not
//! work there.

use std::time::Duration;

use thiserror::Error;
use wire::provisioning::ProvisioningTopic;

pub use wire::quota::{
    MAX_CLIENT_ID_BYTES, MAX_FILTERS_PER_SUBSCRIBE, MAX_PAYLOAD_BYTES, MAX_SESSION_EXPIRY, MAX_SUBSCRIPTIONS,
    MAX_TOPIC_BYTES, MAX_TOPIC_SLASHES,
};

/// Most unacknowledged QoS 1 messages in each direction.
pub const MAX_IN_FLIGHT: u16 = 100;
/// How long a session outlives its connection where the client does not say.
pub const SESSION_EXPIRY: Duration = Duration::from_secs(60 * 60);

/// Larger packets are not even read, bytes: room for the payload, so that an oversized one can be named, and for
/// topic and properties.
pub(crate) const MAX_PACKET_BYTES: u32 = 512 * 1024;

/// The limit that a message or subscription exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LimitError {
    /// The payload is too large.
    #[error("payload has {0} bytes, the limit is {MAX_PAYLOAD_BYTES}")]
    Payload(usize),
    /// The topic or filter is too long.
    #[error("topic has {0} bytes, the limit is {MAX_TOPIC_BYTES}")]
    TopicLength(usize),
    /// The topic or filter has too many levels.
    #[error("topic has {0} slashes, the limit is {MAX_TOPIC_SLASHES}")]
    TopicDepth(usize),
    /// The topic is empty or contains a wildcard or a null character.
    #[error("topic name is empty or contains +, # or a null character")]
    TopicName,
    /// The filter is empty, or a wildcard is not a level of its own, or `#` is not the last one.
    #[error("topic filter is malformed")]
    TopicFilter,
    /// The topic begins with `$` and is neither Basic Ingest nor fleet provisioning, or is to be read.
    #[error("topic is reserved")]
    Reserved,
    /// Messages on reserved topics cannot be retained.
    #[error("a message on a reserved topic cannot be retained")]
    ReservedRetain,
    /// QoS 2 is not supported.
    #[error("QoS is {0}, the limit is 1")]
    Qos(u8),
}

/// Splits a Basic Ingest topic, `$aws/rules/{rule}/{topic}`, into rule and topic.
#[must_use]
pub fn basic_ingest(topic: &str) -> Option<(&str, &str)> {
    let (rule, rest) = topic.strip_prefix("$aws/rules/")?.split_once('/')?;
    (!rule.is_empty() && !rest.is_empty()).then_some((rule, rest))
}

/// Checks a message that a client wants to publish.
pub(crate) fn check_publish(topic: &str, payload: usize, qos: u8, retain: bool) -> Result<(), LimitError> {
    let (counted, reserved) = match basic_ingest(topic) {
        Some((_, rest)) => (rest, true),
        None if ProvisioningTopic::of(topic).is_some() => (topic, true),
        None if topic.starts_with('$') => return Err(LimitError::Reserved),
        None => (topic, false),
    };
    if reserved && retain {
        return Err(LimitError::ReservedRetain);
    }
    if counted.is_empty() || topic.contains(['+', '#', '\0']) {
        return Err(LimitError::TopicName);
    }
    check_size(counted)?;
    check_message(payload, qos)
}

/// Checks a message that the cloud wants to send; a provisioning answer comes on a topic that is reserved to it.
pub(crate) fn check_sent(topic: &str, payload: usize, qos: u8, retain: bool) -> Result<(), LimitError> {
    if ProvisioningTopic::is_answer(topic) {
        return check_message(payload, qos);
    }
    check_publish(topic, payload, qos, retain)
}

fn check_message(payload: usize, qos: u8) -> Result<(), LimitError> {
    if qos > 1 {
        return Err(LimitError::Qos(qos));
    }
    if payload > MAX_PAYLOAD_BYTES {
        return Err(LimitError::Payload(payload));
    }
    Ok(())
}

/// Checks a topic filter that somebody wants to read.
pub(crate) fn check_filter(filter: &str) -> Result<(), LimitError> {
    if filter.starts_with('$') {
        let is_answer = ProvisioningTopic::is_answer(filter);
        return if is_answer {
            Ok(())
        } else {
            Err(LimitError::Reserved)
        };
    }
    let mut levels = filter.split('/').rev();
    let last = levels.next().unwrap_or_default();
    let sound = |level: &str| level == "+" || !level.contains(['+', '#', '\0']);
    if filter.is_empty() || !(last == "#" || sound(last)) || !levels.all(sound) {
        return Err(LimitError::TopicFilter);
    }
    check_size(filter)
}

fn check_size(topic: &str) -> Result<(), LimitError> {
    let slashes = topic.bytes().filter(|byte| *byte == b'/').count();
    if slashes > MAX_TOPIC_SLASHES {
        Err(LimitError::TopicDepth(slashes))
    } else if topic.len() > MAX_TOPIC_BYTES {
        Err(LimitError::TopicLength(topic.len()))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_held_to_the_limits() {
        let deep = "a/b/c/d/e/f/g/h";
        let long = "x".repeat(MAX_TOPIC_BYTES + 1);
        let cases = [
            (deep.to_owned(), Ok(())),
            (format!("{deep}/i"), Err(LimitError::TopicDepth(8))),
            (format!("$aws/rules/dev_map/{deep}"), Ok(())),
            (
                format!("$aws/rules/dev_map/{deep}/i"),
                Err(LimitError::TopicDepth(8)),
            ),
            ("$aws/rules/dev_map".to_owned(), Err(LimitError::Reserved)),
            (
                "$aws/things/robot_a/shadow/update".to_owned(),
                Err(LimitError::Reserved),
            ),
            ("$SYS/broker".to_owned(), Err(LimitError::Reserved)),
            ("$aws/certificates/create-from-csr/json".to_owned(), Ok(())),
            (
                "$aws/certificates/create-from-csr/json/accepted".to_owned(),
                Err(LimitError::Reserved),
            ),
            (long.clone(), Err(LimitError::TopicLength(long.len()))),
            (String::new(), Err(LimitError::TopicName)),
            ("cmd/+".to_owned(), Err(LimitError::TopicName)),
        ];
        for (topic, expected) in cases {
            assert_eq!(check_publish(&topic, 0, 1, false), expected, "{topic}");
        }
        assert_eq!(check_publish("a", MAX_PAYLOAD_BYTES, 0, true), Ok(()));
        assert_eq!(
            check_publish("a", MAX_PAYLOAD_BYTES + 1, 0, false),
            Err(LimitError::Payload(MAX_PAYLOAD_BYTES + 1))
        );
        assert_eq!(check_publish("a", 0, 2, false), Err(LimitError::Qos(2)));
        assert_eq!(
            check_publish("$aws/rules/dev_map/a", 0, 1, true),
            Err(LimitError::ReservedRetain)
        );
    }

    #[test]
    fn filters_are_held_to_the_limits() {
        for sound in ["#", "+", "a/#", "a/+/c", "a//b", "/"] {
            assert_eq!(check_filter(sound), Ok(()), "{sound}");
        }
        let answer = "$aws/provisioning-templates/dev_robots/provision/json/accepted";
        assert_eq!(check_filter(answer), Ok(()));
        for malformed in ["", "a/#/c", "a#", "a/b+", "#/a"] {
            assert_eq!(
                check_filter(malformed),
                Err(LimitError::TopicFilter),
                "{malformed}"
            );
        }
        for reserved in [
            "$SYS/#",
            "$share/g/a",
            "$aws/rules/dev_map/#",
            "$aws/certificates/create-from-csr/json/+",
        ] {
            assert_eq!(check_filter(reserved), Err(LimitError::Reserved), "{reserved}");
        }
        assert_eq!(check_filter("+/+/+/+/+/+/+/+/#"), Err(LimitError::TopicDepth(8)));
    }
}
