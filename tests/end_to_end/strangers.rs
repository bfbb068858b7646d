//! What belongs to others: a foreign id answers exactly as an unknown one, and operators see health, not homes.

use end_to_end::household::Household;
use end_to_end::stack::Stack;
use serde_json::{Value, json};

/// Ids of the right form that nobody has.
const NOBODYS: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn paths(home: &str, robot: &str) -> Vec<String> {
    vec![
        format!("/v1/homes/{home}/robots"),
        format!("/v1/homes/{home}/floors"),
        format!("/v1/homes/{home}/floors/floor_{NOBODYS}/map"),
        format!("/v1/robots/{robot}"),
        format!("/v1/robots/{robot}/settings"),
        format!("/v1/robots/{robot}/runs"),
        format!("/v1/robots/{robot}/runs/run_{NOBODYS}"),
        format!("/v1/robots/{robot}/runs/run_{NOBODYS}/map"),
        format!("/v1/robots/{robot}/commands/cmd_{NOBODYS}"),
    ]
}

#[test]
fn a_foreign_id_answers_exactly_as_an_unknown_one() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let stack = Stack::start(&folder.path().join("data"))?;
    let household = Household::enter(&stack)?;
    let operator = stack.api().sign_in(&stack.ready.operator)?;
    let foreign = paths(&household.home, &household.robot);
    let unknown = paths(&format!("home_{NOBODYS}"), &format!("robot_{NOBODYS}"));
    for (foreign, unknown) in foreign.iter().zip(&unknown) {
        let (theirs, nobodys) = (operator.get(foreign)?, operator.get(unknown)?);
        assert_eq!(
            (theirs.status, &theirs.body),
            (404, &nobodys.body),
            "{foreign} and {unknown}"
        );
        assert_eq!(nobodys.status, 404, "{unknown}");
        assert_eq!(household.api.get(unknown)?.status, 404, "{unknown}");
    }
    let start = json!({"type": "start", "scope": {"kind": "whole_home"}});
    let command = format!("/v1/robots/{}/commands", household.robot);
    assert_eq!(
        operator
            .post(&command, &start, &[("idempotency-key", "theirs")])?
            .status,
        404
    );
    assert_eq!(household.runs()?, Vec::<Value>::new());
    Ok(())
}

#[test]
fn the_fleet_is_the_operators_and_the_home_is_the_owners() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let stack = Stack::start(&folder.path().join("data"))?;
    let household = Household::enter(&stack)?;
    let operator = stack.api().sign_in(&stack.ready.operator)?;
    household.api.get("/v1/fleet/robots")?.expect(403)?;
    household.api.get("/v1/fleet/summary")?.expect(403)?;
    let fleet = operator.get("/v1/fleet/robots")?.expect(200)?;
    assert_eq!(fleet["items"][0]["id"], json!(household.robot));
    assert!(fleet["items"][0].get("home").is_none(), "{fleet}");
    assert_eq!(operator.get("/v1/fleet/summary")?.expect(200)?["total"], json!(1));
    Ok(())
}

#[test]
fn nobody_gets_in_without_signing_in() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let stack = Stack::start(&folder.path().join("data"))?;
    for path in ["/v1/me", "/v1/homes", "/v1/fleet/robots"] {
        let answer = stack.api().get(path)?;
        assert_eq!(answer.status, 401, "{path}");
        assert!(answer.headers.contains_key("www-authenticate"), "{path}");
    }
    let mut wrong = stack.ready.owner.clone();
    wrong.password.push('x');
    assert!(stack.api().sign_in(&wrong).is_err());
    Ok(())
}
