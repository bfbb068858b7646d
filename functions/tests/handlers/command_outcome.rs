use domain::command::{Command, CommandKind, CommandNumber, CommandState, Order};
use domain::id::{CommandId, PairingId, PersonId};
use domain::receipt::ReceiptKind;
use functions::HandlerError;
use wire::ack::{Ack, Answer};

use crate::world::{NOW, World};

const COMMAND: u128 = 77;

/// A command that was delivered to the robot.
pub fn command(world: &World) -> Command {
    Command {
        id: CommandId::from_u128(COMMAND),
        robot: world.robot,
        home: world.home,
        pairing: world.pairing,
        number: CommandNumber(1),
        order: Order::new(CommandKind::Dock, None).unwrap(),
        issuer: PersonId::from_u128(5),
        issued_at: NOW,
        expires_at: NOW,
        rooms_version: 0,
        planned_seconds: None,
        correlation: None,
        state: CommandState::Delivered,
    }
}

fn world_with_a_command() -> World {
    let world = World::new();
    let command = command(&world);
    world.memory.look().commands.insert(command.id, command);
    world
}

/// What the robot says of the command.
pub fn word(world: &World) -> Ack {
    let (command, pairing) = (CommandId::from_u128(COMMAND), world.pairing);
    Ack {
        command,
        pairing,
        answer: Answer::Accepted { run: None },
        at: NOW,
    }
}

async fn handle(world: &World, payload: &[u8]) -> Vec<String> {
    world
        .command_outcome()
        .handle(&world.event(payload), NOW)
        .await
        .unwrap();
    world.refusals("command_outcome")
}

fn settled(world: &World) -> bool {
    let shelves = world.memory.look();
    let command = CommandId::from_u128(COMMAND);
    shelves
        .receipts
        .iter()
        .any(|(_, receipt)| receipt.kind == ReceiptKind::Settled { command })
}

#[tokio::test]
async fn a_word_moves_the_command_and_is_answered() {
    let world = world_with_a_command();
    assert!(handle(&world, &word(&world).encode()).await.is_empty());
    let state = world.memory.look().commands[&CommandId::from_u128(COMMAND)].state;
    assert_eq!(state, CommandState::Accepted { run: None });
    assert!(settled(&world));
}

#[tokio::test]
async fn a_word_under_an_earlier_pairing_is_refused_and_need_not_be_repeated() {
    let world = world_with_a_command();
    let foreign = Ack {
        pairing: PairingId::new(NOW, 99),
        ..word(&world)
    };
    let refusals = handle(&world, &foreign.encode()).await;
    assert_eq!(refusals, ["pairing: is not the robot's present pairing"]);
    let state = world.memory.look().commands[&CommandId::from_u128(COMMAND)].state;
    assert_eq!(state, CommandState::Delivered);
    assert!(settled(&world));
}

#[tokio::test]
async fn payloads_that_are_no_words_are_recorded_and_acknowledged() {
    let world = World::new();
    let text = String::from_utf8(word(&world).encode()).unwrap();
    for (payload, expected) in [
        (String::new(), "payload:"),
        (text.replace("\"v\":1", "\"v\":0"), "v: version 0"),
        (text.replace("accepted", "delivered"), "payload:"),
        (text.replace("cmd_", "run_"), "payload:"),
        (text.clone(), "command: is not a command to this robot"),
    ] {
        let world = World::new();
        let refusals = handle(&world, payload.as_bytes()).await;
        assert!(
            refusals.len() == 1 && refusals[0].starts_with(expected),
            "{expected} {refusals:?}"
        );
    }
}

#[tokio::test]
async fn an_outage_is_an_error() {
    let world = world_with_a_command();
    world.memory.fail();
    let event = world.event(&word(&world).encode());
    assert!(matches!(
        world.command_outcome().handle(&event, NOW).await,
        Err(HandlerError::Store(_))
    ));
}
