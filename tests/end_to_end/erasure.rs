//! The owner erases the home while its robot cleans.

use std::time::Duration;

use end_to_end::household::{Household, id};
use end_to_end::stack::Stack;
use end_to_end::until::until;
use serde_json::json;

/// The promise.
const ERASED_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn an_erased_home_is_gone_within_a_minute_and_stays_gone() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let stack = Stack::start(&data)?;
    let household = Household::enter(&stack)?;
    let run = household.start_run("morning")?;
    household.voted(&run)?;
    household.start_run("under way")?;

    let home = format!("/v1/homes/{}", household.home);
    let asked = json!({"name": "Demo home"});
    household
        .api
        .post(&format!("{home}/erasure"), &asked, &[])?
        .expect(202)?;
    let robot = format!("/v1/robots/{}", household.robot);
    for path in [
        &home,
        &robot,
        &format!("{home}/floors"),
        &format!("{robot}/runs/{run}/map"),
    ] {
        household.api.get(path)?.expect(404)?;
    }
    let receipt = format!("/v1/erasures/{}", household.home);
    let erased = until("the home is erased", ERASED_WITHIN, || {
        let receipt = household.api.get(&receipt)?.expect(200)?;
        Ok((receipt["state"] == "erased").then_some(receipt))
    })?;
    assert_eq!(
        (&erased["counts"]["robots"], &erased["counts"]["runs"]),
        (&json!(1), &json!(2))
    );

    let operator = stack.api().sign_in(&stack.ready.operator)?;
    let fleet = operator.get("/v1/fleet/robots")?.expect(200)?;
    assert_eq!(id(&fleet["items"][0])?, household.robot);
    assert_eq!(fleet["items"][0]["state"], "unknown", "{fleet}");
    assert!(stack.stop()?.success());

    let stack = Stack::start(&data)?;
    let api = stack.api().sign_in(&stack.ready.owner)?;
    assert_eq!(api.get("/v1/homes")?.expect(200)?["items"], json!([]));
    assert_eq!(api.get(&receipt)?.expect(200)?, erased);
    Ok(())
}
