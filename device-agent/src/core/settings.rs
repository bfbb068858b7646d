//! Settings: retained and versioned; the newest of our pairing is kept and heeded.

use domain::id::{FloorId, PairingId};
use domain::settings::{PermanentLayer, Preferences, Settings};
use wire::settings;

use super::Agent;
use crate::driver::DriverOrder;

impl Agent {
    pub(super) fn on_settings(&mut self, payload: &[u8]) {
        let settings = match settings::decode(payload) {
            Ok(settings) => settings,
            Err(error) => {
                return tracing::warn!(robot.id = %self.endpoint.robot, %error, "settings were refused");
            }
        };
        if settings.pairing != self.endpoint.pairing || settings.version <= self.settings_version() {
            return;
        }
        if let Err(error) = self.storage.save_settings(&settings) {
            return tracing::error!(robot.id = %self.endpoint.robot, %error, "settings were not saved");
        }
        tracing::info!(robot.id = %self.endpoint.robot, version = settings.version, "settings applied");
        self.settings = Some(settings);
        self.reschedule();
        self.look_around();
        self.configure_driver();
        if let Some(run) = &mut self.run {
            run.may_upload &= self
                .settings
                .as_ref()
                .is_none_or(|settings| settings.preferences.upload_map);
        }
    }

    /// The version of the settings in force; 0 before any.
    pub(super) fn settings_version(&self) -> u64 {
        self.own_settings().map_or(0, |settings| settings.version)
    }

    /// The version of the room list that the robot knows of a floor, of the one used last without `floor`.
    pub(super) fn rooms_version(&self, floor: Option<FloorId>) -> u64 {
        let layers = layers_of(self.settings.as_ref(), self.endpoint.pairing);
        let layer = match floor {
            Some(floor) => layers.iter().find(|layer| layer.floor == floor),
            None => layers.first(),
        };
        layer.map_or(0, |layer| layer.rooms_version)
    }

    /// Whether a run has voted on a floor that the robot was told of.
    pub(super) fn knows_floors(&self) -> bool {
        !layers_of(self.settings.as_ref(), self.endpoint.pairing).is_empty()
    }

    /// What the owner chose, without a lock that was lifted at the robot.
    pub(super) fn preferences(&self) -> Preferences {
        let Some(settings) = self.own_settings() else {
            return Preferences::initial();
        };
        let preferences = settings.preferences.clone();
        Preferences {
            child_lock: preferences.child_lock && !self.is_lock_lifted(),
            ..preferences
        }
    }

    /// Whether the child lock that the owner chose last was lifted at the robot.
    pub(super) fn is_lock_lifted(&self) -> bool {
        let is_locked = |settings: &Settings| settings.preferences.child_lock;
        self.own_settings().is_some_and(is_locked) && self.state.lifted_in == Some(self.chosen_in())
    }

    /// The version of the settings with which the owner chose last.
    pub(super) fn chosen_in(&self) -> u64 {
        self.own_settings().map_or(0, |settings| settings.chosen_in)
    }

    pub(super) fn configure_driver(&mut self) {
        let preferences = self.preferences_in_frame();
        self.order(DriverOrder::Configure(preferences));
    }

    fn own_settings(&self) -> Option<&Settings> {
        own(self.settings.as_ref(), self.endpoint.pairing)
    }
}

/// The floors that the robot knows.
pub(super) fn layers_of(settings: Option<&Settings>, pairing: PairingId) -> &[PermanentLayer] {
    own(settings, pairing).map_or(&[], |settings| &settings.layers)
}

/// Settings of an earlier pairing are nobody's.
fn own(settings: Option<&Settings>, pairing: PairingId) -> Option<&Settings> {
    settings.filter(|settings| settings.pairing == pairing)
}
