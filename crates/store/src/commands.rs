//! Commands, the numbers they carry, and the keys that make asking twice the same as asking once.

use std::time::Duration;

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::command::{Command, CommandNumber, CommandState};
use domain::id::{CommandId, RobotId};
use domain::ports::{CommandStore, Reservation, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, Record, number, read, read_number, read_parsed, read_text, text, value};
use crate::keys::Key;
use crate::operations::{Attempt, Read};

/// How long commands are kept.
pub const COMMANDS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long an idempotency key belongs to its command.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

const COMMAND: &str = "command";
const NUMBER: &str = "command number";
const KEY: &str = "idempotency key";

#[async_trait]
impl CommandStore for TableStore {
    async fn reserve(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        key: &str,
        command: CommandId,
        digest: &str,
    ) -> Result<Reservation, StoreError> {
        let record = Record::new(KEY, Key::idempotency(scope, robot, key))
            .with("command", text(command))
            .with("digest", text(digest))
            .expiring(self.now().plus(IDEMPOTENCY_KEPT));
        match self.put_if(record, self.absent_or_expired()).await? {
            Attempt::Done => Ok(Reservation::New),
            Attempt::Refused(item) => taken(&item, command),
        }
    }

    async fn last_number(&self, robot: RobotId) -> Result<Option<CommandNumber>, StoreError> {
        let item = self.get(Key::number(robot), Read::Consistent).await?;
        item.map(|item| read_number(NUMBER, &item, "n").map(CommandNumber))
            .transpose()
    }

    async fn take_number(
        &self,
        robot: RobotId,
        last: Option<CommandNumber>,
        next: CommandNumber,
    ) -> Result<(), StoreError> {
        let condition = match last {
            Some(last) => Expression::new("#n = :last").with("last", number(last.0)),
            None => Expression::absent(),
        };
        let record = Record::new(NUMBER, Key::number(robot)).with("n", number(next.0));
        self.put_if(record, condition).await?.or_conflict(NUMBER)
    }

    async fn add_command(&self, scope: &HomeScope, command: &Command) -> Result<(), StoreError> {
        let record = Record::of(COMMAND, Key::command(scope, command.robot, command.id), command)?;
        let record = record.expiring(self.now().plus(COMMANDS_KEPT));
        self.put_if(record, Expression::absent())
            .await?
            .or_conflict(COMMAND)
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

/// Whose the key is; our own, when an answer was lost on the way and the request went out again.
fn taken(item: &Item, command: CommandId) -> Result<Reservation, StoreError> {
    let holder = read_parsed(KEY, item, "command")?;
    let digest = read_text(KEY, item, "digest")?.to_owned();
    Ok(if holder == command {
        Reservation::New
    } else {
        Reservation::Taken {
            command: holder,
            digest,
        }
    })
}
