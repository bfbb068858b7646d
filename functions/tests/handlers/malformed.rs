//! Every class of bad input to every handler: none panics or asks for the event again, memory stays small, and what is
//! right is taken in between.

use domain::id::RunId;
use domain::run::{RunEvent, RunEventKind};
use functions::{HandlerError, ProvisioningHook};
use hostile::{Classes, Row};
use mapping::tile::TileIndex;
use serde_json::{Value, json};
use wire::renewal::{Renewal, RenewalWord};
use wire::run_event;
use wire::tile_pack::{PackedTile, TilePack};

use crate::live_authorizer::{TOKEN, lease, leased, request};
use crate::presence::connected;
use crate::provisioning_hook::{admitting, request as admission};
use crate::world::{NOW, World};
use crate::{command_outcome, status};

/// The most memory that the inputs of one class may take beyond what was held before, KiB.
const MORE_MEMORY_KIB: u64 = 16 * 1024;
/// The largest event that AWS hands to a function, bytes.
const LARGEST: usize = 256 * 1024;
const LEAST: usize = 2000;

/// A handler, and what it is tried with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Tiles,
    RunEvents,
    Status,
    Acks,
    Renewals,
    Presence,
    Stream,
    Watchers,
    Newcomers,
}

const DOORS: [Door; 9] = [
    Door::Tiles,
    Door::RunEvents,
    Door::Status,
    Door::Acks,
    Door::Renewals,
    Door::Presence,
    Door::Stream,
    Door::Watchers,
    Door::Newcomers,
];

/// What is wrong on purpose, so that the row can show that it finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bug {
    /// What cannot be read is no error but the end.
    Unwraps,
    /// What is compressed is expanded, however much it becomes.
    ExpandsAll,
}

#[tokio::test]
async fn no_input_stops_a_handler() {
    let Some(classes) = Classes::load() else {
        return;
    };
    let mut row = Row::new("S5 handlers");
    for door in DOORS {
        go(door, &classes, None, &mut row).await;
    }
    row.hold(LEAST);
}

#[tokio::test]
async fn a_handler_with_a_bug_that_is_built_in_is_found() {
    let Some(classes) = Classes::load() else {
        return;
    };
    for (bug, words) in [
        (Bug::Unwraps, "a handler that ends over what it cannot read"),
        (Bug::ExpandsAll, "a handler that expands whatever it gets"),
    ] {
        let mut row = Row::new("S5 handlers");
        go(Door::Tiles, &classes, Some(bug), &mut row).await;
        row.catches(words);
    }
}

async fn go(door: Door, classes: &Classes, bug: Option<Bug>, row: &mut Row) {
    for (class, make) in inputs(door, classes) {
        let world = door.world();
        let mut events = make(&world);
        events.retain(|event| event.to_string().len() <= LARGEST);
        hostile::forget_peak();
        let before = hostile::memory(std::process::id());
        for (at, event) in events.iter().enumerate() {
            let ended = hostile::survives(door.hand(&world, event, bug)).await;
            let is_taken = matches!(ended, Ok(Ok(())));
            row.add(is_taken, || format!("{door:?}, {class}, input {at}: {ended:?}"));
        }
        let after = hostile::memory(std::process::id());
        let more = before
            .zip(after)
            .map_or(0, |(before, after)| after.1.saturating_sub(before.0));
        row.add(more <= MORE_MEMORY_KIB, || {
            format!("{door:?}, {class}: {more} KiB more memory")
        });
        let arrives = door.arrives(&world).await;
        row.add(arrives, || {
            format!("{door:?}, after {class}: a good one is not taken")
        });
    }
}

/// What makes the events of a class in a world.
type Make<'a> = Box<dyn Fn(&World) -> Vec<Value> + 'a>;

/// The classes that fit a handler; what is no JSON at all never becomes an event.
fn inputs(door: Door, classes: &Classes) -> Vec<(&str, Make<'_>)> {
    let mut inputs: Vec<(&str, Make<'_>)> = Vec::new();
    let as_events = |payloads: Vec<Vec<u8>>| {
        payloads
            .iter()
            .filter_map(|text| serde_json::from_slice(text).ok())
            .collect()
    };
    for class in &classes.json {
        if door.takes_json() {
            let make =
                move |world: &World| messages(world, hostile::json(class, &parsed(&door.payload(world))));
            inputs.push((class, Box::new(make)));
        }
        let make = move |world: &World| as_events(hostile::json(class, &door.event(world)));
        inputs.push((class, Box::new(make)));
    }
    for class in &classes.time {
        let make = move |world: &World| match door.takes_json() {
            true => messages(world, hostile::time(class, &parsed(&door.payload(world)))),
            false => as_events(hostile::time(class, &door.event(world))),
        };
        inputs.push((class, Box::new(make)));
    }
    for class in classes.binary.iter().filter(|_| door.is_message()) {
        let make = move |world: &World| {
            let (good, packed) = (door.payload(world), |cells: &[u8]| pack(world, cells).encode());
            let mut events = messages(world, hostile::binary(class, &good, &packed));
            for data in hostile::not_base64(&good) {
                let mut event = world.event(&good);
                event["data"] = json!(data);
                events.push(event);
            }
            events
        };
        inputs.push((class, Box::new(make)));
    }
    inputs
}

fn messages(world: &World, payloads: Vec<Vec<u8>>) -> Vec<Value> {
    payloads.iter().map(|payload| world.event(payload)).collect()
}

fn parsed(payload: &[u8]) -> Value {
    serde_json::from_slice(payload).unwrap()
}

fn pack(world: &World, cells: &[u8]) -> TilePack {
    let tile = PackedTile {
        cells: cells.to_vec(),
        ..world.pack().tiles.remove(0)
    };
    TilePack {
        tiles: vec![tile],
        ..world.pack()
    }
}

impl Door {
    fn is_message(self) -> bool {
        matches!(
            self,
            Self::Tiles | Self::RunEvents | Self::Status | Self::Acks | Self::Renewals
        )
    }

    fn takes_json(self) -> bool {
        self.is_message() && self != Self::Tiles
    }

    fn world(self) -> World {
        let world = World::new();
        let command = command_outcome::command(&world);
        world.memory.look().commands.insert(command.id, command);
        if self == Self::Watchers {
            leased(&world);
        }
        world
    }

    /// What a robot would send.
    fn payload(self, world: &World) -> Vec<u8> {
        let pairing = world.pairing;
        match self {
            Self::Tiles => world.pack().encode(),
            Self::RunEvents => run_event::encode(&world.finish()),
            Self::Status => status::report(world).to_string().into_bytes(),
            Self::Acks => command_outcome::word(world).encode(),
            Self::Renewals => Renewal {
                pairing,
                word: RenewalWord::Connected,
            }
            .encode(),
            Self::Presence | Self::Stream | Self::Watchers | Self::Newcomers => vec![],
        }
    }

    /// What AWS would hand to the handler.
    fn event(self, world: &World) -> Value {
        match self {
            Self::Presence => connected(&world.robot.to_string()),
            Self::Stream => world.changed(world.robot, world.run),
            Self::Watchers => request(&lease(world).client_id(), TOKEN),
            Self::Newcomers => admission(world.robot, "new"),
            Self::Tiles | Self::RunEvents | Self::Status | Self::Acks | Self::Renewals => {
                world.event(&self.payload(world))
            }
        }
    }

    async fn hand(self, world: &World, event: &Value, bug: Option<Bug>) -> Result<(), HandlerError> {
        if let Some(bug) = bug {
            return bug.hand(event);
        }
        match self {
            Self::Tiles => world.map_ingest().handle(event, NOW).await,
            Self::RunEvents => world.run_reports().handle(event, NOW).await,
            Self::Status => world.status_reports().handle(event, NOW).await,
            Self::Acks => world.command_outcome().handle(event, NOW).await,
            Self::Renewals => world.renewals().handle(event, NOW).await,
            Self::Presence => world.presence_events().handle(event, NOW).await,
            Self::Stream => world.fold().handle(event, NOW).await,
            Self::Watchers => leased(world).0.handle(event, NOW).await.map(|_| ()),
            Self::Newcomers => ProvisioningHook::new(admitting(world))
                .handle(event, NOW)
                .await
                .map(|_| ()),
        }
    }

    /// Hands over a good event that has nothing to do with those before it; whether it did what it should.
    async fn arrives(self, world: &World) -> bool {
        let run = RunId::from_u128(4711);
        let tile = || pack(world, &world.pack().tiles[0].cells).tiles;
        let good = match self {
            Self::Tiles => world.event(
                &TilePack {
                    run,
                    tiles: tile(),
                    ..world.pack()
                }
                .encode(),
            ),
            Self::RunEvents => {
                let kind = RunEventKind::Started;
                world.event(&run_event::encode(&RunEvent {
                    run,
                    kind,
                    ..world.finish()
                }))
            }
            _ => self.event(world),
        };
        let refused = world.memory.look().incidents.len();
        let ended = self.hand(world, &good, None).await;
        let shelves = world.memory.look();
        let is_stored = match self {
            Self::Tiles => shelves.run_tiles.contains_key(&(run, TileIndex { x: 0, y: 0 })),
            Self::RunEvents => shelves.runs.contains_key(&run),
            // A robot that has not asked for a certificate has none to connect with.
            Self::Renewals => return ended.is_ok(),
            _ => true,
        };
        ended.is_ok() && is_stored && shelves.incidents.len() == refused
    }
}

impl Bug {
    fn hand(self, event: &Value) -> Result<(), HandlerError> {
        let Ok(message) = functions::event::RobotMessage::try_from(event) else {
            return Ok(());
        };
        let pack = TilePack::decode(&message.payload);
        match (self, pack) {
            (Self::Unwraps, pack) => drop(pack.unwrap()),
            (Self::ExpandsAll, Ok(pack)) => pack.tiles.iter().for_each(|tile| expand(&tile.cells)),
            (Self::ExpandsAll, Err(_)) => {}
        }
        Ok(())
    }
}

fn expand(cells: &[u8]) {
    let mut expanded = Vec::new();
    let _ = std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(cells), &mut expanded);
    std::hint::black_box(expanded);
}
