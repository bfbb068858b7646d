//! An HTTPS client that reads the machine's trusted certificates when it first connects.

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The SDK's client but for its check, which reads all certificates when a service's client is made, to throw them away
/// and read them again for the first request.
#[derive(Debug)]
struct Unchecked(SharedHttpClient);

/// A client that shares its connections with its clones.
pub(crate) fn client() -> SharedHttpClient {
    let checked = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::rustls(CryptoMode::AwsLc))
        .build_https();
    SharedHttpClient::new(Unchecked(checked))
}

impl HttpClient for Unchecked {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let Self(client) = self;
        client.http_connector(settings, components)
    }
}
