//! The local certificate authority: it issues robot certificates from signing requests, and the broker's own. In
//! the cloud AWS IoT does this.

use std::fs::{DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SerialNumber,
};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// How long the authority's own certificate is valid.
pub const AUTHORITY_VALIDITY: Duration = days(20 * 365);
/// How long a robot's certificate is valid.
pub const DEVICE_VALIDITY: Duration = days(5 * 365);
/// How long a server certificate is valid; it is made anew at every start.
pub const SERVER_VALIDITY: Duration = days(397);
/// Certificates are valid from this long before they are issued, for clocks that are slow.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(60 * 60);
/// Largest signing request, bytes.
pub const MAX_REQUEST_BYTES: usize = 16 * 1024;
/// Longest thing name, bytes.
pub const MAX_THING_NAME_BYTES: usize = 128;

/// The common name of claim certificates; no thing can have it.
pub const CLAIM_NAME: &str = "Sweepline claim";
/// How long a claim certificate for one robot is valid.
pub const CLAIM_VALIDITY: Duration = Duration::from_secs(5 * 60);

const KEY_FILE: &str = "ca-key.pem";
const CERTIFICATE_FILE: &str = "ca.pem";

const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 60 * 60)
}

/// Why a certificate could not be issued or the authority not opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// A file of the authority could not be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file of the authority does not hold what it should.
    #[error("{path} does not hold a key or certificate")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: rcgen::Error,
    },
    /// The certificate is there and its key is not: nothing issued before could be renewed with a new one.
    #[error("{0} is missing, but the certificate that belongs to it is there")]
    KeyMissing(PathBuf),
    /// The signing request is too large.
    #[error("signing request has {0} bytes, the limit is {MAX_REQUEST_BYTES}")]
    RequestSize(usize),
    /// The signing request is not one, or its signature is not by its key.
    #[error("signing request is not valid")]
    Request(#[source] rcgen::Error),
    /// The thing name is empty, too long, or contains other characters than letters, digits, `:`, `_` and `-`.
    #[error("thing name {0:?} is not 1 to {MAX_THING_NAME_BYTES} letters, digits, ':', '_' or '-'")]
    ThingName(String),
    /// The certificate could not be made.
    #[error("certificate could not be made")]
    Issue(#[source] rcgen::Error),
}

/// A robot's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// The certificate, PEM.
    pub pem: String,
    /// The serial number, lower-case hexadecimal.
    pub serial: String,
    /// When it expires, milliseconds since the Unix epoch.
    pub not_after_ms: i64,
    /// SHA-256 of the certificate (DER), lower-case hexadecimal.
    pub fingerprint: String,
}

/// A certificate authority in a folder of its own.
pub struct Authority {
    certificate_pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Opens the authority in `dir`, which is made, with a new key, when there is none.
    ///
    /// # Errors
    /// [`AuthorityError`] when the files cannot be read or written, or one of them is missing or damaged.
    pub fn open(dir: &Path, now_ms: i64) -> Result<Self, AuthorityError> {
        create_private_dir(dir).map_err(in_file(dir))?;
        let (key_path, certificate_path) = (dir.join(KEY_FILE), dir.join(CERTIFICATE_FILE));
        let certificate = read_if_present(&certificate_path)?;
        let key = match read_if_present(&key_path)? {
            Some(pem) => KeyPair::from_pem(&pem).map_err(damaged(&key_path))?,
            None if certificate.is_some() => return Err(AuthorityError::KeyMissing(key_path)),
            None => create_key(&key_path)?,
        };
        let certificate_pem = match certificate {
            Some(pem) => pem,
            None => create_certificate(&certificate_path, &key, now_ms)?,
        };
        let issuer = Issuer::from_ca_cert_pem(&certificate_pem, key).map_err(damaged(&certificate_path))?;
        Ok(Self {
            certificate_pem,
            issuer,
        })
    }

    /// The authority's certificate, which robots and the broker trust, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// A new certificate and key, PEM, for a server known by loopback addresses, `localhost` and `names`, each of
    /// them a host name or an IP address.
    ///
    /// # Errors
    /// [`AuthorityError::Issue`] when a name cannot stand in a certificate.
    pub fn server_identity(&self, names: &[&str], now_ms: i64) -> Result<(String, String), AuthorityError> {
        let loopback = ["localhost", "127.0.0.1", "::1"];
        let all: Vec<String> = loopback
            .iter()
            .chain(names)
            .map(|name| (*name).to_owned())
            .collect();
        let names = CertificateParams::new(all)
            .map_err(AuthorityError::Issue)?
            .subject_alt_names;
        let mut params = leaf(
            "sweepline",
            ExtendedKeyUsagePurpose::ServerAuth,
            now_ms,
            SERVER_VALIDITY,
        );
        params.subject_alt_names = names;
        self.identity(&params)
    }

    /// A new claim certificate and its key, PEM, with which a robot asks for a certificate of its own.
    ///
    /// # Errors
    /// [`AuthorityError::Issue`].
    pub fn claim_identity(
        &self,
        now_ms: i64,
        validity: Duration,
    ) -> Result<(String, String), AuthorityError> {
        let purpose = ExtendedKeyUsagePurpose::ClientAuth;
        let mut params = leaf(CLAIM_NAME, purpose, now_ms, validity);
        params.serial_number = Some(SerialNumber::from_slice(&serial()));
        self.identity(&params)
    }

    fn identity(&self, params: &CertificateParams) -> Result<(String, String), AuthorityError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Issue)?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(AuthorityError::Issue)?;
        Ok((certificate.pem(), key.serialize_pem()))
    }

    /// Issues a robot's certificate for the key of a signing request. Of the request only the key counts: the
    /// subject is `thing_name`, whatever the request says.
    ///
    /// # Errors
    /// [`AuthorityError::Request`] or [`AuthorityError::RequestSize`] when the request is not a sound one,
    /// [`AuthorityError::ThingName`] when the name is not.
    pub fn sign_csr(
        &self,
        csr_pem: &str,
        thing_name: &str,
        now_ms: i64,
    ) -> Result<IssuedCertificate, AuthorityError> {
        if csr_pem.len() > MAX_REQUEST_BYTES {
            return Err(AuthorityError::RequestSize(csr_pem.len()));
        }
        if !is_thing_name(thing_name) {
            return Err(AuthorityError::ThingName(thing_name.to_owned()));
        }
        let request = CertificateSigningRequestParams::from_pem(csr_pem).map_err(AuthorityError::Request)?;
        let serial = serial();
        let mut params = leaf(
            thing_name,
            ExtendedKeyUsagePurpose::ClientAuth,
            now_ms,
            DEVICE_VALIDITY,
        );
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        let not_after_ms = params.not_after.unix_timestamp() * 1000;
        let certificate = params
            .signed_by(&request.public_key, &self.issuer)
            .map_err(AuthorityError::Issue)?;
        Ok(IssuedCertificate {
            pem: certificate.pem(),
            serial: hex(&serial),
            not_after_ms,
            fingerprint: hex(&Sha256::digest(certificate.der())),
        })
    }
}

fn is_thing_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-');
    !name.is_empty() && name.len() <= MAX_THING_NAME_BYTES && name.bytes().all(allowed)
}

fn create_key(path: &Path) -> Result<KeyPair, AuthorityError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Issue)?;
    write_private(path, &key.serialize_pem()).map_err(in_file(path))?;
    Ok(key)
}

fn create_certificate(path: &Path, key: &KeyPair, now_ms: i64) -> Result<String, AuthorityError> {
    let mut params = params("Sweepline local authority", now_ms, AUTHORITY_VALIDITY);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let pem = params.self_signed(key).map_err(AuthorityError::Issue)?.pem();
    write_private(path, &pem).map_err(in_file(path))?;
    Ok(pem)
}

fn leaf(
    common_name: &str,
    purpose: ExtendedKeyUsagePurpose,
    now_ms: i64,
    validity: Duration,
) -> CertificateParams {
    let mut params = params(common_name, now_ms, validity);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    params.use_authority_key_identifier_extension = true;
    params
}

fn params(common_name: &str, now_ms: i64, validity: Duration) -> CertificateParams {
    let now = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(now_ms.max(0).unsigned_abs() / 1000);
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = now - CLOCK_TOLERANCE;
    params.not_after = now + validity;
    params
}

/// A random serial number of 16 bytes whose first digit is from 1 to 7, so that it is positive in DER and reads the
/// same with and without leading zeros.
fn serial() -> [u8; 16] {
    let mut bytes: [u8; 16] = rand::random();
    if let Some(first) = bytes.first_mut() {
        *first = 0x10 + *first % 0x70;
    }
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn in_file(path: &Path) -> impl Fn(io::Error) -> AuthorityError + '_ {
    |source| AuthorityError::File {
        path: path.to_owned(),
        source,
    }
}

fn damaged(path: &Path) -> impl Fn(rcgen::Error) -> AuthorityError + '_ {
    |source| AuthorityError::Content {
        path: path.to_owned(),
        source,
    }
}

fn read_if_present(path: &Path) -> Result<Option<String>, AuthorityError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(in_file(path)(error)),
    }
}

fn create_private_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    std::fs::set_permissions(dir, Permissions::from_mode(0o700))
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use rustls_pki_types::pem::PemObject;
    use rustls_pki_types::{CertificateDer, CertificateSigningRequestDer};

    use super::*;

    const NOW_MS: i64 = 1_800_000_000_000;

    fn request(common_name: &str) -> String {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, common_name);
        let key = KeyPair::generate().unwrap();
        params.serialize_request(&key).unwrap().pem().unwrap()
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_same_folder_holds_the_same_authority() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("new").join("ca");
        let first = Authority::open(&folder, NOW_MS).unwrap();
        let again = Authority::open(&folder, NOW_MS + 1_000_000).unwrap();
        assert_eq!(first.ca_pem(), again.ca_pem());
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join(KEY_FILE)), 0o600);
        let names: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names.len(), 2, "nothing is left over: {names:?}");
    }

    #[test]
    fn a_lost_key_or_a_damaged_file_is_an_error_and_not_a_new_authority() {
        let dir = tempfile::tempdir().unwrap();
        Authority::open(dir.path(), NOW_MS).unwrap();
        let (key, certificate) = (dir.path().join(KEY_FILE), dir.path().join(CERTIFICATE_FILE));
        let sound = std::fs::read_to_string(&certificate).unwrap();
        std::fs::write(&certificate, "no certificate").unwrap();
        assert!(matches!(
            Authority::open(dir.path(), NOW_MS),
            Err(AuthorityError::Content { .. })
        ));
        std::fs::write(&certificate, sound).unwrap();
        std::fs::remove_file(&key).unwrap();
        assert!(
            matches!(Authority::open(dir.path(), NOW_MS), Err(AuthorityError::KeyMissing(path)) if path == key)
        );
    }

    #[test]
    fn the_thing_name_and_not_the_request_decides_the_subject() {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::open(dir.path(), NOW_MS).unwrap();
        let issued = authority
            .sign_csr(&request("robot_other"), "robot_mine", NOW_MS)
            .unwrap();
        let der = CertificateDer::from_pem_slice(issued.pem.as_bytes()).unwrap();
        let contains = |text: &str| der.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(contains("robot_mine") && !contains("robot_other"));
        assert_eq!(issued.fingerprint, hex(&Sha256::digest(&der)));
        assert_eq!(issued.serial.len(), 32);
        assert!(issued.serial.starts_with(['1', '2', '3', '4', '5', '6', '7']));
        let validity_ms = i64::try_from(DEVICE_VALIDITY.as_millis()).unwrap();
        assert_eq!(issued.not_after_ms, NOW_MS + validity_ms);
    }

    #[test]
    fn unsound_requests_and_names_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::open(dir.path(), NOW_MS).unwrap();
        let sign = |csr: &str, name: &str| authority.sign_csr(csr, name, NOW_MS).unwrap_err();
        assert!(matches!(sign("garbage", "robot_a"), AuthorityError::Request(_)));
        assert!(matches!(
            sign(authority.ca_pem(), "robot_a"),
            AuthorityError::Request(_)
        ));
        assert!(matches!(
            sign(&"x".repeat(MAX_REQUEST_BYTES + 1), "robot_a"),
            AuthorityError::RequestSize(_)
        ));
        for name in ["", "robot/a", "robot *", &"x".repeat(MAX_THING_NAME_BYTES + 1)] {
            assert!(
                matches!(sign(&request("robot_a"), name), AuthorityError::ThingName(_)),
                "{name}"
            );
        }
    }

    #[test]
    fn a_request_signed_by_another_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::open(dir.path(), NOW_MS).unwrap();
        let sound = request("robot_a");
        let mut der = CertificateSigningRequestDer::from_pem_slice(sound.as_bytes())
            .unwrap()
            .to_vec();
        let name = der.windows(7).position(|window| window == b"robot_a").unwrap();
        der[name + 6] = b'b';
        let forged = format!(
            "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n",
            STANDARD.encode(der)
        );
        let refused = authority.sign_csr(&forged, "robot_a", NOW_MS);
        assert!(matches!(
            refused,
            Err(AuthorityError::Request(
                rcgen::Error::InvalidCertificationRequestSignature
            ))
        ));
    }

    #[test]
    fn a_server_is_known_by_its_names_and_by_loopback() {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::open(dir.path(), NOW_MS).unwrap();
        let (certificate, key) = authority
            .server_identity(&["sweepline.local", "192.0.2.7"], NOW_MS)
            .unwrap();
        assert!(certificate.contains("BEGIN CERTIFICATE") && key.contains("PRIVATE KEY"));
        assert!(authority.server_identity(&["naïve host"], NOW_MS).is_err());
    }
}
