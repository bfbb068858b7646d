//! Which floor a run votes on, and what becomes of runs that belong nowhere.

use domain::id::FloorId;
use domain::run::Vote;
use mapping::pose::Pose;
use mapping::run_map::RunMap;

use crate::flats::{attic, far_away, ground_floor, jumping};
use crate::world::{NOW, World};

/// Lets the run be folded; gives its vote.
async fn voted(world: &World, n: u32, map: &RunMap) -> Option<Vote> {
    let event = world.seal(world.robot, n, map);
    world.fold().handle(&event, NOW).await.unwrap();
    let shelves = world.memory.look();
    shelves
        .runs
        .values()
        .max_by_key(|run| run.updated_at)
        .and_then(|run| run.vote)
}

/// Everything of one floor.
fn floor(world: &World, floor: FloorId) -> impl PartialEq + std::fmt::Debug + use<> {
    let shelves = world.memory.look();
    let sheets = shelves
        .home_sheets
        .iter()
        .filter(|((owner, _), _)| *owner == floor);
    let sheets: Vec<_> = sheets.map(|(_, sheet)| sheet.clone()).collect();
    (
        shelves.folds.get(&floor).copied(),
        shelves.floor_maps.get(&floor).cloned(),
        sheets,
    )
}

#[tokio::test]
async fn a_second_plan_becomes_a_floor_when_a_second_run_agrees() {
    let world = World::new();
    let below = voted(&world, 1, &ground_floor(&[])).await.unwrap().floor;
    let before = floor(&world, below);
    assert_eq!(voted(&world, 2, &attic(&[])).await, None);
    assert_eq!(world.memory.look().candidates.parked().len(), 1);
    assert_eq!(floor(&world, below), before);

    let turned = attic(&[]).transformed(&Pose::new(1.0, 0.5, 0.8));
    let joined = voted(&world, 3, &turned).await.unwrap();
    assert_eq!((joined.n, joined.floor == below), (2, false));
    let back = Pose::new(1.0, 0.5, 0.8).inverse();
    let off = (joined.alignment.x - back.x).hypot(joined.alignment.y - back.y);
    assert!(off < 0.1, "{:?} is not {back:?}", joined.alignment);

    let shelves = world.memory.look().clone();
    let votes: Vec<_> = shelves
        .runs
        .values()
        .filter_map(|run| run.vote)
        .map(|vote| (vote.floor, vote.n))
        .collect();
    assert_eq!(votes, [(below, 1), (joined.floor, 1), (joined.floor, 2)]);
    assert!(shelves.candidates.parked().is_empty());
    let pairing = shelves.robots[&world.robot].pairing.clone().unwrap();
    assert_eq!(pairing.floor, Some(joined.floor));
    let layers = shelves.settings[&world.robot]
        .layers
        .iter()
        .map(|layer| layer.floor);
    assert_eq!(layers.collect::<Vec<_>>(), [joined.floor, below]);
    assert_eq!(
        (shelves.folds[&below].closed, shelves.folds[&joined.floor].closed),
        (1, 2)
    );

    let again = voted(&world, 4, &ground_floor(&[])).await.unwrap();
    assert_eq!((again.floor, again.n), (below, 2));
}

#[tokio::test]
async fn what_fits_nowhere_is_parked_and_harms_nothing() {
    let world = World::new();
    let home = voted(&world, 1, &ground_floor(&[(10, 10)])).await.unwrap().floor;
    voted(&world, 2, &ground_floor(&[(10, 10)])).await.unwrap();
    let before = floor(&world, home);
    for (n, strange) in (3..).zip([jumping(), far_away(), RunMap::new()]) {
        assert_eq!(voted(&world, n, &strange).await, None, "run {n}");
    }
    assert_eq!(floor(&world, home), before);
    let shelves = world.memory.look();
    assert_eq!((shelves.floors.len(), shelves.candidates.parked().len()), (1, 2));
    assert!(shelves.incidents.is_empty());
}

#[tokio::test]
async fn a_run_of_an_earlier_pairing_does_not_move_the_robot() {
    let world = World::new();
    let event = world.seal(world.robot, 1, &ground_floor(&[]));
    let again = domain::id::PairingId::new(NOW, 99);
    if let Some(pairing) = world
        .memory
        .look()
        .robots
        .get_mut(&world.robot)
        .and_then(|robot| robot.pairing.as_mut())
    {
        pairing.id = again;
    }
    world.fold().handle(&event, NOW).await.unwrap();
    let robot = world.memory.look().robots[&world.robot].clone();
    assert_eq!(robot.pairing.unwrap().floor, None);
}

#[tokio::test]
async fn rooms_and_things_keep_their_ids_from_run_to_run() {
    let world = World::new();
    let home = voted(&world, 1, &ground_floor(&[(10, 10)])).await.unwrap().floor;
    voted(&world, 2, &ground_floor(&[])).await.unwrap();
    let (rooms, things) = {
        let shelves = world.memory.look();
        (
            shelves.floor_maps[&home].rooms.clone(),
            shelves.objects[&home].clone(),
        )
    };
    assert_eq!((rooms.rooms().len(), rooms.version()), (2, 1));
    assert_eq!(things.objects.len(), 1, "{things:?}");
    for n in 3..6 {
        voted(&world, n, &ground_floor(&[(11, 10)])).await.unwrap();
    }
    let shelves = world.memory.look();
    assert_eq!(shelves.floor_maps[&home].rooms, rooms);
    let thing = &shelves.objects[&home].objects[0];
    assert_eq!(
        (thing.id, thing.first_seen),
        (things.objects[0].id, things.objects[0].first_seen)
    );
    assert!(thing.last_seen > things.objects[0].last_seen);
}

#[tokio::test]
async fn rooms_and_the_plan_are_made_again_only_for_another_permanent_layer() {
    let world = World::new();
    let home = voted(&world, 1, &ground_floor(&[])).await.unwrap().floor;
    let plan = world.memory.look().plans[&home].clone();
    let posted = world.memory.look().posted_settings.len();
    voted(&world, 2, &ground_floor(&[])).await.unwrap();
    let shelves = world.memory.look();
    assert_eq!(shelves.floor_maps[&home].n, 2);
    assert_eq!(shelves.plans[&home], plan);
    assert_eq!(shelves.posted_settings.len(), posted);
}
