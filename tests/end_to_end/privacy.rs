//! What the owner keeps to the home stays there: no map without leave, and nothing of the home in any log line.

use std::fs;
use std::time::Duration;

use end_to_end::household::Household;
use end_to_end::map::FREE;
use end_to_end::stack::Stack;
use end_to_end::until::until;
use serde_json::{Value, json};

const APPLIED_WITHIN: Duration = Duration::from_secs(30);

/// Switches the upload of maps, and waits until the robot says that it has applied it.
fn set_upload(household: &Household, upload_map: bool) -> anyhow::Result<()> {
    let path = format!("/v1/robots/{}/settings", household.robot);
    let read = household.api.get(&path)?;
    let mut wanted = read.json();
    for own in ["version", "applied_version", "child_lock_lifted", "skipped"] {
        wanted.as_object_mut().map(|fields| fields.remove(own));
    }
    wanted["upload_map"] = json!(upload_map);
    let tag = read.etag();
    household
        .api
        .send("PUT", &path, &wanted, &[("if-match", &tag)])?
        .expect(200)?;
    until("the robot has applied it", APPLIED_WITHIN, || {
        let settings = household.api.get(&path)?.expect(200)?;
        Ok((settings["applied_version"] == settings["version"]).then_some(()))
    })
}

fn drive(household: &Household, key: &str) -> anyhow::Result<(String, Value)> {
    let run = household.start_run(key)?;
    let sealed = household.sealed(&run)?;
    Ok((run, sealed))
}

#[test]
fn a_robot_that_may_not_send_its_map_sends_none_and_may_again_with_the_next_run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let stack = Stack::start(&folder.path().join("data"))?;
    let household = Household::enter(&stack)?;
    set_upload(&household, false)?;
    let (run, sealed) = drive(&household, "without a map")?;
    assert_eq!(sealed["outcome"], "completed", "{sealed}");
    let map = household.run_map(&run)?;
    assert!(map.is_none_or(|map| map.count(FREE) == 0));
    let detail = household
        .api
        .get(&format!("/v1/robots/{}/runs/{run}", household.robot))?
        .expect(200)?;
    assert_eq!(detail["track"], json!([]), "{detail}");
    let floors = household
        .api
        .get(&format!("/v1/homes/{}/floors", household.home))?
        .expect(200)?;
    assert_eq!(floors["items"], json!([]));

    set_upload(&household, true)?;
    let run = household.start_run("with a map")?;
    household.voted(&run)?;
    Ok(())
}

#[test]
fn no_log_line_tells_who_lives_there_or_how() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let stack = Stack::start(&data)?;
    let household = Household::enter(&stack)?;
    let (api, home) = (&household.api, format!("/v1/homes/{}", household.home));
    let robot = format!("/v1/robots/{}", household.robot);
    let run = household.start_run("morning")?;
    household.voted(&run)?;
    let floor = household.floor()?;
    let floor = floor["id"].as_str().unwrap_or_default().to_owned();
    let mut canaries = vec![
        stack.ready.owner.email.clone(),
        stack.ready.owner.password.clone(),
    ];
    let named = |n: usize| format!("Canary Name {n}");
    api.send("PATCH", &robot, &json!({"name": named(1)}), &[])?
        .expect(200)?;
    api.send(
        "PATCH",
        &format!("{home}/floors/{floor}"),
        &json!({"name": named(2)}),
        &[],
    )?
    .expect(200)?;
    let invitation = json!({"name": named(3), "role": "member"});
    let invitation = api
        .post(&format!("{home}/invitations"), &invitation, &[])?
        .expect(201)?;
    canaries.push(invitation["code"].as_str().unwrap_or_default().to_owned());
    let guest = stack.api().sign_in(&stack.ready.operator)?;
    guest
        .post(
            "/v1/invitations/accept",
            &json!({"code": invitation["code"]}),
            &[],
        )?
        .expect(200)?;
    let lease = api.post(&format!("{robot}/live"), &json!({}), &[])?.expect(201)?;
    canaries.push(lease["password"].as_str().unwrap_or_default().to_owned());
    api.get(&format!("{home}/export"))?;
    let wrong = json!({"name": named(4)});
    api.post(&format!("{home}/erasure"), &wrong, &[])?.expect(400)?;
    let bad = json!({"email": "canary@example.org", "password": named(5)});
    stack.api().post("/v1/auth/token", &bad, &[])?.expect(401)?;
    stack.api().get(&format!("{robot}?{}", "canary=1"))?.expect(401)?;
    let detail = api.get(&format!("{robot}/runs/{run}"))?.expect(200)?;
    let point = detail["track"][5].to_string();
    api.post(&format!("{home}/erasure"), &json!({"name": "Demo home"}), &[])?
        .expect(202)?;
    canaries.extend((1..=5).map(named));
    canaries.extend(
        [
            "canary@example.org",
            "canary=1",
            "Demo home",
            "BEGIN CERTIFICATE",
            "Bearer ",
        ]
        .map(str::to_owned),
    );
    canaries.push(point);
    assert!(stack.stop()?.success());

    let log = fs::read_to_string(data.with_extension("log"))?;
    assert!(log.lines().count() > 5, "{log}");
    for canary in canaries {
        let line = log.lines().find(|line| line.contains(&canary));
        assert_eq!(line, None, "{canary:?} is in a log line");
    }
    Ok(())
}
