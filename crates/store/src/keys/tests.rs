//! What keys say and say again.

use super::*;

const AT: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn scope(entropy: u128) -> HomeScope {
    HomeScope::of_stored_record(HomeId::new(AT, entropy))
}

#[test]
fn sheet_keys_sort_like_their_index() {
    let indexes = [
        (i16::MIN, 5),
        (-1, i16::MAX),
        (0, -1),
        (0, 0),
        (9, 10),
        (10, 9),
        (i16::MAX, i16::MAX),
    ];
    let keys: Vec<_> = indexes
        .iter()
        .map(|(x, y)| sheet(SheetIndex::new(*x, *y)))
        .collect();
    assert!(keys.is_sorted(), "{keys:?}");
    let parsed: Vec<_> = keys
        .iter()
        .filter_map(|key| parse_sheet(key))
        .map(|at| (at.x, at.y))
        .collect();
    assert_eq!(parsed, indexes);
}

#[test]
fn another_homes_keys_are_in_no_list_of_a_home() {
    let (ours, theirs) = (scope(1), scope(2));
    let (robot, run) = (RobotId::new(AT, 3), RunId::new(AT, 4));
    let list = Listing::runs(&ours, robot);
    assert!(list.contains(&Key::run(&ours, robot, run)));
    assert!(!list.contains(&Key::run(&theirs, robot, run)));
    assert!(!list.contains(&Key::run(&ours, RobotId::new(AT, 5), run)));
    assert!(!list.contains(&Key::home(&ours)));
}

#[test]
fn a_changed_run_names_itself() {
    let (robot, run) = (RobotId::new(AT, 3), RunId::new(AT, 4));
    let Key { pk, sk } = Key::run(&scope(1), robot, run);
    assert_eq!(
        RunKey::parse(&pk, &sk),
        Some(RunKey {
            scope: scope(1),
            robot,
            run
        })
    );
    let Key { pk, sk } = Key::home_robot(&scope(1), robot);
    assert_eq!(RunKey::parse(&pk, &sk), None);
}
