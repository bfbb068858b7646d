//! What browsers let the pages do: load their own files, and connect to nobody but this API, the identity provider
//! and the broker.

use http::{HeaderValue, Uri};

use crate::state::{ApiConfig, SignIn};

/// Everything but the connections.
const REST: &str = "img-src 'self' blob: data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The header `Content-Security-Policy` (W3C, level 3) of an installation.
///
/// The code of a sign-in is exchanged at the provider's token endpoint, a sign-out is told where it takes that, and the live view is a websocket to the broker;
/// an address that cannot be named there is left out, which browsers report.
pub(crate) fn content_policy(sign_in: &SignIn, config: &ApiConfig) -> HeaderValue {
    let mut allowed: Vec<String> = provider(sign_in);
    allowed.extend(config.live_url.as_deref().and_then(origin));
    allowed.dedup();
    let sources: String = allowed.into_iter().map(|origin| format!(" {origin}")).collect();
    let policy = format!("default-src 'self'; connect-src 'self'{sources}; {REST}");
    // An origin has no characters but those of a header.
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'"))
}

/// Where the identity provider is asked by the pages themselves.
fn provider(sign_in: &SignIn) -> Vec<String> {
    let SignIn::Oidc(provider) = sign_in else {
        return Vec::new();
    };
    let endpoints = [
        Some(&provider.token_endpoint),
        provider.revocation_endpoint.as_ref(),
    ];
    endpoints
        .into_iter()
        .flatten()
        .filter_map(|endpoint| origin(endpoint))
        .collect()
}

/// Scheme, host and port of an address, if a policy can name them.
fn origin(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    authority
        .bytes()
        .all(is_plain)
        .then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (address, expected) in [
            ("https://sign.in/oauth2/token?x=1", Some("https://sign.in")),
            ("http://127.0.0.1:9000/token", Some("http://127.0.0.1:9000")),
            (
                "wss://iot.example/mqtt?x-amz-customauthorizer-name=prod_live",
                Some("wss://iot.example"),
            ),
            ("ws://[::1]:8884/mqtt", Some("ws://[::1]:8884")),
            ("https://user@sign.in/token", None),
            ("https://*;script-src/token", None),
            ("/token", None),
        ] {
            assert_eq!(origin(address).as_deref(), expected, "{address}");
        }
    }
}
