//! The OpenAPI document, made from the routes themselves.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::problem::{Code, ProblemBody};

/// What stands around the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sweepline",
        description = "Robot vacuums: homes, robots, maps, runs, commands, and the health of a fleet. \
                       Errors are RFC 9457 problem documents; a foreign id answers as an unknown one. Each answer has \
                       an `X-Correlation-Id`, the request's own if it has one of 1 to 64 letters, digits, `.`, `_`, \
                       `=` or `-`: our logs of the request, and of what it sets going, carry it."
    ),
    components(schemas(ProblemBody, Code)),
    security(("bearer" = [])),
    modifiers(&Schemes)
)]
pub(crate) struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        let claim = ApiKeyValue::with_description("Authorization", "`Claim` and the claim's secret");
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("claim", SecurityScheme::ApiKey(ApiKey::Header(claim)));
    }
}
