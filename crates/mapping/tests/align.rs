//! Runs are found in the map of the home that they were made in, and in no other.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use mapping::{AlignError, Aligner, CellClass, CellIndex, Grid, HomeMap, Pose, RunCell, RunMap};
use proptest::prelude::*;

/// Rectangles of cells: left, bottom, right, top, all inclusive.
type Rooms = [(i32, i32, i32, i32)];

const FLAT: &Rooms = &[
    (0, 0, 80, 60),
    (81, 20, 90, 38),
    (91, 0, 150, 90),
    (20, 61, 36, 66),
    (0, 67, 70, 120),
];
const OTHER_FLAT: &Rooms = &[
    (0, 0, 140, 30),
    (60, 31, 80, 120),
    (-40, 60, 59, 120),
    (81, 90, 100, 110),
];

/// What a run sees of a flat: free rooms with walls around them, and a table of 60 cm with its corner at `table`.
fn seen(rooms: &Rooms, table: (i32, i32)) -> RunMap {
    let mut run = RunMap::new();
    for (left, bottom, right, top) in rooms {
        let cells = (left - 1..=right + 1).flat_map(|x| (bottom - 1..=top + 1).map(move |y| (x, y)));
        for cell in cells.map(|(x, y)| CellIndex::new(x, y)) {
            if run.get(cell) == RunCell::Unknown {
                run.set(cell, RunCell::Occupied);
            }
        }
    }
    for (left, bottom, right, top) in rooms {
        let cells = (*left..=*right).flat_map(|x| (*bottom..=*top).map(move |y| (x, y)));
        cells.for_each(|(x, y)| run.set(CellIndex::new(x, y), RunCell::Free));
    }
    let cells = (0..12).flat_map(|dx| (0..12).map(move |dy| (table.0 + dx, table.1 + dy)));
    cells.for_each(|(x, y)| run.set(CellIndex::new(x, y), RunCell::Occupied));
    run
}

/// The classes of a flat after three runs, in which the table stood in three places.
fn learned(rooms: &Rooms) -> Grid<CellClass> {
    let mut home = HomeMap::new();
    for (n, table) in [(1, (10, 10)), (2, (40, 10)), (3, (10, 30))] {
        home.vote_run(&seen(rooms, table), n).unwrap();
    }
    home.classes().cells().map(|cell| cell.class)
}

fn assert_near(found: &Pose, expected: &Pose) {
    let error = expected.relative(found);
    let off = error.x.hypot(error.y);
    assert!(
        off < 0.05 && error.theta.abs() < 1f64.to_radians(),
        "{off} m, {} rad",
        error.theta
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_run_is_found_around_the_dock(x in -0.5..0.5, y in -0.5..0.5, turn in -15.0..15.0f64) {
        let frame = Pose::new(x, y, turn.to_radians());
        let run = seen(FLAT, (50, 30)).transformed(&frame.inverse());
        let found = Aligner::new(&learned(FLAT)).unwrap().align_near(&run, Pose::IDENTITY).unwrap();
        assert_near(&found.pose, &frame);
        prop_assert!(found.fit.expected > 0.9);
        prop_assert!(found.covariance[0][0].sqrt() < 0.01 && found.covariance[2][2].sqrt() < 0.01);
    }

    #[test]
    fn a_run_from_anywhere_is_found(x in -9.0..9.0, y in -9.0..9.0, turn in -180.0..180.0f64) {
        let frame = Pose::new(x, y, turn.to_radians());
        let run = seen(FLAT, (50, 30)).transformed(&frame.inverse());
        let found = Aligner::new(&learned(FLAT)).unwrap().align(&run, Pose::IDENTITY).unwrap();
        assert_near(&found.pose, &frame);
    }
}

#[test]
fn a_run_of_another_flat_fits_nowhere() {
    let aligner = Aligner::new(&learned(FLAT)).unwrap();
    let error = aligner
        .align(&seen(OTHER_FLAT, (10, 10)), Pose::IDENTITY)
        .unwrap_err();
    assert!(matches!(error, AlignError::Misfit(_)), "{error}");
}

#[test]
fn a_run_of_another_scale_fits_nowhere() {
    let aligner = Aligner::new(&learned(FLAT)).unwrap();
    for percent in [70, 140] {
        let mut scaled = RunMap::new();
        for (cell, state) in seen(FLAT, (80, 60)).known() {
            scaled.set(
                CellIndex::new(cell.x * percent / 100, cell.y * percent / 100),
                state,
            );
        }
        let found = aligner.align(&scaled, Pose::IDENTITY);
        assert!(
            matches!(found, Err(AlignError::Misfit(_))),
            "{percent} %: {found:?}"
        );
    }
}

#[test]
fn a_run_or_a_map_of_nothing_is_refused() {
    let aligner = Aligner::new(&learned(FLAT)).unwrap();
    let nothing = aligner.align(&RunMap::new(), Pose::IDENTITY);
    assert_eq!(nothing.unwrap_err(), AlignError::TooFewObstacles(0));
    assert_eq!(Aligner::new(&Grid::empty()).err(), Some(AlignError::EmptyMap));
}
