//! Owners change a robot's settings.

use std::sync::Arc;

use super::UseCaseError;
use crate::id::RobotId;
use crate::ports::{RobotMailbox, SettingsStore};
use crate::settings::{Preferences, Settings};

/// Keeps settings and brings them to robots.
#[derive(Clone)]
pub struct SettingsKeeping {
    /// Where settings are.
    pub settings: Arc<dyn SettingsStore>,
    /// How the robot hears of them.
    pub mailbox: Arc<dyn RobotMailbox>,
}

impl SettingsKeeping {
    /// The robot's settings.
    pub async fn read(&self, robot: RobotId) -> Result<Settings, UseCaseError> {
        self.settings
            .settings(robot)
            .await?
            .ok_or(UseCaseError::NotFound { what: "settings" })
    }

    /// Replaces the preferences if `expected` is the stored version, and leaves them for the robot.
    ///
    /// Another version is [`UseCaseError::VersionMismatch`]. The settings are stored before they are posted; a robot
    /// that missed the post gets them when it next reports an older version.
    pub async fn change(
        &self,
        robot: RobotId,
        expected: u64,
        preferences: Preferences,
    ) -> Result<Settings, UseCaseError> {
        let preferences = preferences.checked()?;
        preferences.check_zone()?;
        let stored = self.read(robot).await?;
        if stored.version != expected {
            return Err(UseCaseError::VersionMismatch);
        }
        let next = stored.with_preferences(preferences);
        let written = self.settings.put_settings(robot, &next, Some(expected)).await;
        super::unless_conflict(written)?.ok_or(UseCaseError::VersionMismatch)?;
        self.mailbox.post_settings(robot, &next).await?;
        Ok(next)
    }
}
