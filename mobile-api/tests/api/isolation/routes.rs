//! The routes, as the served OpenAPI document has them.

use http::Method;
use serde_json::Value;

use super::expected::{Needs, Object, needs};
use super::ground::{Ground, Objects};
use crate::world::World;

/// One operation of the document.
pub struct Route {
    pub method: Method,
    pub path: String,
    pub needs: Needs,
    /// Names of the ids that it takes, in the path and then in the query.
    ids: Vec<String>,
    in_query: Vec<String>,
}

/// All routes; those that end something last, and of them a robot's own last of all.
pub async fn routes(world: &World) -> Vec<Route> {
    let document = world
        .send(world.request(Method::GET, "/openapi.json"))
        .await
        .json();
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            routes.push(Route::new(&method.to_uppercase(), path, operation));
        }
    }
    routes.sort_by_key(|route| {
        let ends = route.method == Method::DELETE;
        (ends, std::cmp::Reverse(route.ids.len()), route.path.clone())
    });
    routes
}

impl Route {
    fn new(method: &str, path: &str, operation: &Value) -> Self {
        let in_path = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let in_query: Vec<String> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .filter(|name| ["home", "robot", "floor", "run", "person"].contains(name))
            .map(str::to_owned)
            .collect();
        Self {
            method: method.parse().unwrap(),
            path: path.to_owned(),
            needs: needs(method, path),
            ids: in_path.map(str::to_owned).chain(in_query.clone()).collect(),
            in_query,
        }
    }

    /// Which objects can stand in it; ours last, since the request may end them.
    pub fn objects(&self) -> &'static [Object] {
        use Object::{Foreign, ForeignInOurs, Ours, Unknown, UnknownInOurs};
        match self.ids.len() {
            0 => &[Ours],
            1 => &[Foreign, Unknown, Ours],
            _ => &[Foreign, Unknown, ForeignInOurs, UnknownInOurs, Ours],
        }
    }

    /// The path and query with `object` in it.
    pub fn filled(&self, ground: &Ground, object: Object) -> String {
        let mut path = self.path.clone();
        let mut query = Vec::new();
        for (place, name) in self.ids.iter().enumerate() {
            let id = id(objects(ground, object, place), name, &self.path);
            path = path.replace(&format!("{{{name}}}"), id);
            if self.in_query.contains(name) {
                query.push(format!("{name}={id}"));
            }
        }
        if query.is_empty() {
            path
        } else {
            format!("{path}?{}", query.join("&"))
        }
    }
}

fn id<'a>(objects: &'a Objects, name: &str, path: &str) -> &'a str {
    match objects.get(name) {
        Some(id) => id,
        None => {
            panic!("{path} names a {name}: give both homes one in mobile-api/tests/api/isolation/ground.rs")
        }
    }
}

/// Where the id in this place comes from.
fn objects(ground: &Ground, object: Object, place: usize) -> &Objects {
    match object {
        Object::Ours => &ground.ours,
        Object::Foreign => &ground.foreign,
        Object::Unknown => &ground.unknown,
        Object::ForeignInOurs | Object::UnknownInOurs if place == 0 => &ground.ours,
        Object::ForeignInOurs => &ground.foreign,
        Object::UnknownInOurs => &ground.unknown,
    }
}
