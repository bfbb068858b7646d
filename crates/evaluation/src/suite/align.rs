//! Whether runs are found in the home that they were made in, and in no other.

use std::f64::consts::PI;

use mapping::{AlignError, Aligner, Alignment, CellIndex, HomeMap, Pose, RunMap};
use serde_json::{Value, json};

use crate::args::{AlignArgs, check_runs};
use crate::error::EvalError;
use crate::files::Output;
use crate::learning::learn;
use crate::plans::{self, Plan};
use crate::random::Random;
use crate::score::ratio;
use crate::sim::{Home, Noise, drive, eroded, widest_part};

/// How far the dock's pose is off in a local search, in metres along each axis and in radians.
const DOCK_ERROR: (f64, f64) = (0.5, 15.0 * PI / 180.0);
/// A run is found if it is placed within this many metres and radians of where it was made.
const RIGHT: (f64, f64) = (0.05, PI / 180.0);

pub(super) fn run(args: &AlignArgs, seed: u64, output: &Output) -> Result<Value, EvalError> {
    check_runs("--runs", args.runs)?;
    check_runs("--fresh", args.fresh)?;
    let noise = args.noise.noise()?;
    let mut homes = Vec::new();
    for plan in &plans::load(&args.plans)? {
        homes.extend(Learnt::new(plan, args, noise, seed)?);
    }
    let mut local = Tally::default();
    let mut global = Tally::default();
    for home in &homes {
        for fresh in &home.local {
            local.add(home, fresh, home.aligner.align_near(&fresh.run, home.dock));
        }
        for fresh in &home.global {
            global.add(home, fresh, home.aligner.align_anywhere(&fresh.run));
        }
    }
    let (accepted, tried) = false_accepts(&homes);
    let figures = json!({
        "local": local.success(),
        "global": global.success(),
        "false_accept": ratio(accepted as f64, tried as f64),
        "homes": homes.len(),
        "details": {"local": local.figures(), "global": global.figures(),
            "false_accepts": accepted, "foreign_runs": tried},
        "misses": ([local.misses.clone(), global.misses.clone()].concat()),
    });
    output.write("align-misses.json", figures["misses"].to_string().as_bytes())?;
    Ok(figures)
}

/// A home with its map, and fresh runs through it.
struct Learnt {
    name: String,
    aligner: Aligner,
    dock: Pose,
    /// Runs from about the dock, and from anywhere.
    local: Vec<Fresh>,
    global: Vec<Fresh>,
}

/// A run and where its origin is in the home.
struct Fresh {
    run: RunMap,
    frame: Pose,
}

impl Learnt {
    /// Learns the home in some runs, then drives the fresh ones; nothing if no robot fits in.
    fn new(plan: &Plan, args: &AlignArgs, noise: Noise, seed: u64) -> Result<Option<Self>, EvalError> {
        let mut random = Random::named(seed, &plan.name);
        let home = Home::furnish(plan, &mut random);
        let mut map = HomeMap::new();
        for n in 1..=args.runs {
            learn(
                &mut map,
                &fresh(&home, noise, Pose::IDENTITY, &mut random)?.run,
                n,
            )?;
        }
        let classes = map.classes().cells().map(|cell| cell.class);
        let places = reachable(&home);
        let (Ok(aligner), false) = (Aligner::new(&classes), places.is_empty()) else {
            return Ok(None);
        };
        let dock = anywhere(&places, &mut random);
        let mut learnt = Self {
            name: plan.name.clone(),
            aligner,
            dock,
            local: Vec::new(),
            global: Vec::new(),
        };
        for _ in 0..args.fresh {
            let frame = dock.compose(&off(&mut random));
            learnt.local.push(fresh(&home, noise, frame, &mut random)?);
            let frame = anywhere(&places, &mut random);
            learnt.global.push(fresh(&home, noise, frame, &mut random)?);
        }
        Ok(Some(learnt))
    }
}

fn fresh(home: &Home, noise: Noise, frame: Pose, random: &mut Random) -> Result<Fresh, EvalError> {
    let occupied = home.arrange(random).occupied;
    let run = drive(&occupied, noise, frame, random)?.map();
    Ok(Fresh { run, frame })
}

fn reachable(home: &Home) -> Vec<CellIndex> {
    let floor = widest_part(&eroded(&home.fixed()));
    let cells = floor.iter().flat_map(|floor| floor.iter());
    cells
        .filter(|(_, inside)| *inside)
        .map(|(cell, _)| cell)
        .collect()
}

fn anywhere(places: &[CellIndex], random: &mut Random) -> Pose {
    let (x, y) = random.pick(places).map_or((0.0, 0.0), CellIndex::centre_metres);
    Pose::new(x, y, random.within(PI))
}

fn off(random: &mut Random) -> Pose {
    let (metres, radians) = DOCK_ERROR;
    Pose::new(
        random.within(metres),
        random.within(metres),
        random.within(radians),
    )
}

/// How many runs were accepted by the map of another home, and how many were tried: each home's runs in the homes
/// that follow it.
fn false_accepts(homes: &[Learnt]) -> (usize, usize) {
    let mut accepted = 0;
    let mut tried = 0;
    for (i, home) in homes.iter().enumerate() {
        let others = homes.iter().cycle().skip(i + 1).take(homes.len() - 1);
        for (fresh, other) in home.global.iter().zip(others.cycle()) {
            tried += 1;
            accepted += usize::from(other.aligner.align(&fresh.run, other.dock).is_ok());
        }
    }
    (accepted, tried)
}

/// How many runs were found.
#[derive(Default)]
struct Tally {
    tried: usize,
    right: usize,
    refused: usize,
    metres: Vec<f64>,
    misses: Vec<Value>,
}

impl Tally {
    fn add(&mut self, home: &Learnt, fresh: &Fresh, found: Result<Alignment, AlignError>) {
        self.tried += 1;
        match found {
            Ok(found) => {
                let error = fresh.frame.relative(&found.pose);
                let (metres, radians) = (error.x.hypot(error.y), error.theta.abs());
                if metres < RIGHT.0 && radians < RIGHT.1 {
                    self.right += 1;
                    self.metres.push(metres);
                } else {
                    let miss = json!({"plan": home.name, "metres": metres, "degrees": radians.to_degrees(),
                        "score": found.fit.score()});
                    self.misses.push(miss);
                }
            }
            Err(error) => {
                self.refused += 1;
                self.misses
                    .push(json!({"plan": home.name, "refused": error.to_string()}));
            }
        }
    }

    fn success(&self) -> f64 {
        ratio(self.right as f64, self.tried as f64)
    }

    fn figures(&self) -> Value {
        json!({"tried": self.tried, "right": self.right, "refused": self.refused,
            "wrong": self.tried - self.right - self.refused,
            "mean_error_m": ratio(self.metres.iter().sum(), self.metres.len() as f64)})
    }
}
