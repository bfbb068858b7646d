//! The evaluator's answers, to the documents that the template deploys and the authorizer makes.

use domain::Timestamp;
use domain::id::PersonId;
use domain::lease::Lease;
use infra::{Parameters, Template};
use policy::{Action, Endpoint, Identity, PolicyDocument, Resource, evaluate};
use serde_json::Value;

use super::cells::{self, Attempt, Cell, ROBOT_A, ROBOT_B, STAGE, Who};
use super::{LEAST, judge};

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/template.yaml");
const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";

fn endpoint() -> Endpoint {
    Endpoint {
        region: REGION.to_owned(),
        account: ACCOUNT.to_owned(),
    }
}

fn template() -> Template {
    let yaml = std::fs::read_to_string(TEMPLATE).unwrap();
    let mut parameters = Parameters::new(STAGE, REGION, ACCOUNT);
    parameters
        .overrides
        .insert("FleetProvisioning".to_owned(), "true".to_owned());
    Template::parse(&yaml, &parameters).unwrap()
}

/// What robots are held to.
pub fn device_policy() -> PolicyDocument {
    template().device_policy().clone()
}

/// What claim certificates are held to.
pub fn claim_policy() -> PolicyDocument {
    template().provisioning().unwrap().claim_policy.clone()
}

/// What the authorizer gives the holder of the lease on robot A.
pub fn lease_policy() -> Value {
    let lease = Lease {
        id: cells::lease(),
        robot: cells::robot(ROBOT_A),
        person: PersonId::new(Timestamp::from_millis(0), 1),
        token_hash: String::new(),
        expires_at: Timestamp::from_millis(0),
    };
    functions::policy_document(&lease, &endpoint())
}

fn policies(who: Who) -> Vec<PolicyDocument> {
    match who {
        Who::RobotA | Who::RobotB => vec![device_policy()],
        Who::Phone => vec![PolicyDocument::from_value(lease_policy()).unwrap()],
        Who::Claim => vec![claim_policy()],
        Who::Revoked
        | Who::Expired
        | Who::OtherAuthority
        | Who::Unregistered
        | Who::NoCertificate
        | Who::Stranger => Vec::new(),
    }
}

/// The evaluator's view of a connection: a robot's certificate names a thing, everybody else has only a client id.
fn identity(who: Who, client_id: &str) -> Identity {
    let thing = match who {
        Who::RobotA => Some(ROBOT_A.to_owned()),
        Who::RobotB => Some(ROBOT_B.to_owned()),
        _ => None,
    };
    Identity {
        endpoint: endpoint(),
        client_id: client_id.to_owned(),
        attached: thing.is_some(),
        common_name: thing.clone(),
        thing_name: thing,
    }
}

/// The client id under which one is connected while it tries something else.
fn own_client_id(who: Who) -> String {
    match who {
        Who::RobotB => ROBOT_B.to_owned(),
        Who::Phone | Who::Stranger => cells::watcher(),
        Who::Claim => cells::CLAIMANT.to_owned(),
        Who::RobotA
        | Who::Revoked
        | Who::Expired
        | Who::OtherAuthority
        | Who::Unregistered
        | Who::NoCertificate => ROBOT_A.to_owned(),
    }
}

fn permits(policies: &[PolicyDocument], cell: &Cell) -> bool {
    let target = cell.target.as_str();
    let (client_id, needed): (String, &[(Action, Resource<'_>)]) = match cell.attempt {
        Attempt::Connect => (target.to_owned(), &[(Action::Connect, Resource::Client(target))]),
        Attempt::Publish | Attempt::Will => (
            own_client_id(cell.who),
            &[(Action::Publish, Resource::Topic(target))],
        ),
        Attempt::PublishRetained => (
            own_client_id(cell.who),
            &[
                (Action::Publish, Resource::Topic(target)),
                (Action::RetainPublish, Resource::Topic(target)),
            ],
        ),
        Attempt::Subscribe => (
            own_client_id(cell.who),
            &[(Action::Subscribe, Resource::TopicFilter(target))],
        ),
        Attempt::Receive => (
            own_client_id(cell.who),
            &[(Action::Receive, Resource::Topic(target))],
        ),
    };
    let identity = identity(cell.who, &client_id);
    needed
        .iter()
        .all(|(action, resource)| evaluate(policies, &identity, *action, *resource).is_allowed())
}

#[test]
fn the_deployed_policies_allow_what_they_shall() {
    let cells = cells::all();
    assert!(cells.len() >= LEAST, "only {} cells", cells.len());
    let documents = Who::ALL.map(|who| (who, policies(who)));
    let documents = |who| &documents.iter().find(|(other, _)| *other == who).unwrap().1;
    let tried: Vec<_> = cells
        .iter()
        .map(|cell| (cell, permits(documents(cell.who), cell)))
        .collect();
    judge("S1 policies", &tried);
}

#[test]
fn the_cells_are_there_for_other_brokers() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/topic-matrix.json");
    std::fs::write(path, serde_json::to_vec(&cells::all()).unwrap()).unwrap();
}
