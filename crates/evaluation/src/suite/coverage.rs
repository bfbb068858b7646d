//! How well plans cover floors, what they cost, and what a learnt map saves.
//!
//! Each home is planned as it stands, everything known, and scored on a finer grid; see [`Saving`] for the time. All
//! paths are written, so that anyone can score them again.

use mapping::coverage::{Body, CoveragePlan, PlanRequest, clear_of, plan};
use mapping::rooms::find_rooms;
use mapping::{CellClass, ClassGrid, ClassedCell, Grid};
use serde_json::{Value, json};

use crate::args::CoverageArgs;
use crate::error::EvalError;
use crate::files::Output;
use crate::parallel;
use crate::picture::{FLOOR, Picture, WALL};
use crate::plans::{self, Plan};
use crate::random::Random;
use crate::score::{FineFloor, PathScore, ratio};
use crate::sim::{Home, Mask, widest_part};
use crate::suite::saving::{Cleaned, Saving};

/// Pixels for each cell in pictures of plans.
const PICTURE_SCALE: usize = 4;

pub(super) fn run(args: &CoverageArgs, seed: u64, output: &Output) -> Result<Value, EvalError> {
    let plans = plans::load(&args.plans)?;
    let planned = parallel::each(&plans, |plan| Planned::new(plan, args.furniture, seed));
    let mut homes = Vec::new();
    for home in planned {
        if let Some(home) = home? {
            home.draw(output)?;
            homes.push(home);
        }
    }
    let mean = |figure: fn(&PathScore) -> f64| {
        ratio(
            homes.iter().map(|home| figure(&home.score)).sum(),
            homes.len() as f64,
        )
    };
    let cleaned = |run: fn(&Saving) -> Cleaned| Cleaned::mean(homes.iter().map(|home| run(&home.saving)));
    let (run1, run2) = (cleaned(|saving| saving.run1), cleaned(|saving| saving.run2));
    let run10 = cleaned(|saving| saving.run10);
    let each: Vec<Value> = homes.iter().map(Planned::figures).collect();
    Ok(json!({
        "coverage": mean(|score| score.coverage),
        "path_ratio": mean(|score| score.path_ratio),
        "touching": mean(|score| score.touching),
        "time_ratio_run10_run1": ratio(run10.minutes, run1.minutes),
        "time_ratio_run2_run1": ratio(run2.minutes, run1.minutes),
        "run1": run1.figures(),
        "run2": run2.figures(),
        "run10": run10.figures(),
        "plans": homes.len(),
        "each": each,
    }))
}

/// A home as it stands, and the plan for it.
struct Planned {
    name: String,
    occupied: Mask,
    plan: CoveragePlan,
    score: PathScore,
    saving: Saving,
}

impl Planned {
    /// Plans a home; nothing if no robot fits in.
    fn new(home: &Plan, furniture: bool, seed: u64) -> Result<Option<Self>, EvalError> {
        let mut random = Random::named(seed, &home.name);
        let furnished = match furniture {
            true => Home::furnish(home, &mut random),
            false => Home::bare(home),
        };
        let occupied = furnished.arrange(&mut random).occupied;
        let Some(dock) = dock(&occupied, &mut random) else {
            return Ok(None);
        };
        let classes = known(&occupied);
        let rooms = find_rooms(&classes);
        let plan = plan(&request(&classes, &rooms, dock)).map_err(|source| EvalError::Plan {
            name: home.name.clone(),
            source,
        })?;
        let score = FineFloor::new(&occupied, dock)?.score(&plan.path());
        let name = home.name.clone();
        let saving = Saving::of(&furnished, &occupied, dock, &mut random)?;
        Ok(Some(Self {
            name,
            occupied,
            plan,
            score,
            saving,
        }))
    }

    fn figures(&self) -> Value {
        json!({"plan": self.name, "coverage": self.score.coverage, "path_ratio": self.score.path_ratio,
            "touching": self.score.touching, "area_m2": self.score.area_m2, "metres": self.plan.metres,
            "minutes": self.plan.minutes, "rooms": self.plan.order.len(),
            "run1": self.saving.run1.figures(), "run2": self.saving.run2.figures(),
            "run10": self.saving.run10.figures()})
    }

    /// The path over the floor, from green at its beginning to red at its end.
    fn draw(&self, output: &Output) -> Result<(), EvalError> {
        if !output.is_wanted() {
            return Ok(());
        }
        let mut picture = Picture::of(
            &self.occupied,
            PICTURE_SCALE,
            |is_wall| if is_wall { WALL } else { FLOOR },
        )?;
        picture.draw_path(&self.plan.path(), [0x12, 0x9a, 0x4a], [0xd0, 0x20, 0x20]);
        output.write(&format!("plan-{}.png", self.name), &picture.encode()?)?;
        let path = json!(self.plan.path());
        output.write(&format!("plan-{}.json", self.name), path.to_string().as_bytes())
    }
}

/// What is asked of the planner: the whole floor, by a common robot.
fn request<'a>(classes: &'a ClassGrid, rooms: &'a Grid<u8>, dock: (f64, f64)) -> PlanRequest<'a> {
    PlanRequest {
        classes,
        rooms,
        only: None,
        zones: &[],
        no_go: &[],
        walls: &[],
        dock,
        body: Body::default(),
        battery: None,
        calibration: 1.0,
    }
}

/// Somewhere beside a wall, in the widest part of the floor.
fn dock(occupied: &Mask, random: &mut Random) -> Option<(f64, f64)> {
    let floor = widest_part(&clear_of(occupied, Body::default().radius))?;
    let is_rim = |cell: &mapping::CellIndex| {
        [(1, 0), (-1, 0), (0, 1), (0, -1)]
            .iter()
            .any(|(dx, dy)| floor.get(cell.offset(*dx, *dy)) == Some(false))
    };
    let inside = floor
        .iter()
        .filter(|(_, is_floor)| *is_floor)
        .map(|(cell, _)| cell);
    let rim: Vec<_> = inside.filter(is_rim).collect();
    random.pick(&rim).map(|cell| cell.centre_metres())
}

/// A map on which everything is known for certain.
fn known(occupied: &Mask) -> ClassGrid {
    let classed = |class, presence| ClassedCell {
        class,
        presence,
        confidence: u8::MAX,
    };
    let cells = occupied.map(|is_occupied| {
        if is_occupied {
            classed(CellClass::Permanent, u8::MAX)
        } else {
            classed(CellClass::Free, 0)
        }
    });
    cells.into()
}
