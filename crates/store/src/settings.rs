//! Settings of robots; the permanent layer is packed, since it is most of them.

use async_trait::async_trait;
use domain::id::RobotId;
use domain::ports::{SettingsStore, StoreError};
use domain::settings::{PermanentLayer, Settings};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, Record, number, packed, read, read_packed, value};
use crate::keys::Key;
use crate::operations::Read;

const SETTINGS: &str = "settings";
const PERMANENT: &str = "permanent";

#[async_trait]
impl SettingsStore for TableStore {
    async fn settings(&self, robot: RobotId) -> Result<Option<Settings>, StoreError> {
        let item = self.get(Key::settings(robot), Read::Consistent).await?;
        item.map(settings_of).transpose()
    }

    async fn put_settings(
        &self,
        robot: RobotId,
        settings: &Settings,
        expected: Option<u64>,
    ) -> Result<(), StoreError> {
        let condition = match expected {
            Some(version) => Expression::new("#version = :expected").with("expected", number(version)),
            None => Expression::absent(),
        };
        self.put_if(record_of(robot, settings)?, condition)
            .await?
            .or_conflict(SETTINGS)
    }
}

fn record_of(robot: RobotId, settings: &Settings) -> Result<Record, StoreError> {
    let slim = Settings {
        permanent: PermanentLayer::default(),
        ..settings.clone()
    };
    let record = Record::of(SETTINGS, Key::settings(robot), &slim)?;
    Ok(record.with(PERMANENT, packed(&settings.permanent)?))
}

fn settings_of(mut item: Item) -> Result<Settings, StoreError> {
    let permanent = read_packed(SETTINGS, &item, PERMANENT)?;
    item.insert(PERMANENT.to_owned(), value(&PermanentLayer::default())?);
    Ok(Settings {
        permanent,
        ..read(SETTINGS, item)?
    })
}
