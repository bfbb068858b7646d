//! MQTT topic filters, and the prefix of AWS IoT's Basic Ingest.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

const BASIC_INGEST: &str = "$aws/rules/";

/// Why a text is not a topic filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no topic filter: + must be a whole level, and # the whole last one")]
pub struct FilterError(String);

/// A topic filter in which `+` stands for one level and a last `#` for all that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicFilter(String);

impl TopicFilter {
    /// Whether a message on `topic` is meant; a wildcard in the first level does not cover topics with a `$`.
    pub fn matches(&self, topic: &str) -> bool {
        if topic.starts_with('$') && self.0.starts_with(['+', '#']) {
            return false;
        }
        let mut levels = topic.split('/');
        for wanted in self.0.split('/') {
            match (wanted, levels.next()) {
                ("#", _) => return true,
                ("+", Some(_)) => {}
                (exact, Some(level)) if exact == level => {}
                _ => return false,
            }
        }
        levels.next().is_none()
    }
}

impl FromStr for TopicFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let count = text.split('/').count();
        let fits = |(place, level): (usize, &str)| match level {
            "+" => true,
            "#" => place + 1 == count,
            exact => !exact.contains(['+', '#', '\0']),
        };
        let valid = !text.is_empty() && text.split('/').enumerate().all(fits);
        valid
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| FilterError(text.to_owned()))
    }
}

impl fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The rule that a Basic Ingest topic names and the topic that follows: `$aws/rules/<rule>/<topic>`.
///
/// ```
/// # use infra::topic_filter::basic_ingest;
/// assert_eq!(basic_ingest("$aws/rules/dev_status/r/x/status"), Some(("dev_status", "r/x/status")));
/// assert_eq!(basic_ingest("r/x/status"), None);
/// ```
pub fn basic_ingest(topic: &str) -> Option<(&str, &str)> {
    topic.strip_prefix(BASIC_INGEST)?.split_once('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_levels() {
        for (filter, topic, expected) in [
            ("r/+/tiles", "r/robot/tiles", true),
            ("r/+/tiles", "r/a/b/tiles", false),
            ("r/+/tiles", "r/robot", false),
            ("r/+/tiles", "r/robot/tiles/x", false),
            ("r/+", "r/", true),
            ("a/#", "a/b/c", true),
            ("a/#", "a", true),
            ("#", "$aws/x", false),
            ("+/x", "$aws/x", false),
            ("$aws/+", "$aws/x", true),
        ] {
            assert_eq!(
                filter.parse::<TopicFilter>().unwrap().matches(topic),
                expected,
                "{filter} {topic}"
            );
        }
    }

    #[test]
    fn misplaced_wildcards_are_refused() {
        for filter in ["", "a/#/b", "a/b#", "a+/b"] {
            assert!(filter.parse::<TopicFilter>().is_err(), "{filter}");
        }
    }
}
