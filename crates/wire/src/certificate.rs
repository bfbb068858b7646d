//! What a robot's certificate says of itself.

use domain::Timestamp;
use x509_parser::pem::parse_x509_pem;

use crate::WireError;

/// The times between which a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// From when on.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
}

impl Validity {
    /// The validity of the first certificate of a PEM text.
    pub fn of(pem: &str) -> Result<Self, WireError> {
        let unreadable = || WireError::Malformed {
            field: "certificate".into(),
            reason: "must be an X.509 certificate in PEM form".into(),
        };
        let (_, pem) = parse_x509_pem(pem.as_bytes()).map_err(|_| unreadable())?;
        let certificate = pem.parse_x509().map_err(|_| unreadable())?;
        let validity = certificate.validity();
        let at = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1000));
        Ok(Self {
            not_before: at(validity.not_before.timestamp()),
            not_after: at(validity.not_after.timestamp()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused_by_name() {
        for text in [
            "",
            "no certificate",
            "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(Validity::of(text).unwrap_err().field(), "certificate");
        }
    }
}
