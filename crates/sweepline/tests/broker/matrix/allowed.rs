//! What is permitted, said without the evaluator and without the policies: whoever changes those has to say it here too.

use super::cells::{Attempt, CLAIMANT, ROBOT_A, ROBOT_B, STAGE, Who, watcher};

/// Whether `who` may do this.
pub fn allowed(who: Who, attempt: Attempt, target: &str) -> bool {
    match who {
        Who::RobotA => robot_may(ROBOT_A, attempt, target),
        Who::RobotB => robot_may(ROBOT_B, attempt, target),
        Who::Phone => phone_may(attempt, target),
        Who::Claim => claim_may(attempt, target),
        Who::Revoked
        | Who::Expired
        | Who::OtherAuthority
        | Who::Unregistered
        | Who::NoCertificate
        | Who::Stranger => false,
    }
}

/// A robot connects as itself, reports to the five rules, shows itself live, and is told what is meant for it.
fn robot_may(robot: &str, attempt: Attempt, target: &str) -> bool {
    let said = [
        format!("$aws/rules/{STAGE}_map_ingest/r/{robot}/tiles"),
        format!("$aws/rules/{STAGE}_run_events/r/{robot}/run"),
        format!("$aws/rules/{STAGE}_status/r/{robot}/status"),
        format!("$aws/rules/{STAGE}_command_outcome/r/{robot}/ack"),
        format!("$aws/rules/{STAGE}_renewal/r/{robot}/renewal"),
        format!("live/{robot}/pose"),
        format!("live/{robot}/tiles"),
    ];
    let heard = ["cmd", "cfg", "rcv"].map(|kind| format!("{kind}/{robot}"));
    match attempt {
        Attempt::Connect => target == robot,
        Attempt::Publish | Attempt::Will => said.iter().any(|topic| topic == target),
        Attempt::PublishRetained => false,
        Attempt::Subscribe | Attempt::Receive => heard.iter().any(|topic| topic == target),
    }
}

/// A phone watches the robot of its lease, and says nothing.
fn phone_may(attempt: Attempt, target: &str) -> bool {
    let shown = ["pose", "tiles"].map(|kind| format!("live/{ROBOT_A}/{kind}"));
    match attempt {
        Attempt::Connect => target == watcher(),
        Attempt::Subscribe | Attempt::Receive => shown.iter().any(|topic| topic == target),
        Attempt::Publish | Attempt::PublishRetained | Attempt::Will => false,
    }
}

/// A robot that is not provisioned asks for a certificate and a name, hears the answers, and does nothing else.
fn claim_may(attempt: Attempt, target: &str) -> bool {
    let asks = [
        "$aws/certificates/create-from-csr/json".to_owned(),
        format!("$aws/provisioning-templates/{STAGE}_robots/provision/json"),
    ];
    let is_answer = |ask: &String| {
        ["accepted", "rejected"]
            .iter()
            .any(|end| target == format!("{ask}/{end}"))
    };
    match attempt {
        Attempt::Connect => target == CLAIMANT,
        Attempt::Publish | Attempt::Will => asks.iter().any(|ask| ask == target),
        Attempt::PublishRetained => false,
        Attempt::Subscribe | Attempt::Receive => asks.iter().any(is_answer),
    }
}
