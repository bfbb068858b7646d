//! Issues access tokens for an installation without another identity provider.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::rand;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use domain::id::PersonId;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde::Serialize;
use thiserror::Error;

use crate::secret::sha256;
use crate::{Issuer, KeySet, OperatorClaim, Profile, Subjects};

/// How long an access token is valid: a quarter of an hour; who stays longer refreshes it.
pub const TOKEN_VALID: Duration = Duration::from_secs(15 * 60);

const NAME: &str = "urn:sweepline:local";
const AUDIENCE: &str = "urn:sweepline:api";
const OPERATOR_SCOPE: &str = "fleet";
const KEY_FILE: &str = "issuer.p8";

/// Why the local issuer did not open or issue.
#[derive(Debug, Error)]
pub enum IssuerError {
    /// The key file cannot be read or written.
    #[error("the issuer's key {path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others may read the key file.
    #[error("the issuer's key {path} can be read by others; give it mode 0600")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a P-256 key in PKCS #8 form.
    #[error("the issuer's key {path} is not a P-256 key")]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// A key or a signature could not be made.
    #[error("the issuer cannot sign")]
    Signing,
}

/// A token that was just issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The token.
    pub token: String,
    /// For how long it is valid.
    pub expires_in: Duration,
}

/// Signs access tokens with an ES256 key of its own.
#[derive(Debug, Clone)]
pub struct LocalIssuer {
    kid: String,
    signing_key: EncodingKey,
    point: Vec<u8>,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
    typ: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: String,
    iat: i64,
    exp: i64,
    scope: &'a str,
}

impl LocalIssuer {
    /// Opens the issuer whose key is in `dir`, or makes a new key there that only its owner may read.
    pub fn open(dir: &Path) -> Result<Self, IssuerError> {
        let path = dir.join(KEY_FILE);
        let der = match fs::read(&path) {
            Ok(der) => der,
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(&path)?,
            Err(source) => return Err(IssuerError::File { path, source }),
        };
        if is_exposed(&path).map_err(|source| IssuerError::File {
            path: path.clone(),
            source,
        })? {
            return Err(IssuerError::Exposed { path });
        }
        Self::of_key(&der).ok_or(IssuerError::NotAKey { path })
    }

    /// An access token for a person, valid for [`TOKEN_VALID`] from `now`.
    pub fn issue(
        &self,
        person: PersonId,
        operator: bool,
        now: Timestamp,
    ) -> Result<AccessToken, IssuerError> {
        let header = Header {
            alg: "ES256",
            kid: &self.kid,
            typ: "at+jwt",
        };
        let claims = Claims {
            iss: NAME,
            aud: AUDIENCE,
            sub: person.to_string(),
            iat: now.seconds(),
            exp: now.plus(TOKEN_VALID).seconds(),
            scope: if operator { OPERATOR_SCOPE } else { "" },
        };
        let message = format!("{}.{}", part(&header)?, part(&claims)?);
        let signature = crypto::sign(message.as_bytes(), &self.signing_key, Algorithm::ES256);
        let signature = signature.map_err(|_| IssuerError::Signing)?;
        Ok(AccessToken {
            token: format!("{message}.{signature}"),
            expires_in: TOKEN_VALID,
        })
    }

    /// What a verifier has to know to trust this issuer.
    pub fn trusted(&self) -> Issuer {
        Issuer {
            name: NAME.to_owned(),
            keys: KeySet::of_es256(self.kid.clone(), &self.point),
            profile: Profile::AccessToken {
                audience: AUDIENCE.to_owned(),
            },
            subjects: Subjects::PersonIds,
            operator: Some(OperatorClaim {
                name: "scope".to_owned(),
                entry: OPERATOR_SCOPE.to_owned(),
            }),
        }
    }

    fn of_key(der: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok()?;
        let point = pair.public_key().as_ref().to_vec();
        Some(Self {
            kid: URL_SAFE_NO_PAD.encode(sha256(&point)),
            signing_key: EncodingKey::from_ec_der(der),
            point,
        })
    }
}

fn part<T: Serialize>(value: &T) -> Result<String, IssuerError> {
    let json = serde_json::to_vec(value).map_err(|_| IssuerError::Signing)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn create(path: &Path) -> Result<Vec<u8>, IssuerError> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| IssuerError::Signing)?;
    let der = pair.to_pkcs8v1().map_err(|_| IssuerError::Signing)?;
    write_private(path, der.as_ref()).map_err(|source| IssuerError::File {
        path: path.to_owned(),
        source,
    })?;
    Ok(der.as_ref().to_vec())
}

/// Writes beside the file and renames, so that a crash never leaves half a key.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut number = [0; 8];
    rand::fill(&mut number).map_err(|_| io::Error::other("no randomness"))?;
    let temporary = path.with_extension(format!("{:016x}", u64::from_ne_bytes(number)));
    let mut file = create_private(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TokenVerifier;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_token_is_good_for_its_time_also_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let person = PersonId::from_u128(7);
        let issued = LocalIssuer::open(dir.path())
            .unwrap()
            .issue(person, true, at(1000))
            .unwrap();
        let verifier = TokenVerifier::new(vec![LocalIssuer::open(dir.path()).unwrap().trusted()]);
        let principal = verifier.verify(&issued.token, at(1000)).unwrap();
        assert_eq!((principal.person, principal.operator), (person, true));
        assert!(verifier.verify(&issued.token, at(1000 + 900)).is_ok());
        assert!(verifier.verify(&issued.token, at(1000 + 900 + 60)).is_err());
    }

    #[test]
    fn owners_are_no_operators() {
        let dir = tempfile::tempdir().unwrap();
        let issuer = LocalIssuer::open(dir.path()).unwrap();
        let issued = issuer.issue(PersonId::from_u128(7), false, at(1000)).unwrap();
        let principal = TokenVerifier::new(vec![issuer.trusted()]).verify(&issued.token, at(1000));
        assert!(!principal.unwrap().operator);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_private_and_a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        LocalIssuer::open(dir.path()).unwrap();
        let path = dir.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            LocalIssuer::open(dir.path()),
            Err(IssuerError::Exposed { .. })
        ));
    }

    #[test]
    fn a_broken_key_is_refused_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(KEY_FILE);
        write_private(&path, b"not a key").unwrap();
        assert!(matches!(
            LocalIssuer::open(dir.path()),
            Err(IssuerError::NotAKey { .. })
        ));
        assert_eq!(fs::read(&path).unwrap(), b"not a key");
    }
}
