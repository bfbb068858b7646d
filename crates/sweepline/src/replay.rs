//! `sweepline replay`: a recorded log goes the whole way, through agent, broker, handlers and store, and comes out
//! as a map.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use device_agent::agent::{AgentConfig, run as run_agent};
use device_agent::driver::replay::Replay;
use device_agent::pair::Api;
use domain::id::RobotId;
use domain::page::PageRequest;
use domain::ports::{FloorStore, RunStore, RunTileStore};
use domain::run::{Run, Vote};
use mapping::class_grid::{CellClass, ClassGrid};
use mapping::formats::png_map::draw_classes;
use mapping::formats::ros::RosMap;
use serde_json::{Value, json};

use crate::cli::ReplayArgs;
use crate::data_dir::DataDir;
use crate::demo::Demo;
use crate::stack::{Addresses, Stack};

/// How long the cloud may take to vote after the robot has been told that its run arrived.
const VOTE_WAIT: Duration = Duration::from_secs(30);
/// How often it is asked whether it has.
const VOTE_POLL: Duration = Duration::from_millis(20);
/// Pixels per cell in the picture.
const PICTURE_SCALE: usize = 2;

/// Replays the file, writes its map to the folder, and prints one JSON object last.
pub async fn run(args: &ReplayArgs) -> anyhow::Result<()> {
    let file = &args.file;
    let bytes = std::fs::read(file).with_context(|| format!("{file:?}: cannot be read"))?;
    let driver = Replay::from_bytes(&bytes).with_context(|| format!("{file:?}"))?;
    std::fs::create_dir_all(&args.out).with_context(|| format!("--out {:?}: cannot be made", args.out))?;
    let report = through_the_stack(driver, &args.out).await?;
    println(&report);
    Ok(())
}

async fn through_the_stack(driver: Replay, out: &Path) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let data = DataDir::open(folder.path(), false)?;
    let stack = Stack::start(&data, Addresses::free()).await?;
    let demo = Demo::open(&data.demo(), &stack.parts.store).await?;
    let api = Api::new(&format!("http://{}", stack.http_addr()))?;
    let robot_dir = data.robot(1);
    let paired = demo
        .pair(&stack.parts, &api, robot_dir.clone(), "Recorded robot")
        .await?;
    let robot = paired.await??.robot;

    let refused_lines = driver.refused_lines();
    let started = Instant::now();
    let config = AgentConfig {
        ends_with_driver: true,
        ..AgentConfig::new(robot_dir)
    };
    run_agent(&config, driver, std::future::pending()).await?;
    let (run, vote) = voted_run(&stack, &demo, robot).await?;
    let seconds = started.elapsed().as_secs_f64();

    let (scope, published) = (demo.scope(&stack.parts).await?, stack.rules.published());
    let tiles = stack.parts.store.tiles(&scope, run.id).await?.len();
    let classes = stack
        .parts
        .handlers()
        .deriving()
        .votes(&scope, vote.floor)
        .await?
        .classes();
    write_map(&classes, out)?;
    stack.stop().await;
    Ok(json!({
        "messages": published.messages,
        "bytes": published.bytes,
        "tiles": tiles,
        "cells": cells(&classes),
        "seconds": (seconds * 1000.0).round() / 1000.0,
        "refused_lines": refused_lines,
    }))
}

/// The recorded run, once it is in the map.
async fn voted_run(stack: &Stack, demo: &Demo, robot: RobotId) -> anyhow::Result<(Run, Vote)> {
    let scope = demo.scope(&stack.parts).await?;
    let deadline = Instant::now() + VOTE_WAIT;
    while Instant::now() < deadline {
        let runs = stack
            .parts
            .store
            .runs(&scope, robot, &PageRequest::first())
            .await?;
        if let Some(found) = runs
            .items
            .into_iter()
            .find_map(|run| run.vote.map(|vote| (run, vote)))
            && stack
                .parts
                .store
                .floor_map(&scope, found.1.floor)
                .await?
                .is_some()
        {
            return Ok(found);
        }
        tokio::time::sleep(VOTE_POLL).await;
    }
    bail!("the run was not in the map {VOTE_WAIT:?} after the robot had sent it")
}

fn cells(classes: &ClassGrid) -> Value {
    json!({
        "free": classes.count(CellClass::Free),
        "movable": classes.count(CellClass::Movable),
        "permanent": classes.count(CellClass::Permanent),
    })
}

/// Writes the map for ROS, and as a picture.
fn write_map(classes: &ClassGrid, out: &Path) -> anyhow::Result<()> {
    let ros = RosMap::from_classes(classes, "map.pgm");
    let picture = draw_classes(classes, PICTURE_SCALE)?;
    let files = [
        ("map.pgm", ros.write_picture()),
        ("map.yaml", ros.write_yaml().into_bytes()),
        ("map.png", picture),
    ];
    for (name, bytes) in files {
        let path = out.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("{path:?}: cannot be written"))?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the program's result")]
fn println(report: &Value) {
    println!("{report}");
}
