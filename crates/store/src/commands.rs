//! Commands, the numbers they carry, and the keys that make asking twice the same as asking once.

use std::time::Duration;

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::command::{Command, CommandNumber, CommandState};
use domain::id::{CommandId, RobotId};
use domain::ports::{CommandStore, Reservation, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Record, number, read, read_number, read_parsed, read_text, text, value};
use crate::keys::Key;
use crate::operations::{Read, Step};

/// How long commands are kept.
pub const COMMANDS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long an idempotency key belongs to its command.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

const COMMAND: &str = "command";
const NUMBER: &str = "command number";
const KEY: &str = "idempotency key";

#[async_trait]
impl CommandStore for TableStore {
    async fn reservation(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        key: &str,
    ) -> Result<Option<Reservation>, StoreError> {
        let item = self
            .get(Key::idempotency(scope, robot, key), Read::Consistent)
            .await?;
        item.map(|item| {
            let digest = read_text(KEY, &item, "digest")?.to_owned();
            Ok(Reservation {
                command: read_parsed(KEY, &item, "command")?,
                digest,
            })
        })
        .transpose()
    }

    async fn last_number(&self, robot: RobotId) -> Result<Option<CommandNumber>, StoreError> {
        let item = self.get(Key::number(robot), Read::Consistent).await?;
        item.map(|item| read_number(NUMBER, &item, "n").map(CommandNumber))
            .transpose()
    }

    async fn add_command(
        &self,
        scope: &HomeScope,
        command: &Command,
        key: &str,
        digest: &str,
        last: Option<CommandNumber>,
    ) -> Result<(), StoreError> {
        let (robot, now) = (command.robot, self.now());
        let record = Record::of(COMMAND, Key::command(scope, robot, command.id), command)?;
        let number = Record::new(NUMBER, Key::number(robot)).with("n", number(command.number.0));
        let reservation = Record::new(KEY, Key::idempotency(scope, robot, key))
            .with("command", text(command.id))
            .with("digest", text(digest));
        let steps = vec![
            Step::Put(
                record.expiring(now.plus(COMMANDS_KEPT)),
                Some(Expression::absent()),
            ),
            Step::Put(number, Some(is_last(last))),
            Step::Put(
                reservation.expiring(now.plus(IDEMPOTENCY_KEPT)),
                Some(self.absent_or_expired()),
            ),
        ];
        self.transact(COMMAND, steps).await
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
