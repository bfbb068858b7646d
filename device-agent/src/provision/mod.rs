//! Fleet provisioning: a robot that came with a claim certificate gets one of its own, and waits for its owner.
//!
//! The key is made on the robot. Each stage is on the disk before the next one begins, and may be done again; once the
//! robot is registered, the claim is gone.

mod claim;
mod progress;

use std::path::{Path, PathBuf};

use domain::id::{PairingId, RobotId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::time::{sleep, timeout};
use wire::WireError;
use wire::provisioning::{
    CLAIM_CLIENT_PREFIX, CertificateMade, CertificateWanted, ProvisioningTopic, Registered,
    RegistrationParameters, RegistrationWanted, Rejected, decode, encode,
};
use wire::topic::Downlink;

use crate::agent::BUILT_AFTER;
use crate::credentials::{Credentials, CredentialsError};
use crate::identity::{Endpoint, IdentityError, RobotIdentity};
use crate::link::{ANSWER_TIMEOUT, Backoff, Caller, Talk, TalkError};
use crate::private_file;
use claim::Claim;
use progress::{Progress, Stage};

pub use progress::PROVISIONING_FILE;

/// How often a robot that is not registered yet tries to reach the broker; a claim may have ended.
pub const MAX_ATTEMPTS: u32 = 5;

/// Why a robot is not provisioned.
#[derive(Debug, Error)]
pub enum ProvisionError {
    /// It is paired already.
    #[error("{dir}: this robot is paired already; run `sweepline-agent reset` first")]
    AlreadyPaired {
        /// The agent's directory.
        dir: PathBuf,
    },
    /// There is nothing to begin with.
    #[error("{dir}: this robot has no claim; give its file with --claim")]
    NoClaim {
        /// The agent's directory.
        dir: PathBuf,
    },
    /// The claim's file is not one.
    #[error("claim {path}: is not understood")]
    Claim {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A file could not be read or written.
    #[error("{path}: cannot be read or written")]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// No key or signing request could be made.
    #[error("key: cannot be made")]
    Key(#[from] rcgen::Error),
    /// The broker could not be talked to.
    #[error("{wanted}: cannot be asked for; the claim may have ended")]
    Talk {
        /// What the robot wanted.
        wanted: &'static str,
        /// Why.
        source: TalkError,
    },
    /// The cloud refused.
    #[error("{wanted}: refused ({code}: {message})")]
    Rejected {
        /// What the robot wanted.
        wanted: &'static str,
        /// Such as `InvalidCertificateOwnershipToken`.
        code: String,
        /// For people.
        message: String,
    },
    /// The cloud's answer is not what it should be.
    #[error("{wanted}: the answer is not understood")]
    Answer {
        /// What the robot wanted.
        wanted: &'static str,
        /// What is wrong.
        source: WireError,
    },
    /// The robot was registered as another one.
    #[error("registration: under the name {name:?}, which is not the robot's")]
    OtherName {
        /// The name.
        name: String,
    },
    /// The certificate is of no use.
    #[error("the certificate that came is of no use")]
    Credentials(#[from] CredentialsError),
    /// The identity could not be written.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl ProvisionError {
    fn file(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        Self::File { path, source }
    }

    fn is_transient(&self) -> bool {
        matches!(self, Self::Talk { source, .. } if source.is_transient())
    }
}

/// A robot on its way to an identity.
pub struct Provisioning {
    dir: PathBuf,
    progress: Progress,
}

impl Provisioning {
    /// Goes on in `dir`, or begins there with the claim in the file.
    ///
    /// # Errors
    /// [`ProvisionError`].
    pub fn open(claim: Option<&Path>, dir: &Path) -> Result<Self, ProvisionError> {
        if RobotIdentity::exists(dir) {
            return Err(ProvisionError::AlreadyPaired { dir: dir.to_owned() });
        }
        Ok(Self {
            dir: dir.to_owned(),
            progress: Progress::open(claim, dir)?,
        })
    }

    /// The robot.
    pub fn robot(&self) -> RobotId {
        self.progress.place.robot
    }

    /// Whether the robot has a certificate of its own, and only lacks an owner.
    pub fn is_registered(&self) -> bool {
        matches!(self.progress.stage, Stage::Registered { .. })
    }

    /// Does the next step and keeps it; gives the endpoint once the robot is paired.
    ///
    /// # Errors
    /// [`ProvisionError`]; the step may then be tried again.
    pub async fn advance(&mut self) -> Result<Option<Endpoint>, ProvisionError> {
        match self.progress.stage.clone() {
            Stage::Asked { claim, csr } => {
                let next = self.get_certificate(claim, csr).await?;
                self.keep(next)?;
                Ok(None)
            }
            Stage::Issued {
                claim,
                certificate_pem,
                token,
            } => {
                self.register(&claim, &certificate_pem, token).await?;
                self.keep(Stage::Registered { certificate_pem })?;
                Ok(None)
            }
            Stage::Registered { certificate_pem } => {
                self.discard_claim();
                self.become_paired(self.progress.own(&certificate_pem))
                    .await
                    .map(Some)
            }
        }
    }

    async fn get_certificate(&self, claim: Claim, csr: String) -> Result<Stage, ProvisionError> {
        let wanted = CertificateWanted {
            certificate_signing_request: csr,
        };
        let asking = Asking {
            what: "certificate",
            topic: ProvisioningTopic::Certificate,
        };
        let made: CertificateMade = self.ask(&claim, &asking, &wanted).await?;
        self.progress.own(&made.certificate_pem).check()?;
        Ok(Stage::Issued {
            claim,
            certificate_pem: made.certificate_pem,
            token: made.certificate_ownership_token,
        })
    }

    /// A robot that was registered before and did not hear of it may be refused now, but its certificate opens.
    async fn register(&self, claim: &Claim, certificate: &str, token: String) -> Result<(), ProvisionError> {
        let template = claim.template.clone();
        let asking = Asking {
            what: "registration",
            topic: ProvisioningTopic::Registration { template },
        };
        let wanted = RegistrationWanted {
            certificate_ownership_token: token,
            parameters: RegistrationParameters {
                serial_number: self.robot(),
                code: claim.code.clone(),
            },
        };
        match self.ask::<_, Registered>(claim, &asking, &wanted).await {
            Ok(registered) if registered.thing_name == self.robot().to_string() => Ok(()),
            Ok(Registered { thing_name: name }) => Err(ProvisionError::OtherName { name }),
            Err(rejected @ ProvisionError::Rejected { .. }) => {
                let own = self.caller(self.robot().to_string(), self.progress.own(certificate));
                Talk::open(&own).await.map_err(|_| rejected)?.close().await;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        claim: &Claim,
        asking: &Asking,
        wanted: &Q,
    ) -> Result<A, ProvisionError> {
        let client_id = format!("{CLAIM_CLIENT_PREFIX}{}", self.robot());
        let caller = self.caller(client_id, claim.credentials());
        let answered = timeout(ANSWER_TIMEOUT, asking.over(&caller, encode(wanted))).await;
        let answered = answered.unwrap_or(Err(TalkError::Timeout));
        let (topic, payload) = answered.map_err(|source| asking.failed(source))?;
        if topic == asking.topic.accepted() {
            return decode(&payload).map_err(|source| asking.not_understood(source));
        }
        let rejected: Rejected = decode(&payload).map_err(|source| asking.not_understood(source))?;
        Err(ProvisionError::Rejected {
            wanted: asking.what,
            code: rejected.error_code,
            message: rejected.error_message,
        })
    }

    /// The settings that are left for a robot once it is paired tell it its pairing.
    async fn become_paired(&self, own: Credentials) -> Result<Endpoint, ProvisionError> {
        let place = &self.progress.place;
        let caller = self.caller(place.robot.to_string(), own.clone());
        let waited = wait_for_owner(&caller, place.robot).await;
        let pairing = waited.map_err(|source| ProvisionError::Talk {
            wanted: "owner",
            source,
        })?;
        let identity = RobotIdentity {
            endpoint: Endpoint {
                robot: place.robot,
                pairing,
                stage: place.stage.clone(),
                host: place.mqtt.host.clone(),
                port: place.mqtt.port,
            },
            credentials: own,
            ca_pem: place.ca.clone(),
        };
        identity.begin(&self.dir)?;
        forget(&self.dir).map_err(|source| ProvisionError::file(&self.dir, source))?;
        Ok(identity.endpoint)
    }

    fn caller(&self, client_id: String, credentials: Credentials) -> Caller {
        let place = &self.progress.place;
        Caller {
            client_id,
            host: place.mqtt.host.clone(),
            port: place.mqtt.port,
            ca_pem: place.ca.clone(),
            credentials,
            not_before: BUILT_AFTER,
        }
    }

    fn keep(&mut self, stage: Stage) -> Result<(), ProvisionError> {
        let progress = self.progress.at(stage);
        progress.save(&self.dir)?;
        self.progress = progress;
        Ok(())
    }

    /// The maker's file may lie where nothing can be removed; its code is used up.
    fn discard_claim(&self) {
        let path = &self.progress.origin;
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(robot.id = %self.robot(), path = %path.display(), %error, "the claim's file stays");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

/// What the robot wants.
struct Asking {
    what: &'static str,
    topic: ProvisioningTopic,
}

impl Asking {
    async fn over(&self, caller: &Caller, payload: Vec<u8>) -> Result<(String, Vec<u8>), TalkError> {
        let mut talk = Talk::open(caller).await?;
        talk.listen(&[self.topic.accepted(), self.topic.rejected()])
            .await?;
        talk.say(&self.topic.to_string(), payload).await?;
        let answer = talk.hear().await?;
        talk.close().await;
        Ok(answer)
    }

    fn failed(&self, source: TalkError) -> ProvisionError {
        let wanted = self.what;
        ProvisionError::Talk { wanted, source }
    }

    fn not_understood(&self, source: WireError) -> ProvisionError {
        let wanted = self.what;
        ProvisionError::Answer { wanted, source }
    }
}

async fn wait_for_owner(caller: &Caller, robot: RobotId) -> Result<PairingId, TalkError> {
    let mut talk = Talk::open(caller).await?;
    talk.listen(&[Downlink::Settings(robot).to_string()]).await?;
    loop {
        let (_, payload) = talk.hear().await?;
        match wire::settings::decode(&payload) {
            Ok(settings) => {
                talk.close().await;
                return Ok(settings.pairing);
            }
            Err(error) => tracing::warn!(robot.id = %robot, %error, "settings were not understood"),
        }
    }
}

/// Provisions the robot with the claim in the file, or goes on with what was begun in `dir`; calls `registered` when only
/// an owner is lacking, and returns when there is one.
///
/// # Errors
/// [`ProvisionError`]; what was begun is kept.
pub async fn provision(
    claim: Option<&Path>,
    dir: &Path,
    registered: impl FnOnce(RobotId),
) -> Result<Endpoint, ProvisionError> {
    let mut provisioning = Provisioning::open(claim, dir)?;
    let (mut registered, mut backoff, mut attempts) = (Some(registered), Backoff::default(), 0);
    loop {
        if let Some(registered) = registered.take_if(|_| provisioning.is_registered()) {
            registered(provisioning.robot());
        }
        match provisioning.advance().await {
            Ok(Some(endpoint)) => return Ok(endpoint),
            Ok(None) => (attempts, backoff) = (0, Backoff::default()),
            Err(error) if error.is_transient() => {
                attempts += 1;
                if attempts >= MAX_ATTEMPTS && !provisioning.is_registered() {
                    return Err(error);
                }
                tracing::warn!(robot.id = %provisioning.robot(), %error, "trying again");
                sleep(backoff.next_delay(rand::random())).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Removes what provisioning wrote into `dir`.
///
/// # Errors
/// What the file system says.
pub fn forget(dir: &Path) -> std::io::Result<()> {
    private_file::remove(dir, &[PROVISIONING_FILE])
}
