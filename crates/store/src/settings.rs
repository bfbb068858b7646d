//! Settings of robots; the permanent layers are packed, since they are most of them.

use async_trait::async_trait;
use domain::id::RobotId;
use domain::ports::{SettingsStore, StoreError};
use domain::settings::Settings;

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, Record, number, packed, read, read_packed};
use crate::keys::Key;
use crate::operations::Read;

const SETTINGS: &str = "settings";
const LAYERS: &str = "layers";

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
        layers: Vec::new(),
        ..settings.clone()
    };
    let record = Record::of(SETTINGS, Key::settings(robot), &slim)?;
    Ok(record.with(LAYERS, packed(&settings.layers)?))
}

fn settings_of(mut item: Item) -> Result<Settings, StoreError> {
    // Settings stored before floors had layers of their own have none; the next vote brings them.
    let is_packed = item.contains_key(LAYERS);
    let layers = is_packed
        .then(|| read_packed(SETTINGS, &item, LAYERS))
        .transpose()?;
    item.remove(LAYERS);
    Ok(Settings {
        layers: layers.unwrap_or_default(),
        ..read(SETTINGS, item)?
    })
}
