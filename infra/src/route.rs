//! The routes of the HTTP API.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::TemplateError;
use crate::names::kind;
use crate::template::Deployed;

/// A route of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Such as `GET`.
    pub method: String,
    /// Such as `/v1/homes/{home}`; a last `{name+}` stands for the rest of the path.
    pub path: String,
    /// The logical id of the function that answers.
    pub function: String,
}

pub(crate) fn read_all(deployed: &Deployed<'_>) -> Result<Vec<Route>, TemplateError> {
    let integrations: BTreeMap<_, _> = deployed
        .all::<IntegrationProperties>(kind::INTEGRATION)?
        .into_iter()
        .collect();
    let routes = deployed.all::<RouteProperties>(kind::ROUTE)?;
    routes
        .into_iter()
        .map(|(id, route)| read(deployed, &integrations, id, &route))
        .collect()
}

fn read(
    deployed: &Deployed<'_>,
    integrations: &BTreeMap<&str, IntegrationProperties>,
    id: &str,
    route: &RouteProperties,
) -> Result<Route, TemplateError> {
    let at = format!("Resources.{id}.Properties");
    let (method, path) = route
        .route_key
        .split_once(' ')
        .filter(|(_, path)| path.starts_with('/'))
        .ok_or_else(|| TemplateError::unusable(&at, format!("{} is no method and path", route.route_key)))?;
    let integration = route
        .target
        .strip_prefix("integrations/")
        .and_then(|target| integrations.get(target));
    let integration = integration
        .ok_or_else(|| TemplateError::unusable(&at, format!("{} is no integration", route.target)))?;
    let function = deployed.function(&integration.integration_uri, &at)?;
    Ok(Route {
        method: method.to_owned(),
        path: path.to_owned(),
        function,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RouteProperties {
    route_key: String,
    target: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IntegrationProperties {
    integration_uri: String,
}
