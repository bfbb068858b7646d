//! Commands, and the log of a robot's last ones, which is small enough for one write unit.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::HomeScope;
use domain::command::{Command, CommandNumber, CommandState};
use domain::command_log::{Asked, CommandLog};
use domain::id::{CommandId, RobotId};
use domain::ports::{CommandStore, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Record, number, read, read_number, value};
use crate::keys::Key;
use crate::operations::{Read, Step};

/// How long commands are kept.
pub const COMMANDS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

const COMMAND: &str = "command";
const LOG: &str = "command log";
/// The attribute with the commands that are remembered.
const REMEMBERED: &str = "asked";
/// Bytes of one of them: key, digest and command.
const ASKED_BYTES: usize = 3 * size_of::<u128>();

#[async_trait]
impl CommandStore for TableStore {
    async fn command_log(&self, robot: RobotId) -> Result<CommandLog, StoreError> {
        let Some(item) = self.get(Key::number(robot), Read::Consistent).await? else {
            return Ok(CommandLog::default());
        };
        let last = read_number(LOG, &item, "n").map(CommandNumber)?;
        let bytes = item.get(REMEMBERED).and_then(|bytes| bytes.as_b().ok());
        let remembered = bytes.map_or_else(Vec::new, |bytes| asked_of(bytes.as_ref()));
        Ok(CommandLog::new(Some(last), remembered))
    }

    async fn add_command(
        &self,
        scope: &HomeScope,
        command: &Command,
        log: &CommandLog,
        last: Option<CommandNumber>,
    ) -> Result<(), StoreError> {
        let key = || Key::command(scope, command.robot, command.id);
        let record = Record::of(COMMAND, key(), command)?.expiring(self.now().plus(COMMANDS_KEPT));
        self.put_if(record, Expression::absent())
            .await?
            .or_conflict(COMMAND)?;
        let log = log_record(command.robot, log);
        let written = self.put_if(log, is_last(last)).await?.or_conflict(LOG);
        if written.is_err() {
            self.transact(COMMAND, vec![Step::Delete(key(), None)]).await?;
        }
        written
    }

    async fn command(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        command: CommandId,
    ) -> Result<Option<Command>, StoreError> {
        let item = self
            .get(Key::command(scope, robot, command), Read::Consistent)
            .await?;
        item.map(|item| read(COMMAND, item)).transpose()
    }

    async fn set_command_state(
        &self,
        scope: &HomeScope,
        command: &Command,
        from: CommandState,
        to: CommandState,
    ) -> Result<(), StoreError> {
        let change = Expression::new("SET #state = :to").with("to", value(&to)?);
        let condition = Expression::new("#state = :from").with("from", value(&from)?);
        let key = Key::command(scope, command.robot, command.id);
        self.update_if(key, change, condition).await?.or_conflict(COMMAND)
    }
}

fn is_last(last: Option<CommandNumber>) -> Expression {
    match last {
        Some(last) => Expression::new("#n = :last").with("last", number(last.0)),
        None => Expression::absent(),
    }
}

fn log_record(robot: RobotId, log: &CommandLog) -> Record {
    let last = log.last().map_or(0, |last| last.0);
    let remembered = log.remembered().iter().flat_map(bytes_of).collect::<Vec<u8>>();
    Record::new(LOG, Key::number(robot))
        .with("n", number(last))
        .with(REMEMBERED, AttributeValue::B(Blob::new(remembered)))
}

fn bytes_of(asked: &Asked) -> [u8; ASKED_BYTES] {
    let mut bytes = [0; ASKED_BYTES];
    let numbers = [asked.key, asked.digest, asked.command.as_u128()];
    for (place, number) in bytes.chunks_exact_mut(size_of::<u128>()).zip(numbers) {
        place.copy_from_slice(&number.to_be_bytes());
    }
    bytes
}

/// What is not whole is left out: it was not written by this code.
fn asked_of(bytes: &[u8]) -> Vec<Asked> {
    let (numbers, _) = bytes.as_chunks::<{ size_of::<u128>() }>();
    let (all, _) = numbers.as_chunks::<3>();
    let asked = all.iter().map(|[key, digest, command]| Asked {
        key: u128::from_be_bytes(*key),
        digest: u128::from_be_bytes(*digest),
        command: CommandId::from_u128(u128::from_be_bytes(*command)),
    });
    asked.collect()
}
