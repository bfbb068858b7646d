//! What each handler is given: events of our robot, which name what is the other home's as well.

use domain::id::RobotId;
use domain::run::{RunEvent, RunEventKind};
use serde_json::{Value, json};
use wire::ack::Ack;
use wire::renewal::{Renewal, RenewalWord};
use wire::run_event;
use wire::tile_pack::TilePack;

use super::Bug;
use super::ground::{Ground, command, lease, owner};
use crate::live_authorizer::{TOKEN, request};
use crate::presence::connected;
use crate::provisioning_hook;
use crate::world::World;
use crate::{command_outcome, status};

/// A handler of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    MapIngest,
    RunEvents,
    Status,
    CommandOutcome,
    Renewal,
    Presence,
    Fold,
    LiveAuthorizer,
    ProvisioningHook,
    Erasure,
}

/// The handlers of what robots publish.
const MESSAGES: [Handler; 5] = [
    Handler::MapIngest,
    Handler::RunEvents,
    Handler::Status,
    Handler::CommandOutcome,
    Handler::Renewal,
];

/// One event for one handler.
pub struct Cell {
    pub handler: Handler,
    pub what: &'static str,
    pub event: Value,
}

/// All of them; the erasure last, since nothing of our home is left after it.
pub fn cells(ground: &Ground, bug: Option<Bug>) -> Vec<Cell> {
    let mut cells = Vec::new();
    for handler in MESSAGES {
        cells.extend(messages(ground, handler, bug));
    }
    cells.extend(connections(ground));
    cells.extend(records(ground));
    cells.extend(watchers(ground));
    cells.extend(newcomers(ground));
    cells.push(erasure(ground));
    cells
}

fn messages(Ground { ours, foreign, .. }: &Ground, handler: Handler, bug: Option<Bug>) -> Vec<Cell> {
    let sender = match bug {
        Some(Bug::SenderIsNotCompared) => foreign,
        _ => ours,
    };
    let cell = |what, event| Cell { handler, what, event };
    let mut cells = Vec::new();
    for (what, pairing, of) in [
        ("its own", ours, ours),
        ("another home's pairing", foreign, ours),
        ("another home's run or command", ours, foreign),
        ("another home's pairing, and run or command", foreign, foreign),
    ] {
        for payload in payloads(handler, pairing, of) {
            cells.push(cell(what, sender.event(&payload)));
        }
    }
    for (what, payload) in [
        ("nothing", &b""[..]),
        ("no payload of the kind", b"\x01{\"v\":1,"),
    ] {
        cells.push(cell(what, sender.event(payload)));
    }
    let mut strayed = ours.event(b"{}");
    strayed["robot"] = json!(foreign.robot);
    cells.push(cell("another robot's topic", strayed));
    cells
}

/// Messages under the pairing of one home, about the run or the command of another, maybe the same.
fn payloads(handler: Handler, pairing: &World, of: &World) -> Vec<Vec<u8>> {
    let pairing = pairing.pairing;
    match handler {
        Handler::MapIngest => {
            let run = of.run;
            vec![
                TilePack {
                    pairing,
                    run,
                    ..of.pack()
                }
                .encode(),
            ]
        }
        Handler::RunEvents => [RunEventKind::Started, of.finish().kind]
            .map(|kind| {
                run_event::encode(&RunEvent {
                    pairing,
                    kind,
                    ..of.finish()
                })
            })
            .into(),
        Handler::Status => {
            let mut report = status::report(of);
            report["pairing"] = json!(pairing);
            vec![report.to_string().into_bytes()]
        }
        Handler::CommandOutcome => {
            let command = command(of).id;
            vec![
                Ack {
                    pairing,
                    command,
                    ..command_outcome::word(of)
                }
                .encode(),
            ]
        }
        Handler::Renewal => {
            let csr = String::from("csr");
            [RenewalWord::Wanted { csr }, RenewalWord::Connected]
                .map(|word| Renewal { pairing, word }.encode())
                .into()
        }
        Handler::Presence
        | Handler::Fold
        | Handler::LiveAuthorizer
        | Handler::ProvisioningHook
        | Handler::Erasure => vec![],
    }
}

fn connections(Ground { ours, .. }: &Ground) -> Vec<Cell> {
    let came = connected(&ours.robot.to_string());
    let mut went = came.clone();
    went["eventType"] = json!("disconnected");
    let mut broken = came.clone();
    broken["versionNumber"] = json!(-1);
    let cell = |(what, event)| Cell {
        handler: Handler::Presence,
        what,
        event,
    };
    [("came", came), ("went", went), ("no version", broken)]
        .map(cell)
        .into()
}

/// What the stream says of runs in our home, also of such as are another home's.
fn records(
    Ground {
        ours,
        foreign,
        sealed,
        ..
    }: &Ground,
) -> Vec<Cell> {
    let cell = |what, robot: RobotId, run| Cell {
        handler: Handler::Fold,
        what,
        event: ours.changed(robot, run),
    };
    let [own, other] = *sealed;
    vec![
        cell("its own", ours.robot, own),
        cell("its own again", ours.robot, own),
        cell("another home's robot", foreign.robot, own),
        cell("another home's robot and run", foreign.robot, other),
    ]
}

fn watchers(Ground { ours, foreign, .. }: &Ground) -> Vec<Cell> {
    let cell = |what, of: &World, token: &[u8]| Cell {
        handler: Handler::LiveAuthorizer,
        what,
        event: request(&lease(of).client_id(), token),
    };
    vec![
        cell("its own lease", ours, TOKEN),
        cell("its own lease with another token", ours, b"guess"),
        cell("another home's lease", foreign, b"guess"),
    ]
}

fn newcomers(Ground { ours, foreign, .. }: &Ground) -> Vec<Cell> {
    let own = provisioning_hook::request(ours.robot, "new");
    let mut strayed = own.clone();
    strayed["parameters"]["Code"] = json!(provisioning_hook::code(foreign.robot));
    let cell = |(what, event)| Cell {
        handler: Handler::ProvisioningHook,
        what,
        event,
    };
    [("its own code", own), ("another robot's code", strayed)]
        .map(cell)
        .into()
}

fn erasure(Ground { ours, .. }: &Ground) -> Cell {
    let keys = json!({
        "pk": {"S": format!("P#{}", owner(ours))},
        "sk": {"S": format!("ERASED#{}", ours.home)},
    });
    Cell {
        handler: Handler::Erasure,
        what: "its own",
        event: json!({"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}]}),
    }
}
