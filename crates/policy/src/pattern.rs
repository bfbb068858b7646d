//! Resource patterns: `*` stands for any run of characters, `?` for exactly one. The wildcards of MQTT, `+` and
//! `#`, are ordinary characters here, and so is whatever a variable's value contains.

use crate::error::PolicyError;
use crate::evaluate::Identity;
use crate::template::{Span, Template};

/// A resource pattern with its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Template);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Exactly(char),
    AnyOne,
    AnyRun,
}

impl Pattern {
    pub(crate) fn parse(text: &str) -> Result<Self, PolicyError> {
        if text != "*" && !text.starts_with("arn:") {
            return Err(PolicyError::Resource(text.to_owned()));
        }
        Template::parse(text).map(Self)
    }

    pub(crate) fn matches(&self, arn: &str, identity: &Identity) -> bool {
        self.0.resolve(identity).is_some_and(|spans| {
            let units: Vec<Unit> = spans.into_iter().flat_map(units).collect();
            let text: Vec<char> = arn.chars().collect();
            glob(&units, &text)
        })
    }
}

fn units(span: Span<'_>) -> impl Iterator<Item = Unit> {
    span.text().chars().map(move |c| match (span, c) {
        (Span::Written(_), '*') => Unit::AnyRun,
        (Span::Written(_), '?') => Unit::AnyOne,
        (Span::Written(_) | Span::Value(_), c) => Unit::Exactly(c),
    })
}

/// Matches greedily and, on a mismatch, lets the last `*` take one character more.
fn glob(units: &[Unit], text: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(read) {
        match units.get(at) {
            Some(Unit::AnyRun) => {
                retry = Some((at, read));
                at += 1;
            }
            Some(unit) if *unit == Unit::AnyOne || *unit == Unit::Exactly(c) => {
                at += 1;
                read += 1;
            }
            Some(_) | None => {
                let Some((star, taken)) = retry else { return false };
                retry = Some((star, taken + 1));
                (at, read) = (star + 1, taken + 1);
            }
        }
    }
    units.iter().skip(at).all(|unit| *unit == Unit::AnyRun)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(pattern: &str) -> Vec<Unit> {
        units(Span::Written(pattern)).collect()
    }

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    /// The definition, without any cleverness.
    fn reference(units: &[Unit], text: &[char]) -> bool {
        match (units.split_first(), text.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some((Unit::AnyRun, rest)), _) => (0..=text.len()).any(|taken| reference(rest, &text[taken..])),
            (Some((Unit::AnyOne, rest)), Some((_, tail))) => reference(rest, tail),
            (Some((Unit::Exactly(wanted), rest)), Some((c, tail))) => wanted == c && reference(rest, tail),
            (Some(_), None) => false,
        }
    }

    #[test]
    fn stars_and_question_marks_are_the_only_wildcards() {
        let cases = [
            ("a/*/c", "a/b/c", true),
            ("a/*/c", "a/b/b/c", true),
            ("a/*", "a/", true),
            ("a/?", "a/", false),
            ("a/?", "a/é", true),
            ("a/+", "a/b", false),
            ("a/+", "a/+", true),
            ("a/#", "a/b", false),
            ("*", "", true),
            ("", "a", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(
                glob(&written(pattern), &chars(text)),
                expected,
                "{pattern} on {text}"
            );
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?/]{0,8}", text in "[ab/]{0,10}") {
            let (units, text) = (written(&pattern), chars(&text));
            prop_assert_eq!(glob(&units, &text), reference(&units, &text));
        }

        #[test]
        fn a_value_matches_only_itself(value in "[ab*?+#/]{0,8}", text in "[ab*?+#/]{0,8}") {
            let units: Vec<Unit> = units(Span::Value(&value)).collect();
            prop_assert_eq!(glob(&units, &chars(&text)), value == text);
        }
    }
}
