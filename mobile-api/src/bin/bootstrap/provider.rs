//! The identity provider: what it says of itself (OpenID Connect Discovery 1.0), and its keys.

use std::time::Duration;

use access::{Issuer, KeySet, KeySetError, KeySource, KeySourceError, OperatorClaim, Profile, Subjects};
use async_trait::async_trait;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http_body_util::{BodyExt, Limited};
use mobile_api::OidcConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// How long the provider may take for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
/// The most bytes of an answer.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// What the issuer of a Cognito user pool starts with.
const COGNITO: &str = "https://cognito-idp.";
/// The group, or the entry of the scope, that makes an operator.
const OPERATORS: &str = "operators";

/// Why the provider cannot be used.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// It did not answer, or not as it should.
    #[error("{url} gave no usable answer")]
    NoAnswer {
        /// What was asked.
        url: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It answered with another status than 200.
    #[error("{url} answered {status}")]
    Status {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
    },
    /// It says that it is somebody else.
    #[error("the provider calls itself {found}, not {expected}")]
    OtherIssuer {
        /// What was configured.
        expected: String,
        /// What it says.
        found: String,
    },
    /// Its keys cannot be used.
    #[error("the provider's keys cannot be used")]
    Keys(#[from] KeySetError),
}

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
    jwks_uri: String,
}

/// An identity provider that was found.
pub struct Provider {
    /// Whose tokens are taken.
    pub issuer: Issuer,
    /// Where its keys are read again.
    pub keys: Jwks,
    /// What pages need.
    pub pages: OidcConfig,
}

/// The keys at an address (RFC 7517).
pub struct Jwks {
    url: String,
}

impl Jwks {
    async fn read(&self) -> Result<KeySet, ProviderError> {
        let keys: serde_json::Value = json(&self.url).await?;
        Ok(KeySet::from_jwks(&keys.to_string())?)
    }
}

#[async_trait]
impl KeySource for Jwks {
    async fn keys(&self) -> Result<KeySet, KeySourceError> {
        self.read().await.map_err(|error| KeySourceError(error.into()))
    }
}

/// Asks the provider for its endpoints, which are kept as long as this instance of the function lives, and its keys.
pub async fn discover(issuer: String, client_id: String) -> Result<Provider, ProviderError> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let found: Discovered = json(&url).await?;
    if found.issuer != issuer {
        return Err(ProviderError::OtherIssuer {
            expected: issuer,
            found: found.issuer,
        });
    }
    let keys = Jwks { url: found.jwks_uri };
    let trusted = trusted(issuer.clone(), client_id.clone(), keys.read().await?);
    let pages = OidcConfig {
        issuer,
        client_id,
        authorization_endpoint: found.authorization_endpoint,
        token_endpoint: found.token_endpoint,
        revocation_endpoint: found.revocation_endpoint,
        scopes: scopes(&found.scopes_supported),
    };
    Ok(Provider {
        issuer: trusted,
        keys,
        pages,
    })
}

/// What pages ask for; some providers give refresh tokens only to who asks for them (OpenID Connect Core section 11).
fn scopes(supported: &[String]) -> Vec<String> {
    let offline = supported.iter().find(|scope| *scope == "offline_access");
    ["openid".to_owned()]
        .into_iter()
        .chain(offline.cloned())
        .collect()
}

fn trusted(name: String, client_id: String, keys: KeySet) -> Issuer {
    let (profile, claim) = if name.starts_with(COGNITO) {
        (Profile::Cognito { client_id }, "cognito:groups")
    } else {
        (Profile::AccessToken { audience: client_id }, "scope")
    };
    Issuer {
        name,
        keys,
        profile,
        subjects: Subjects::Foreign,
        operator: Some(OperatorClaim {
            name: claim.to_owned(),
            entry: OPERATORS.to_owned(),
        }),
    }
}

async fn json<T: DeserializeOwned>(url: &str) -> Result<T, ProviderError> {
    let failed = |source| ProviderError::NoAnswer {
        url: url.to_owned(),
        source,
    };
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, get(url)).await;
    let (status, body) = answer.map_err(|late| failed(late.into()))?.map_err(failed)?;
    if status != 200 {
        let url = url.to_owned();
        return Err(ProviderError::Status { url, status });
    }
    serde_json::from_slice(&body).map_err(|error| failed(error.into()))
}

/// The provider may be on the internet, which a function in a network of one's own reaches through a proxy only: the
/// one that the variable `HTTPS_PROXY` names.
async fn get(url: &str) -> Result<(u16, Vec<u8>), Box<dyn std::error::Error + Send + Sync>> {
    let connector = Connector::builder()
        .proxy_config(ProxyConfig::from_env())
        .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
        .build();
    let answer = connector.call(HttpRequest::get(url)?).await?;
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES)
        .collect()
        .await?;
    Ok((status, body.to_bytes().to_vec()))
}
