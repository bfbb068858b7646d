//! Just enough HTTP to pair: small JSON requests over TLS, or in the clear to this machine itself.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// The most bytes of an answer.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// How long one request may take.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Why a request has no answer.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The address cannot be used.
    #[error("api {url}: must be https://…, or http://… to this machine")]
    Address {
        /// What was given.
        url: String,
    },
    /// The request took too long.
    #[error("api: no answer within {} s", REQUEST_TIMEOUT.as_secs())]
    Timeout,
    /// The connection failed.
    #[error("api: the connection failed")]
    Connection(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl HttpError {
    fn connection(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Connection(error.into())
    }
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body, at most [`MAX_ANSWER_BYTES`].
    pub body: Bytes,
}

/// A server of the API.
#[derive(Debug, Clone)]
pub struct Api {
    host: String,
    port: u16,
    is_secure: bool,
}

impl Api {
    /// The API at `url`, of which scheme, host and port are used.
    ///
    /// # Errors
    /// [`HttpError::Address`] unless it is https, or http to this machine.
    pub fn new(url: &str) -> Result<Self, HttpError> {
        let refused = || HttpError::Address { url: url.to_owned() };
        let uri: Uri = url.parse().map_err(|_| refused())?;
        let host = uri.host().ok_or_else(refused)?.to_owned();
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if is_this_machine(&host) => false,
            _ => return Err(refused()),
        };
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        Ok(Self {
            host,
            port,
            is_secure,
        })
    }

    /// Sends a request with a JSON body, or without any when it is empty.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        authorization: Option<HeaderValue>,
        body: Vec<u8>,
    ) -> Result<Answer, HttpError> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, format!("{}:{}", self.host, self.port))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(HttpError::connection)?;
        timeout(REQUEST_TIMEOUT, self.exchange(request))
            .await
            .map_err(|_| HttpError::Timeout)?
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, HttpError> {
        let address = self.host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((address, self.port))
            .await
            .map_err(HttpError::connection)?;
        if !self.is_secure {
            return over(stream, request).await;
        }
        let name = ServerName::try_from(address.to_owned()).map_err(HttpError::connection)?;
        let stream = TlsConnector::from(Arc::new(tls()?)).connect(name, stream).await;
        over(stream.map_err(HttpError::connection)?, request).await
    }
}

async fn over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Answer, HttpError> {
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(HttpError::connection)?;
    let driver = tokio::spawn(connection);
    let answer = sender
        .send_request(request)
        .await
        .map_err(HttpError::connection)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES).collect().await;
    driver.abort();
    Ok(Answer {
        status,
        body: body.map_err(HttpError::connection)?.to_bytes(),
    })
}

/// The authorities that the system trusts.
fn tls() -> Result<ClientConfig, HttpError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(HttpError::connection)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_reached_in_the_clear() {
        for url in [
            "https://api.example.com",
            "http://127.0.0.1:8080",
            "http://localhost:8080/",
            "http://[::1]:80",
        ] {
            assert!(Api::new(url).is_ok(), "{url}");
        }
        for url in [
            "http://api.example.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "nothing",
            "",
        ] {
            assert!(Api::new(url).is_err(), "{url}");
        }
    }
}
