//! What calls of services need of IAM, as the Service Authorization Reference says it.

use std::collections::BTreeSet;

use crate::reach::Call;

/// An action with the resource it is needed on, without what names account and region.
pub type Need = (String, String);

/// The actions and resources that a call needs.
pub fn of(call: &Call) -> BTreeSet<Need> {
    match call.adapter.as_str() {
        "crates/store" => of_table(call).into_iter().collect(),
        "crates/iot" => of_iot(call),
        other => panic!("{other} calls services that nothing is known of"),
    }
}

fn of_table(call: &Call) -> Option<Need> {
    let action = match (call.operation.as_str(), call.detail.as_str()) {
        ("step", "Put") => "PutItem",
        ("step", "Change") => "UpdateItem",
        ("step", "Delete") => "DeleteItem",
        // A transaction needs what its steps need.
        ("transact_write_items", _) => return None,
        ("query", "index") => return Some(need("dynamodb:Query", "table/Table/index/fleet")),
        ("batch_get_item", _) => "BatchGetItem",
        ("get_item", _) => "GetItem",
        ("put_item", _) => "PutItem",
        ("query", _) => "Query",
        ("update_item", _) => "UpdateItem",
        _ => panic!("nothing is known of {call:?}"),
    };
    Some(need(&format!("dynamodb:{action}"), "table/Table"))
}

fn of_iot(call: &Call) -> BTreeSet<Need> {
    let (action, resources): (_, &[&str]) = match call.operation.as_str() {
        // A client that is handed on asks for nothing.
        "clone" => return BTreeSet::new(),
        "attach_policy" => ("AttachPolicy", &["cert/*"]),
        "attach_thing_principal" => ("AttachThingPrincipal", &["cert/*", "thing/robot_*"]),
        "create_certificate_from_csr" => ("CreateCertificateFromCsr", &["*"]),
        "create_provisioning_claim" => ("CreateProvisioningClaim", &["provisioningtemplate/dev_robots"]),
        "create_thing" => ("CreateThing", &["thing/robot_*"]),
        "delete_certificate" => ("DeleteCertificate", &["cert/*"]),
        "delete_connection" => ("DeleteConnection", &["client/robot_*", "client/app_*"]),
        "detach_policy" => ("DetachPolicy", &["cert/*"]),
        "detach_thing_principal" => ("DetachThingPrincipal", &["cert/*", "thing/robot_*"]),
        "get_connection" => ("GetConnection", &["client/robot_*"]),
        "list_thing_principals" => ("ListThingPrincipals", &["thing/robot_*"]),
        "publish" => ("Publish", topic(&call.detail)),
        "retain_publish" => ("RetainPublish", topic(&call.detail)),
        "send_direct_message" => ("SendDirectMessage", &["client/robot_*"]),
        "update_certificate" => ("UpdateCertificate", &["cert/*"]),
        _ => panic!("nothing is known of {call:?}"),
    };
    let needs = resources
        .iter()
        .map(|resource| need(&format!("iot:{action}"), resource));
    needs.collect()
}

fn topic(variant: &str) -> &'static [&'static str] {
    match variant {
        "Commands" => &["topic/cmd/robot_*"],
        "Receipts" => &["topic/rcv/robot_*"],
        "Settings" => &["topic/cfg/robot_*"],
        other => panic!("nothing is known of messages of the kind {other:?}"),
    }
}

fn need(action: &str, resource: &str) -> Need {
    (action.to_owned(), resource.to_owned())
}
