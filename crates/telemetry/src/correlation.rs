//! The id that one request keeps through all functions.

/// What a caller or the gateway calls a request, harmless in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrelationId(String);

impl CorrelationId {
    /// Longest id, bytes.
    pub const MAX_BYTES: usize = 64;

    /// `text` if it has 1 to [`Self::MAX_BYTES`] ASCII letters, digits, `.`, `_`, `=` or `-`.
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._=-".contains(&byte);
        let fits = (1..=Self::MAX_BYTES).contains(&text.len()) && text.bytes().all(allowed);
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_cannot_carry_anything_else() {
        for good in ["a", "c-1_2.3", "JKJaXmPLvHcESHA=", &"x".repeat(64)] {
            assert_eq!(CorrelationId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a\n", "a\"", "é", &"x".repeat(65)] {
            assert_eq!(CorrelationId::new(bad), None, "{bad:?}");
        }
    }
}
