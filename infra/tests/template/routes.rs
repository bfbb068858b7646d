//! The template's routes are those of the API's router: one that is missing answers 404 in the cloud alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use syn::visit::{self, Visit};

use crate::{template, template_with};

/// Whether a route needs a token, by its key such as `GET /v1/me`.
type Routes = BTreeMap<String, bool>;

/// The routes that the API's sources declare: those of its contract in attributes, the pages in calls of `route`.
#[derive(Default)]
struct Declared(Routes);

impl<'ast> Visit<'ast> for Declared {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        for attribute in &function.attrs {
            let names = attribute
                .path()
                .segments
                .iter()
                .map(|name| name.ident.to_string());
            if names.eq(["utoipa".to_owned(), "path".to_owned()]) {
                let tokens = attribute.meta.require_list().unwrap().tokens.to_string();
                let method = tokens.split([' ', ',']).next().unwrap().to_uppercase();
                let (_, rest) = tokens.split_once("path = \"").unwrap();
                let (path, _) = rest.split_once('"').unwrap();
                let is_own = tokens.contains("security");
                self.0.insert(format!("{method} {path}"), !is_own);
            }
        }
        visit::visit_item_fn(self, function);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "route"
            && let Some(syn::Expr::Lit(literal)) = call.args.first()
            && let syn::Lit::Str(path) = &literal.lit
        {
            self.0.insert(format!("GET {}", path.value()), false);
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn declared() -> Routes {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-api/src");
    let mut files = vec![sources.join("router.rs")];
    let routes = fs::read_dir(sources.join("routes")).unwrap();
    files.extend(routes.map(|entry| entry.unwrap().path()));
    let mut declared = Declared::default();
    for file in files {
        declared.visit_file(&syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap());
    }
    declared.0
}

fn deployed(edge_jwt: &str) -> Routes {
    let template = template_with(&[("EdgeJwt", edge_jwt)]);
    let routes = template
        .resources()
        .values()
        .filter(|resource| resource.kind == "AWS::ApiGatewayV2::Route");
    let keyed = routes.map(|route| {
        let properties = &route.properties;
        let is_guarded = properties["AuthorizationType"] == "JWT";
        assert_eq!(
            is_guarded,
            properties["AuthorizerId"] == "EdgeAuthorizer",
            "{properties}"
        );
        (text(&properties["RouteKey"]), is_guarded)
    });
    keyed.collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn the_api_serves_what_the_template_routes_and_nothing_else() {
    let (declared, deployed) = (declared(), deployed("true"));
    let keys = |routes: &Routes| routes.keys().cloned().collect::<BTreeSet<_>>();
    let (declared_keys, deployed_keys) = (keys(&declared), keys(&deployed));
    let missing: Vec<_> = declared_keys.difference(&deployed_keys).collect();
    let extra: Vec<_> = deployed_keys.difference(&declared_keys).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "the template lacks {missing:?}, the router {extra:?}"
    );
}

#[test]
fn the_edge_guards_what_needs_a_token_and_only_when_it_shall() {
    let (declared, deployed_guarded) = (declared(), deployed("true"));
    let wrong: Vec<_> = deployed_guarded
        .iter()
        .filter(|(key, guarded)| declared[*key] != **guarded)
        .collect();
    assert!(
        wrong.is_empty(),
        "guarded at the edge, or not, against the API's own contract: {wrong:?}"
    );
    assert!(deployed("false").values().all(|is_guarded| !is_guarded));
}

#[test]
fn what_is_open_to_everybody_or_dear_is_throttled_more() {
    let template = template();
    let stage = &template.resources()["HttpApiStage"].properties;
    let rate = |settings: &Value| {
        let rate = &settings["ThrottlingRateLimit"];
        rate.as_f64().or_else(|| rate.as_str()?.parse().ok()).unwrap()
    };
    let usual = rate(&stage["DefaultRouteSettings"]);
    let throttled = stage["RouteSettings"].as_object().unwrap();
    for key in [
        "POST /v1/provisioning/claims",
        "GET /v1/provisioning/claims/{claim}",
    ] {
        assert!(throttled.contains_key(key), "{key}");
    }
    for (key, settings) in throttled {
        assert!(rate(settings) < usual, "{key}");
    }
}
