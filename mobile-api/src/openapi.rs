//! The OpenAPI document, made from the routes themselves.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{PathItem, RefOr, Response};
use utoipa::{Modify, OpenApi};

use crate::problem::{Code, PROBLEM_JSON, ProblemBody};

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

/// Says of all problems that they are [`PROBLEM_JSON`]: the routes say only what is in them.
pub(crate) fn name_problems(document: &mut utoipa::openapi::OpenApi) {
    let operations = document.paths.paths.values_mut().flat_map(operations);
    for operation in operations {
        if let Some(RefOr::T(problem)) = operation.responses.responses.get_mut("default") {
            name_problem(problem);
        }
    }
}

fn name_problem(problem: &mut Response) {
    let bodies = std::mem::take(&mut problem.content);
    let named = bodies.into_values().map(|body| (PROBLEM_JSON.to_owned(), body));
    problem.content = named.collect();
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        put,
        post,
        patch,
        delete,
        ..
    } = path;
    [get, put, post, patch, delete].into_iter().flatten()
}
