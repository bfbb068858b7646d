//! The time of a vote: from the sealed run to rooms, things, layer and plan, without the store's own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a bench fails by panicking")]

#[path = "../tests/handlers/flats.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod flats;
#[path = "../tests/handlers/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use divan::Bencher;
use flats::lived_in;
use tokio::runtime::Builder;
use world::{NOW, World};

fn main() {
    divan::main();
}

/// The tenth run of a flat of 100 m², aligned, voted and derived.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn fold_and_derive_a_hundred_square_metres(bencher: Bencher<'_, '_>) {
    let runtime = Builder::new_current_thread().build().unwrap();
    let world = World::new();
    for n in 1..10 {
        let event = world.seal(world.robot, n, &lived_in(n));
        runtime.block_on(world.fold().handle(&event, NOW)).unwrap();
    }
    let tenth = world.seal(world.robot, 10, &lived_in(10));
    bencher
        .with_inputs(|| world.copy())
        .bench_values(|world| runtime.block_on(world.fold().handle(&tenth, NOW)).unwrap());
}
