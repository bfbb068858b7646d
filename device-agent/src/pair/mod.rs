//! Pairing: a key made on the robot, a code for the owner, a certificate for the robot; and forgetting all of it.

mod http;

use std::path::{Path, PathBuf};
use std::time::Duration;

use ::http::{HeaderValue, Method, StatusCode};
use domain::id::{ClaimId, PairingId, RobotId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::time::sleep;

use crate::credentials::{Credentials, new_key_with_request};
use crate::identity::{Endpoint, IdentityError, RobotIdentity};
use crate::storage::DiskStorage;
use crate::{private_file, provision};

pub use http::{Api, HttpError, MAX_ANSWER_BYTES, REQUEST_TIMEOUT};

/// How soon it is asked again whether the owner has used the code; the wait doubles up to [`MAX_POLL`].
pub const FIRST_POLL: Duration = Duration::from_millis(200);
/// The longest wait between two questions.
pub const MAX_POLL: Duration = Duration::from_secs(2);

const CLAIM_FILE: &str = "claim.json";

/// Why a robot is not paired.
#[derive(Debug, Error)]
pub enum PairError {
    /// It is paired already.
    #[error("{dir}: this robot is paired already; run `sweepline-agent reset` first")]
    AlreadyPaired {
        /// The agent's directory.
        dir: PathBuf,
    },
    /// The API could not be asked.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The API refused.
    #[error("api: answered {status} to {request}")]
    Refused {
        /// What was asked.
        request: &'static str,
        /// Its answer.
        status: StatusCode,
    },
    /// The API's answer is not what it should be.
    #[error("api: its answer to {request} is not understood")]
    Answer {
        /// What was asked.
        request: &'static str,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The code was not used in time.
    #[error("the code was not used in time; run `sweepline-agent pair` again for a new one")]
    Expired,
    /// No key or signing request could be made.
    #[error("key: cannot be made")]
    Key(#[from] rcgen::Error),
    /// A file of the agent's directory.
    #[error("{path}: cannot be read or written")]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// The identity could not be written.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// A claim that waits for its owner; kept, so that pairing goes on after a power cut.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    id: ClaimId,
    secret: String,
    key_pem: String,
    /// What the owner types in.
    pub code: String,
}

#[derive(Serialize)]
struct ClaimRequest {
    csr: String,
}

/// Times of the answer are not needed: the server says when a claim has expired.
#[derive(Deserialize)]
struct ClaimOpened {
    id: ClaimId,
    code: String,
    secret: String,
}

#[derive(Deserialize)]
struct ClaimAnswered {
    robot: RobotId,
    pairing: PairingId,
    certificate: String,
    ca: String,
    mqtt: Broker,
    stage: String,
}

#[derive(Deserialize)]
struct Broker {
    host: String,
    port: u16,
}

/// Pairs the robot: shows the claim's code through `show`, waits for the owner, and stores the identity in `dir`.
///
/// # Errors
/// [`PairError`]; nothing of an identity is left then.
pub async fn pair(api: &Api, dir: &Path, show: impl FnOnce(&Claim)) -> Result<Endpoint, PairError> {
    if RobotIdentity::exists(dir) {
        return Err(PairError::AlreadyPaired { dir: dir.to_owned() });
    }
    let claim = match kept_claim(dir)? {
        Some(claim) if ask(api, &claim).await.is_ok() => claim,
        Some(_) | None => open_claim(api, dir).await?,
    };
    show(&claim);
    let identity = wait_for_owner(api, &claim).await;
    if matches!(identity, Err(PairError::Expired)) {
        forget_claim(dir)?;
    }
    let identity = identity?;
    identity.begin(dir)?;
    forget_claim(dir)?;
    Ok(identity.endpoint)
}

/// Forgets owner, runs and settings: removes every file that pairing and the agent wrote into `dir`.
///
/// # Errors
/// [`PairError::File`].
pub fn reset(dir: &Path) -> Result<(), PairError> {
    let failed = |source| PairError::File {
        path: dir.to_owned(),
        source,
    };
    RobotIdentity::wipe(dir).map_err(failed)?;
    DiskStorage::wipe(dir).map_err(failed)?;
    provision::forget(dir).map_err(failed)?;
    forget_claim(dir)
}

async fn open_claim(api: &Api, dir: &Path) -> Result<Claim, PairError> {
    let request = "the claim";
    let (key_pem, csr) = new_key_with_request()?;
    let body =
        serde_json::to_vec(&ClaimRequest { csr }).map_err(|source| PairError::Answer { request, source })?;
    let answer = api
        .send(Method::POST, "/v1/provisioning/claims", None, body)
        .await?;
    if answer.status != StatusCode::CREATED {
        return Err(PairError::Refused {
            request,
            status: answer.status,
        });
    }
    let ClaimOpened { id, code, secret } =
        serde_json::from_slice(&answer.body).map_err(|source| PairError::Answer { request, source })?;
    let claim = Claim {
        id,
        secret,
        key_pem,
        code,
    };
    keep_claim(dir, &claim)?;
    Ok(claim)
}

async fn wait_for_owner(api: &Api, claim: &Claim) -> Result<RobotIdentity, PairError> {
    let mut wait = FIRST_POLL;
    loop {
        match ask(api, claim).await {
            Ok(Some(identity)) => return Ok(identity),
            Err(error @ (PairError::Expired | PairError::Refused { .. } | PairError::Answer { .. })) => {
                return Err(error);
            }
            Err(error) => tracing::warn!(%error, "the API does not answer; asking again"),
            Ok(None) => {}
        }
        sleep(wait).await;
        wait = (wait * 2).min(MAX_POLL);
    }
}

/// The identity, or `None` while the owner has not used the code.
async fn ask(api: &Api, claim: &Claim) -> Result<Option<RobotIdentity>, PairError> {
    let request = "the state of the claim";
    let secret = HeaderValue::try_from(format!("Claim {}", claim.secret)).map_err(|_| PairError::Expired)?;
    let path = format!("/v1/provisioning/claims/{}", claim.id);
    let answer = api.send(Method::GET, &path, Some(secret), Vec::new()).await?;
    match answer.status {
        StatusCode::OK => {}
        StatusCode::ACCEPTED => return Ok(None),
        StatusCode::GONE | StatusCode::NOT_FOUND => return Err(PairError::Expired),
        status => return Err(PairError::Refused { request, status }),
    }
    let ClaimAnswered {
        robot,
        pairing,
        certificate,
        ca,
        mqtt,
        stage,
    } = serde_json::from_slice(&answer.body).map_err(|source| PairError::Answer { request, source })?;
    Ok(Some(RobotIdentity {
        endpoint: Endpoint {
            robot,
            pairing,
            stage,
            host: mqtt.host,
            port: mqtt.port,
        },
        credentials: Credentials {
            certificate_pem: certificate,
            key_pem: claim.key_pem.clone(),
        },
        ca_pem: ca,
    }))
}

fn kept_claim(dir: &Path) -> Result<Option<Claim>, PairError> {
    let path = dir.join(CLAIM_FILE);
    private_file::read_json(&path).map_err(|source| PairError::File { path, source })
}

fn keep_claim(dir: &Path, claim: &Claim) -> Result<(), PairError> {
    let path = dir.join(CLAIM_FILE);
    let written = private_file::create_dir(dir).and_then(|()| private_file::write_json(&path, claim));
    written.map_err(|source| PairError::File { path, source })
}

fn forget_claim(dir: &Path) -> Result<(), PairError> {
    private_file::remove(dir, &[CLAIM_FILE]).map_err(|source| PairError::File {
        path: dir.to_owned(),
        source,
    })
}
