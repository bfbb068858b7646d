//! What robots send within a minute, counted by many processes at once.

use std::time::Duration;

use async_trait::async_trait;
use domain::id::RobotId;
use domain::ports::{FlowStore, StoreError};
use domain::quarantine::Minute;

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{number, read_number};
use crate::keys::Key;
use crate::table::TABLE_SPEC;

/// How long the count of a minute is kept.
pub const FLOWS_KEPT: Duration = Duration::from_secs(60 * 60);

const FLOW: &str = "flow";

#[async_trait]
impl FlowStore for TableStore {
    async fn add_flow(&self, robot: RobotId, minute: Minute, weight: u32) -> Result<u64, StoreError> {
        let end = minute.start().plus(FLOWS_KEPT);
        let ttl = TABLE_SPEC.ttl;
        let change = Expression::new(format!("SET #{ttl} = :end ADD #n :weight"))
            .with("end", number(end.seconds()))
            .with("weight", number(weight));
        let counted = self.update(Key::flow(robot, minute), change).await?;
        read_number(FLOW, &counted, "n")
    }
}
