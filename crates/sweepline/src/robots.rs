//! The demo's simulated robots: each a real agent over a simulated body.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use device_agent::identity::RobotIdentity;
use device_agent::pair::Api;
use futures_util::future::try_join_all;
use mapping::FloorPlan;
use mapping::formats::png_map::read_floor_plan;
use simulator::fleet::{FleetMember, SimulatedFleet};
use simulator::home::Home;
use simulator::plans::DemoPlan;
use simulator::robot::{SimConfig, SimRobot};

use crate::data_dir::DataDir;
use crate::demo::Demo;
use crate::stack::Stack;

/// The most characters of a robot's name that come from the name of its plan.
const MAX_PLAN_NAME: usize = 24;

/// Where a simulated robot lives.
#[derive(Clone)]
pub struct Plan {
    name: String,
    floor: FloorPlan,
}

/// The floor plans of `robots` robots: the files that the pattern names, or the demo's own; again from the first
/// when there are fewer plans than robots.
///
/// # Errors
/// Names the file that is not a floor plan, or the pattern that names none.
pub fn plans(pattern: Option<&str>, robots: usize) -> anyhow::Result<Vec<Plan>> {
    let plans: Vec<Plan> = match pattern {
        Some(pattern) => files(pattern)?
            .iter()
            .take(robots)
            .map(|path| from_file(path))
            .collect::<Result<_, _>>()?,
        None => DemoPlan::ALL.into_iter().map(drawn).collect::<Result<_, _>>()?,
    };
    Ok(plans.iter().cycle().take(robots).cloned().collect())
}

fn files(pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let found = glob::glob(pattern).with_context(|| format!("--plans {pattern:?}: is not a pattern"))?;
    let files = found
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("--plans {pattern:?}"))?;
    ensure!(!files.is_empty(), "--plans {pattern:?}: names no file");
    Ok(files)
}

fn from_file(path: &Path) -> anyhow::Result<Plan> {
    let bytes = std::fs::read(path).with_context(|| format!("--plans {path:?}: cannot be read"))?;
    let floor = read_floor_plan(&bytes).with_context(|| format!("--plans {path:?}: is not a floor plan"))?;
    let name = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().chars().take(MAX_PLAN_NAME).collect());
    Ok(Plan {
        name: name.unwrap_or_default(),
        floor,
    })
}

fn drawn(plan: DemoPlan) -> anyhow::Result<Plan> {
    Ok(Plan {
        name: plan.name().to_owned(),
        floor: plan.floor_plan()?,
    })
}

/// Pairs the robots that are not paired yet, and starts them all, `speed` times faster than the clock.
pub async fn start(
    stack: &Stack,
    demo: &Demo,
    data: &DataDir,
    plans: Vec<Plan>,
    speed: f64,
) -> anyhow::Result<SimulatedFleet> {
    let api = Api::new(&format!("http://{}", stack.http_addr()))?;
    let pairings = (1..).zip(&plans).map(|(number, plan)| {
        let name = format!("Robot {number} ({})", plan.name);
        identity(stack, demo, &api, data.robot(number), name)
    });
    let identities = try_join_all(pairings).await?;
    let members = (1..)
        .zip(identities)
        .zip(plans)
        .map(|((number, identity), plan)| {
            let home = Home::new(&plan.floor, number).with_context(|| format!("plan {}", plan.name))?;
            let driver = SimRobot::new(
                home,
                SimConfig {
                    speed,
                    seed: number,
                    ..SimConfig::default()
                },
            );
            Ok(FleetMember {
                identity,
                dir: data.robot(number as usize),
                driver,
            })
        });
    Ok(SimulatedFleet::start(
        members.collect::<anyhow::Result<Vec<_>>>()?,
    )?)
}

/// Who the robot is, paired now if it is not; the broker may have another port than the last time.
async fn identity(
    stack: &Stack,
    demo: &Demo,
    api: &Api,
    dir: PathBuf,
    name: String,
) -> anyhow::Result<RobotIdentity> {
    if !RobotIdentity::exists(&dir) {
        demo.pair(&stack.parts, api, dir.clone(), &name).await?.await??;
    }
    let mut identity = RobotIdentity::load(&dir)?;
    identity.endpoint.host = stack.mqtt_addr().ip().to_string();
    identity.endpoint.port = stack.mqtt_addr().port();
    Ok(identity)
}
