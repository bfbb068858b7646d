//! Every route by everybody for every object, over the real store, with what was asked of the table.

use hostile::Row;
use http::{HeaderMap, Method};

use super::Bug;
use super::expected::{Object, body, expected};
use super::ground::Ground;
use super::identities::Who;
use super::keys::Asked;
use super::routes::{Route, routes};
use crate::world::Answer;

/// The rows that one pass through the matrix gives.
pub struct Rows {
    /// Who is let in where.
    pub routes: Row,
    /// Whether a foreign id answers as an unknown one, in status, headers and body.
    pub alike: Row,
    /// Whose keys were asked for.
    pub keys: Row,
}

/// Lets `people` go through the whole matrix, on a ground that `bug` is built into.
pub async fn go(people: &[Who], bug: Option<Bug>) -> Rows {
    let ground = Ground::prepare(bug).await;
    let all = routes(&ground.world).await;
    let mut rows = Rows {
        routes: Row::new("S2"),
        alike: Row::new("S2 alike"),
        keys: Row::new("S6"),
    };
    for &who in people {
        for route in &all {
            ask_for_all(&ground, route, who, bug, &mut rows).await;
        }
    }
    rows
}

async fn ask_for_all(ground: &Ground, route: &Route, who: Who, bug: Option<Bug>, rows: &mut Rows) {
    let mut answers = Vec::new();
    for &object in route.objects() {
        let asked = Asked {
            ground,
            route,
            who,
            object,
        };
        ground.recorder.take();
        let answer = ask(&asked).await;
        if bug == Some(Bug::RouteReadsAnotherHome) {
            read_another_home(ground).await;
        }
        let cell = format!("{} {} by {who:?} for {object:?}", route.method, route.path);
        let wanted = expected(route.needs, who, object);
        rows.routes.add(wanted.fits(answer.status.as_u16()), || {
            format!("{cell}: {wanted:?}, but was {answer}")
        });
        let touched = ground.recorder.take();
        let stray = touched.iter().find(|touch| !asked.may_touch(touch));
        rows.keys.add(stray.is_none(), || format!("{cell}: {stray:?}"));
        answers.push((object, answer));
    }
    compare(&answers, route, who, rows);
}

async fn ask(
    Asked {
        ground,
        route,
        who,
        object,
    }: &Asked<'_>,
) -> Answer {
    let path = route.filled(ground, *object);
    let request = ground.world.request(route.method.clone(), &path);
    let request = request
        .header("if-match", "\"1\"")
        .header("idempotency-key", "matrix");
    let request = match ground.authorization(*who) {
        Some(authorization) => request.header("authorization", authorization),
        None => request,
    };
    let takes_body = matches!(route.method, Method::POST | Method::PUT | Method::PATCH);
    let request = match takes_body {
        true => request.text("application/json", body(&route.path)),
        false => request,
    };
    ground.world.send(request).await
}

/// What a route with a wrong scope would do.
async fn read_another_home(ground: &Ground) {
    use domain::access::HomeScope;
    use domain::ports::HomeStore;
    let scope = HomeScope::of_stored_record(ground.world.foreign_home);
    ground.world.store.home(&scope).await.unwrap();
}

fn compare(answers: &[(Object, Answer)], route: &Route, who: Who, rows: &mut Rows) {
    let of = |wanted| {
        answers
            .iter()
            .find(|(object, _)| *object == wanted)
            .map(|(_, answer)| answer)
    };
    for (foreign, unknown) in [
        (Object::Foreign, Object::Unknown),
        (Object::ForeignInOurs, Object::UnknownInOurs),
    ] {
        let (Some(foreign), Some(unknown)) = (of(foreign), of(unknown)) else {
            continue;
        };
        rows.alike.add(told(foreign) == told(unknown), || {
            format!(
                "{} {} by {who:?}: {foreign} but {unknown}",
                route.method, route.path
            )
        });
    }
}

/// All that an answer tells, but for the name of the request.
fn told(answer: &Answer) -> (u16, HeaderMap, &[u8]) {
    let mut headers = answer.headers.clone();
    headers.remove("x-correlation-id");
    (answer.status.as_u16(), headers, &answer.body)
}
