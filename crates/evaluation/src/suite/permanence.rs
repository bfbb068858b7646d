//! What is always there and what only sometimes, after a number of runs.

use mapping::{CellClass, Grid, HomeMap, Pose};
use serde_json::{Value, json};

use crate::args::{PermanenceArgs, check_runs};
use crate::baseline::{Baseline, Baselines};
use crate::error::EvalError;
use crate::files::Output;
use crate::learning::{classes_over, learn, movable_things};
use crate::plans::{self, Plan};
use crate::random::Random;
use crate::score::{CellScore, CellSet, ObjectScore, match_objects, scored_cells};
use crate::sim::{Home, Mask, Noise, Truth, drive};
use crate::suite::bytes::ByteScore;
use crate::suite::gone::{self, GoneScore};
use crate::suite::record::{Record, legend};

/// Pictures are drawn of this many homes, after these runs.
const DRAWN_HOMES: usize = 3;
const DRAWN_AFTER: [u32; 3] = [1, 3, 10];

pub(super) fn run(args: &PermanenceArgs, seed: u64, output: &Output) -> Result<Value, EvalError> {
    check_runs("--runs", args.runs)?;
    if let Some(after) = args.gone_after {
        check_gone_after(after, args.runs)?;
    }
    let noise = args.noise.noise()?;
    let mut total = Scores::default();
    let mut homes = Vec::new();
    for (i, plan) in plans::load(&args.plans)?.iter().enumerate() {
        let visit = Visit {
            plan,
            noise,
            runs: args.runs,
            gone_after: args.gone_after,
            record: Record {
                output,
                name: &plan.name,
            },
            is_drawn: i < DRAWN_HOMES,
        };
        let scores = visit.run(seed)?;
        homes.push(scores.summary(&plan.name));
        total.add(&scores);
    }
    let mut figures = total.figures();
    figures["homes"] = homes.len().into();
    figures["runs"] = args.runs.into();
    figures["noise"] = json!({"cm": args.noise.noise_cm, "deg": args.noise.noise_deg});
    figures["grey_values"] = legend();
    figures["plans"] = homes.into();
    Ok(figures)
}

fn check_gone_after(after: u32, runs: u32) -> Result<(), EvalError> {
    if (1..=runs).contains(&after) {
        return Ok(());
    }
    Err(EvalError::Option {
        option: "--gone-after",
        value: after.to_string(),
        expected: "between 1 and the number of runs",
    })
}

/// One home, and what is done in it.
struct Visit<'a> {
    plan: &'a Plan,
    noise: Noise,
    runs: u32,
    gone_after: Option<u32>,
    record: Record<'a>,
    is_drawn: bool,
}

impl Visit<'_> {
    fn run(&self, seed: u64) -> Result<Scores, EvalError> {
        let mut random = Random::named(seed, &self.plan.name);
        let home = Home::furnish(self.plan, &mut random);
        let mut truth = Truth::new(&home);
        let mut baselines = Baselines::new(&self.plan.free)?;
        let mut map = HomeMap::new();
        let mut gone = GoneScore::default();
        let mut bytes = ByteScore::default();
        for n in 1..=self.runs {
            let arrangement = home.arrange(&mut random);
            truth.note(&arrangement);
            let sensed = drive(&arrangement.occupied, self.noise, Pose::IDENTITY, &mut random)?;
            let run = sensed.map();
            baselines.enter(&sensed.tallies, &run);
            learn(&mut map, &run, n)?;
            bytes.sent(&run, self.plan.area_m2());
            self.record.run(n, &run, &self.plan.free)?;
            if self.is_drawn && DRAWN_AFTER.contains(&n) {
                self.record.drawing(n, &map.classes())?;
            }
            if self.gone_after == Some(n) {
                gone = gone::watch(&home, &truth, &map, n, self.noise, seed)?;
            }
        }
        let found = classes_over(&self.plan.free, &map.classes())?;
        let mut scores = self.score(&truth, &baselines, &found, &map)?;
        bytes.kept(&map, self.plan.area_m2())?;
        scores.bytes = bytes;
        scores.gone = self.gone_after.map(|_| gone);
        Ok(scores)
    }

    fn score(
        &self,
        truth: &Truth,
        baselines: &Baselines,
        found: &Grid<CellClass>,
        map: &HomeMap,
    ) -> Result<Scores, EvalError> {
        let classes = truth.classes();
        let scored = scored_cells(&classes, &baselines.seen());
        self.record.classes("truth", &classes)?;
        self.record.classes("classes", found)?;
        self.record.mask("scored", &scored)?;
        let (things, found_things) = (true_things(truth, &scored), movable_things(map));
        self.record.things(&things, &found_things)?;
        let of = |found: &Grid<CellClass>| ClassScores::of(&classes, found, &scored);
        Ok(Scores {
            ours: of(found),
            baselines: Baseline::ALL.map(|by| of(&baselines.classes(by))),
            objects: match_objects(&things, &found_things),
            gone: None,
            bytes: ByteScore::default(),
        })
    }
}

/// One for each movable that some run could see: the filled hull of everything that it ever covered.
fn true_things(truth: &Truth, scored: &Mask) -> Vec<CellSet> {
    let stood = truth.footprints.iter().filter(|cells| !cells.is_empty());
    let things = stood.map(|cells| CellSet::hull_of(cells));
    things
        .filter(|thing| thing.any(|cell| scored.get(cell) == Some(true)))
        .collect()
}

/// How well one classifier does.
#[derive(Clone, Copy, Default)]
struct ClassScores {
    permanent: CellScore,
    movable: CellScore,
    free: CellScore,
}

impl ClassScores {
    fn of(truth: &Grid<CellClass>, found: &Grid<CellClass>, scored: &Mask) -> Self {
        let score = |class| CellScore::of(class, truth, found, scored);
        Self {
            permanent: score(CellClass::Permanent),
            movable: score(CellClass::Movable),
            free: score(CellClass::Free),
        }
    }

    fn add(&mut self, other: &Self) {
        self.permanent.add(other.permanent);
        self.movable.add(other.movable);
        self.free.add(other.free);
    }

    fn figures(&self) -> Value {
        json!({"permanent": self.permanent.figures(), "movable": self.movable.figures(),
            "free": self.free.figures()})
    }
}

/// All that is scored, pooled over homes.
#[derive(Default)]
struct Scores {
    ours: ClassScores,
    baselines: [ClassScores; Baseline::ALL.len()],
    objects: ObjectScore,
    gone: Option<GoneScore>,
    bytes: ByteScore,
}

impl Scores {
    fn add(&mut self, other: &Self) {
        self.ours.add(&other.ours);
        for (total, other) in self.baselines.iter_mut().zip(&other.baselines) {
            total.add(other);
        }
        self.objects.add(other.objects);
        self.bytes.add(&other.bytes);
        if let Some(gone) = &other.gone {
            self.gone.get_or_insert_default().add(gone);
        }
    }

    fn figures(&self) -> Value {
        let mut figures = self.ours.figures();
        figures["objects"] = self.objects.figures();
        figures["bytes"] = self.bytes.figures();
        for (baseline, scores) in Baseline::ALL.iter().zip(&self.baselines) {
            figures["baselines"][baseline.name()] = scores.figures();
        }
        if let Some(gone) = &self.gone {
            figures["gone"] = gone.figures();
        }
        figures
    }

    /// The figures of one home.
    fn summary(&self, name: &str) -> Value {
        let f1 = |score: &CellScore| {
            let figures = score.figures();
            json!([figures["f1"], figures["f1_tolerant"]])
        };
        json!({
            "plan": name,
            "permanent": f1(&self.ours.permanent),
            "movable": f1(&self.ours.movable),
            "objects": self.objects.figures()["f1"],
            "gone_runs_max": self.gone.as_ref().map(GoneScore::runs_max),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plan_of_two_rooms;

    fn visit(seed: u64, gone_after: Option<u32>) -> Scores {
        let plan = plan_of_two_rooms();
        let output = Output::new(None);
        let visit = Visit {
            plan: &plan,
            noise: Noise {
                metres: 0.02,
                radians: 0.5f64.to_radians(),
            },
            runs: 5,
            gone_after,
            record: Record {
                output: &output,
                name: &plan.name,
            },
            is_drawn: false,
        };
        visit.run(seed).unwrap()
    }

    #[test]
    fn a_small_home_is_learnt_better_than_by_log_odds() {
        let figures = visit(1, None).figures();
        let figure = |path: &str| figures.pointer(path).and_then(Value::as_f64).unwrap();
        assert!(figure("/permanent/f1") > 0.8);
        assert!(figure("/permanent/f1") > figure("/baselines/log_odds/permanent/f1"));
        assert!(figure("/movable/f1") > figure("/baselines/log_odds/movable/f1"));
        assert_eq!(figure("/baselines/log_odds/movable/f1"), 0.0);
    }

    #[test]
    fn furniture_that_is_gone_is_free_within_three_runs() {
        let mut total = Scores::default();
        (1..=4).for_each(|seed| total.add(&visit(seed, Some(5))));
        let gone = total.gone.unwrap();
        assert!((1..=3).contains(&gone.runs_max()), "{}", gone.figures());
    }

    #[test]
    fn a_run_and_a_home_keep_to_their_bytes() {
        let figures = visit(1, None).figures();
        let bytes = |name: &str| figures["bytes"][name].as_u64().unwrap();
        assert!(bytes("uplink_per_run") <= 8_192, "{}", figures["bytes"]);
        assert!(bytes("evidence") <= 10_240, "{}", figures["bytes"]);
        assert!(bytes("view") <= 4_096, "{}", figures["bytes"]);
        assert!(bytes("view") > 100);
    }

    #[test]
    fn the_same_seed_gives_the_same_figures() {
        assert_eq!(visit(2, None).figures(), visit(2, None).figures());
        assert_ne!(visit(2, None).figures(), visit(3, None).figures());
    }
}
