use domain::command::Corner;
use domain::floor_map::FloorMap;
use domain::id::{ObjectId, RoomId};
use domain::object::{MovableObject, ObjectList};
use domain::pace::Pace;
use domain::plan::{CleaningPlan, PlanLeg, PlanParts};
use domain::ports::{FloorStore, KeptPlan, StoreError};
use domain::room::{Room, RoomList, RoomType};
use mapping::class_grid::{CellClass, ClassedCell};
use mapping::grid::Grid;
use mapping::tile::CellIndex;
use mapping::view::FloorView;

use crate::local_table::LocalTable;
use crate::samples::{AT, floor_id, name, scope};

/// A floor of 10 m × 10 m: four rooms behind walls of a cell, with a thing in each.
fn map(n: u32, revision: u64) -> FloorMap {
    let mut classes = Grid::filled(CellIndex::new(-100, -100), 200, 200, ClassedCell::default()).unwrap();
    let cells: Vec<CellIndex> = classes.iter().map(|(cell, _)| cell).collect();
    for cell in cells {
        let is_wall = cell.x % 99 == 0 || cell.y % 99 == 0;
        let is_thing = (20..26).contains(&cell.x.abs()) && (40..46).contains(&cell.y.abs());
        let class = match (is_wall, is_thing) {
            (true, _) => CellClass::Permanent,
            (false, true) => CellClass::Movable,
            (false, false) => CellClass::Free,
        };
        let presence = 100;
        classes.set(
            cell,
            ClassedCell {
                class,
                presence,
                confidence: 255,
            },
        );
    }
    let labels = Grid::from_cells(
        classes.origin(),
        200,
        200,
        classes
            .iter()
            .map(|(cell, _)| 1 + u8::from(cell.x > 0) + 2 * u8::from(cell.y > 0))
            .collect(),
    );
    let room = |number: u8| Room {
        name: (number > 1).then(|| name("Children's room")),
        kind: Some(RoomType::Bedroom),
        ..Room::found(RoomId::new(AT, number.into()), number)
    };
    FloorMap {
        n,
        revision,
        layer: [7; 32],
        dock: Corner { x: 120, y: -40 },
        pace: Pace::default().after(1_000, 1_200),
        view: FloorView::new(&classes.into(), &labels.unwrap()).unwrap(),
        rooms: RoomList::new(2, (1..=4).map(room).collect()).unwrap(),
    }
}

fn objects(n: u32) -> ObjectList {
    let outline = vec![
        Corner { x: 0, y: 0 },
        Corner { x: 450, y: 0 },
        Corner { x: 450, y: 400 },
    ];
    let object = MovableObject {
        id: ObjectId::new(AT, 5),
        outline,
        presence: 60,
        first_seen: AT,
        last_seen: AT,
    };
    ObjectList {
        n,
        runs_ended: vec![AT; 3],
        objects: vec![object],
    }
}

fn plan(n: u32, key: u8) -> KeptPlan {
    let leg = PlanLeg {
        room: Some(RoomId::new(AT, 1)),
        recharge_first: false,
        path: (0..1_000)
            .map(|step| Corner {
                x: step * 30,
                y: step % 2 * 4_000,
            })
            .collect(),
        length_mm: 400_000,
        seconds: 1_500,
    };
    let parts = PlanParts {
        floor: floor_id(1),
        n,
        rooms_version: 2,
        legs: vec![leg],
        way_home: vec![Corner { x: 0, y: 0 }],
        length_mm: 401_000,
        seconds: 1_510,
        coverage_permille: 970,
    };
    KeptPlan {
        key: [key; 32],
        plan: CleaningPlan::new(parts).unwrap(),
    }
}

pub async fn floor_store(store: &dyn FloorStore) {
    maps(store).await;
    things(store).await;
    plans(store).await;
}

async fn maps(store: &dyn FloorStore) {
    let (home, floor) = (scope(1), floor_id(1));
    let put =
        |map: FloorMap, expected| async move { store.put_floor_map(&scope(1), floor, &map, expected).await };
    assert_eq!(store.floor_map(&home, floor).await.unwrap(), None);
    let too_early = put(map(1, 2), Some(1)).await;
    assert!(matches!(too_early, Err(StoreError::Conflict { .. })));
    put(map(1, 1), None).await.unwrap();
    assert_eq!(store.floor_map(&home, floor).await.unwrap(), Some(map(1, 1)));
    for expected in [None, Some(0), Some(2)] {
        let refused = put(map(2, 2), expected).await;
        assert!(
            matches!(refused, Err(StoreError::Conflict { .. })),
            "{expected:?}"
        );
    }
    put(map(2, 2), Some(1)).await.unwrap();
    assert_eq!(store.floor_map(&home, floor).await.unwrap(), Some(map(2, 2)));
}

async fn things(store: &dyn FloorStore) {
    let (home, floor) = (scope(1), floor_id(1));
    assert_eq!(store.objects(&home, floor).await.unwrap(), ObjectList::default());
    for n in [2, 1, 2] {
        store.put_objects(&home, floor, &objects(n)).await.unwrap();
        assert_eq!(store.objects(&home, floor).await.unwrap(), objects(2));
    }
}

async fn plans(store: &dyn FloorStore) {
    let (home, floor) = (scope(1), floor_id(1));
    assert_eq!(store.plan(&home, floor).await.unwrap(), None);
    store.put_plan(&home, floor, &plan(2, 1)).await.unwrap();
    store.put_plan(&home, floor, &plan(1, 2)).await.unwrap();
    assert_eq!(store.plan(&home, floor).await.unwrap(), Some(plan(2, 1)));
    store.put_plan(&home, floor, &plan(2, 3)).await.unwrap();
    assert_eq!(store.plan(&home, floor).await.unwrap(), Some(plan(2, 3)));
}

pub async fn floors_stay_in_their_home(store: &dyn FloorStore) {
    let floor = floor_id(1);
    store
        .put_floor_map(&scope(1), floor, &map(1, 1), None)
        .await
        .unwrap();
    store.put_objects(&scope(1), floor, &objects(1)).await.unwrap();
    store.put_plan(&scope(1), floor, &plan(1, 1)).await.unwrap();
    for (home, floor) in [(scope(2), floor), (scope(1), floor_id(2))] {
        assert_eq!(store.floor_map(&home, floor).await.unwrap(), None);
        assert_eq!(store.objects(&home, floor).await.unwrap(), ObjectList::default());
        assert_eq!(store.plan(&home, floor).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_map_of_a_hundred_square_metres_is_one_item_of_four_kilobytes() {
    let table = LocalTable::start().await;
    let before = table.meter.write_units();
    table
        .store
        .put_floor_map(&scope(1), floor_id(1), &map(1, 1), None)
        .await
        .unwrap();
    let units = table.meter.write_units() - before;
    assert!(units <= 4.0, "{units} write units of 1 KB");
}
