//! Where an installation wants to be told of vulnerabilities.

use std::fmt;
use std::str::FromStr;

use domain::FieldError;

/// The longest contact, characters.
pub const MAX_CONTACT: usize = 200;
/// How a contact may begin: what RFC 9116 shows, without telephones.
const KINDS: [&str; 2] = ["mailto:", "https://"];

/// A URI to write to, such as `mailto:security@example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityContact(String);

impl FromStr for SecurityContact {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let is_kind = KINDS
            .iter()
            .any(|kind| text.strip_prefix(kind).is_some_and(|rest| !rest.is_empty()));
        if is_kind && text.len() <= MAX_CONTACT && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            let expected =
                format!("must be a mailto: or https:// address of at most {MAX_CONTACT} characters");
            Err(FieldError::new("security_contact", expected))
        }
    }
}

impl fmt::Display for SecurityContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_another_line_is_no_contact() {
        let contact: SecurityContact = "mailto:security@example.org".parse().unwrap();
        assert_eq!(contact.to_string(), "mailto:security@example.org");
        let long = format!("https://{}", "a".repeat(MAX_CONTACT));
        for wrong in [
            "",
            "mailto:",
            "security@example.org",
            "https://a\nContact: https://b",
            &long,
        ] {
            let error = wrong.parse::<SecurityContact>().unwrap_err();
            assert_eq!(error.field, "security_contact", "{wrong}");
        }
    }
}
