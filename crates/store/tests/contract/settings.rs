use domain::command::Corner;
use domain::id::{FloorId, PairingId};
use domain::ports::{SettingsStore, StoreError};
use domain::settings::{PermanentLayer, Preferences, Restriction, Settings};
use mapping::tile::TileIndex;

use crate::samples::{AT, robot_id, room_tile};

pub async fn settings_store(store: &dyn SettingsStore) {
    let robot = robot_id(1);
    let first = Settings::initial(PairingId::new(AT, 1));
    assert_eq!(store.settings(robot).await.unwrap(), None);
    let too_early = store.put_settings(robot, &first, Some(1)).await;
    assert!(matches!(too_early, Err(StoreError::Conflict { .. })));
    store.put_settings(robot, &first, None).await.unwrap();
    assert!(matches!(
        store.put_settings(robot, &first, None).await,
        Err(StoreError::Conflict { .. })
    ));

    let corners = vec![Corner { x: -200, y: 0 }, Corner { x: 1_500, y: 0 }];
    let restrictions = vec![Restriction::VirtualWall { corners }];
    let second = first.with_preferences(Preferences {
        restrictions,
        ..Preferences::initial()
    });
    let tiles = (-3..9)
        .map(|x| (TileIndex::new(x, 2), room_tile().encode()))
        .collect();
    let second = Settings {
        layers: vec![PermanentLayer {
            floor: FloorId::new(AT, 1),
            n: 4,
            rooms_version: 2,
            tiles,
        }],
        ..second
    };
    store.put_settings(robot, &second, Some(1)).await.unwrap();
    assert_eq!(store.settings(robot).await.unwrap(), Some(second.clone()));

    let lost = store
        .put_settings(robot, &first.with_preferences(Preferences::default()), Some(1))
        .await;
    assert!(matches!(lost, Err(StoreError::Conflict { .. })));
    assert_eq!(store.settings(robot).await.unwrap(), Some(second));
    assert_eq!(store.settings(robot_id(2)).await.unwrap(), None);
}
