//! A JSON object read strictly: a name that stands twice is refused, and so is a value of another type.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::TokenError;

/// A JSON object in which every name stands once (RFC 7515 section 4, RFC 7519 section 4).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    /// The object in `bytes`, which are all of it; UTF-8 without a byte order mark.
    pub(crate) fn parse(bytes: &[u8], part: &'static str) -> Result<Self, TokenError> {
        serde_json::from_slice(bytes).map_err(|_| TokenError::Malformed { part })
    }

    /// All names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The value, if there is one.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text that may be absent; `null` is not absence.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&str>, TokenError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(TokenError::Claim { name }),
        }
    }

    /// A whole number that may be absent; neither a text nor a fraction is one.
    pub(crate) fn integer(&self, name: &'static str) -> Result<Option<i64>, TokenError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or(TokenError::Claim { name }),
        }
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueNames)
    }
}

struct UniqueNames;

impl<'de> Visitor<'de> for UniqueNames {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with every name once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Object, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = entries.next_entry::<String, Value>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        let error = Object::parse(br#"{"sub":"a","sub":"b"}"#, "claims").unwrap_err();
        assert_eq!(error, TokenError::Malformed { part: "claims" });
    }

    #[test]
    fn other_types_and_encodings_are_refused() {
        for bytes in [
            &b"[]"[..],
            b"7",
            b"",
            b"{}x",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":1e400}",
        ] {
            assert!(Object::parse(bytes, "claims").is_err(), "{bytes:?}");
        }
        let object = Object::parse(br#"{"a":null,"b":1.5,"c":"7"}"#, "claims").unwrap();
        assert!(object.text("a").is_err());
        assert!(object.integer("b").is_err());
        assert!(object.integer("c").is_err());
        assert_eq!(object.text("d"), Ok(None));
    }
}
