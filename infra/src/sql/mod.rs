//! The SQL of topic rules, as far as the template uses it.
//!
//! `SELECT <* or function AS name, …> FROM '<topic filter>'` with `encode(*, 'base64')`, `clientid()`, `topic()`,
//! `topic(n)`, `principal()`, `traceid()` and `timestamp()`. Everything else is refused by name when it is read.

mod evaluate;
mod lexer;
mod parser;

use std::str::FromStr;

use thiserror::Error;

pub use evaluate::RuleMessage;

use crate::topic_filter::{FilterError, TopicFilter};

/// The version of AWS IoT SQL whose rules this follows.
pub const VERSION: &str = "2016-03-23";

/// Why a statement is not known, or makes nothing of a message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SqlError {
    /// A character that begins nothing.
    #[error("character {at} ({found:?}) begins nothing that is known")]
    Character {
        /// Which character, from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// A text without its closing quote.
    #[error("the text that begins at character {at} is not closed")]
    Unclosed {
        /// Which character, from 1.
        at: usize,
    },
    /// Something else stands where a part of the statement is expected.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What is expected.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A function that is not carried out, or not with these arguments.
    #[error("the function {name} is not known with these arguments")]
    Function {
        /// Its name.
        name: String,
    },
    /// A clause that is not carried out.
    #[error("the clause {name} is not known")]
    Clause {
        /// Its first word.
        name: String,
    },
    /// The topic filter is none.
    #[error("FROM: {0}")]
    Filter(#[from] FilterError),
    /// `*` of a payload that is not a JSON object.
    #[error("SELECT * needs a payload that is a JSON object")]
    NotAnObject,
}

/// What a field of the result holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    EncodePayload,
    ClientId,
    Topic,
    /// The level with this number, from 1.
    TopicLevel(usize),
    Principal,
    TraceId,
    Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Everything,
    Field { name: String, function: Function },
}

/// A statement: which messages, and what event is made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    items: Vec<Item>,
    from: TopicFilter,
}

impl Select {
    /// The messages that are meant.
    pub fn from(&self) -> &TopicFilter {
        &self.from
    }

    /// Whether a message on `topic`, without the prefix of Basic Ingest, is meant.
    pub fn matches(&self, topic: &str) -> bool {
        self.from.matches(topic)
    }
}

impl FromStr for Select {
    type Err = SqlError;

    fn from_str(text: &str) -> Result<Self, SqlError> {
        parser::parse(text)
    }
}
