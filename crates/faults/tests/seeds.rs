//! A few seeds of each climate, and the bugs that it would catch; `cargo xtask faults` plays many more.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use faults::bug::Bug;
use faults::climate::Climate;
use faults::seeds;

/// Plays some seeds; gives what is wrong with them.
fn problems(climate: &Climate, seeds: u64) -> Vec<String> {
    let (figures, problems) = seeds::play(climate, 0, seeds).unwrap();
    assert!(figures.reports > 0);
    problems
}

fn nothing_is_wrong(climate: &Climate) {
    assert_eq!(problems(climate, 4), Vec::<String>::new());
}

fn shows(climate: Climate, bug: Bug) {
    let climate = climate.with_bug(bug);
    let is_caught = (0..16).any(|seed| !seeds::play(&climate, seed, 1).unwrap().1.is_empty());
    assert!(is_caught, "{bug:?} is missed");
}

#[test]
fn kills_lose_nothing() {
    nothing_is_wrong(&Climate::kills());
    shows(Climate::kills(), Bug::TrustsBroker);
}

#[test]
fn doubled_and_overtaken_messages_count_once() {
    nothing_is_wrong(&Climate::doubles());
    shows(Climate::doubles(), Bug::ForgetsVotes);
}

#[test]
fn a_full_disk_loses_nothing_that_it_had_taken() {
    nothing_is_wrong(&Climate::full_disks());
    shows(Climate::full_disks(), Bug::SilentFullDisk);
}

/// The disk was full when the run began, and the agent was killed before there was room.
#[test]
fn a_run_that_left_no_trace_on_the_disk_is_not_under_way_for_ever() {
    let (_, problems) = seeds::play(&Climate::full_disks(), 13, 1).unwrap();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn clocks_order_nothing() {
    nothing_is_wrong(&Climate::clocks());
    shows(Climate::clocks(), Bug::IgnoresRevisions);
}

#[test]
fn long_outages_lose_nothing() {
    nothing_is_wrong(&Climate::long_outages());
    shows(Climate::long_outages(), Bug::DeafAfterSession);
}

#[test]
fn unreadable_messages_are_kept_and_hold_up_nothing() {
    nothing_is_wrong(&Climate::poison());
    shows(Climate::poison(), Bug::DropsPoison);
}

#[test]
fn a_seed_plays_the_same_again() {
    let play = || seeds::play(&Climate::kills(), 7, 1).unwrap().0;
    assert_eq!(play(), play());
}
