//! The files of the pages, part of the program so that it runs from anywhere.

/// A file that is served under `/web/`.
#[derive(Debug)]
pub(super) struct Asset {
    pub(super) name: &'static str,
    pub(super) bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal),* $(,)?) => {
        /// Every file of `mobile-api/web`.
        pub(super) const ASSETS: &[Asset] = &[$(Asset {
            name: $name,
            bytes: include_bytes!(concat!("../../web/", $name)),
        }),*];
    };
}

assets! {
    "account.js",
    "api.js",
    "auth.js",
    "backoff.js",
    "base.css",
    "brand.js",
    "camera.js",
    "clean-choice.js",
    "clean-panel.js",
    "command-flow.js",
    "command-words.js",
    "controls.js",
    "desk.css",
    "dom.js",
    "fleet-filters.js",
    "fleet-query.js",
    "fleet-summary.js",
    "fleet-table.js",
    "fleet-view.js",
    "fleet.css",
    "fleet.html",
    "fleet.js",
    "floor-data.js",
    "floor-desk.js",
    "floor-feed.js",
    "floor-scene.js",
    "floor-switch.js",
    "floor-words.js",
    "form-dialog.js",
    "freshness.js",
    "geometry.js",
    "gestures.js",
    "home-data.js",
    "home-panel.js",
    "home-view.js",
    "home.css",
    "homes.js",
    "icon.svg",
    "icons.js",
    "index.html",
    "kept.js",
    "limits-panel.js",
    "live-batch.js",
    "live-run.js",
    "live.js",
    "map-marks.js",
    "map-panel.js",
    "map-view.js",
    "map.css",
    "members.js",
    "mqtt-client.js",
    "mqtt.js",
    "overview.js",
    "page.js",
    "pairing.js",
    "palette.js",
    "parts.js",
    "phone.css",
    "phone.js",
    "plan-feed.js",
    "plan-marks.js",
    "playback.js",
    "poll.js",
    "problem.js",
    "random.js",
    "raster.js",
    "refresh.js",
    "robot-card.js",
    "robot-details.js",
    "robot-map.js",
    "robot-settings.js",
    "robot-view.js",
    "robot-wide.css",
    "robot.css",
    "room-colours.js",
    "room-labels.js",
    "room-row.js",
    "rooms-panel.js",
    "runs-list.js",
    "schedule-dialog.js",
    "schedule-panel.js",
    "schedule-words.js",
    "schedule.css",
    "session.js",
    "shape-editor.js",
    "shape-kinds.js",
    "shape-marks.js",
    "shape-row.js",
    "signin-view.js",
    "things-panel.js",
    "tiles.js",
    "top-bar.js",
    "types.js",
    "words.js",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_pages_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let files = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let files: BTreeSet<String> = files.map(|name| name.into_string().unwrap()).collect();
        let served: BTreeSet<String> = ASSETS.iter().map(|asset| asset.name.to_owned()).collect();
        let differing: Vec<_> = served.symmetric_difference(&files).collect();
        assert!(differing.is_empty(), "{differing:?}");
    }
}
