//! Kinds of tokens: each opens its own door and no other (RFC 8725 section 3.12).

use access::sha256_hex;
use domain::lease::Lease;
use domain::ports::LeaseStore;
use hostile::Row;
use http::Method;
use serde_json::json;

use super::ground::Ground;
use super::identities::Who;
use super::tokens::Signer;

/// What is asked for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Api,
    LiveView,
    Claim,
}

#[tokio::test]
async fn each_kind_of_token_opens_its_own_door_alone() {
    let ground = Ground::prepare(None).await;
    let id_token = Signer::of(&ground.world).token("JWT", &json!({}), Who::Owner, &ground.world);
    let access_token = ground.world.token_of(Who::Owner.person(), false);
    let kinds = [
        ("access token", access_token.as_str(), Some(Door::Api)),
        ("id token", &id_token, None),
        (
            "token of a live view",
            &ground.ours["lease token"],
            Some(Door::LiveView),
        ),
        (
            "secret of a claim",
            &ground.ours["claim secret"],
            Some(Door::Claim),
        ),
    ];
    let mut row = Row::new("S3 kinds");
    for (kind, token, own) in kinds {
        for door in [Door::Api, Door::LiveView, Door::Claim] {
            let opened = opens(&ground, door, token).await;
            row.add(opened == (own == Some(door)), || format!("{kind} at {door:?}"));
        }
    }
    row.hold(12);
}

async fn opens(ground: &Ground, door: Door, token: &str) -> bool {
    let (path, scheme) = match door {
        Door::Api => (ground.world.at_robot(""), "Bearer"),
        Door::Claim => (
            format!("/v1/provisioning/claims/{}", ground.ours["claim"]),
            "Claim",
        ),
        Door::LiveView => return opens_live_view(ground, token).await,
    };
    let request = ground.world.request(Method::GET, &path);
    let answer = ground
        .world
        .send(request.header("authorization", &format!("{scheme} {token}")))
        .await;
    answer.status.is_success()
}

/// As the broker's authorizer decides, for who names the lease.
async fn opens_live_view(ground: &Ground, token: &str) -> bool {
    let lease = Lease::of_client(&format!("app_{}", ground.ours["lease"])).unwrap();
    let lease = ground.world.store.lease(lease).await.unwrap().unwrap();
    lease.token_hash == sha256_hex(token.as_bytes())
}
