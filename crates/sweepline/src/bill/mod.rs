//! `sweepline bill`: plays the standard day against the local stack and prints what AWS would charge for it.
//!
//! The robot is the simulated one with the real agent; its clock and the cloud's are simulated, so that a day passes
//! as fast as the machine goes, and time passes only while the cloud has nothing left to do. What is counted is thus
//! the same on a fast machine and on a slow one.

mod day;
mod home;
mod phone;
mod report;
mod robot;
mod storage;
mod tables;
mod thief;
mod watcher;

use std::io::Write;

use anyhow::Context;
use billing::Prices;

use crate::cli::BillArgs;
use crate::data_dir::DataDir;
use crate::demo::Demo;
use crate::stack::{Addresses, Stack};
use day::Household;
use report::Report;

/// Plays the days, and prints the bill.
pub async fn run(args: &BillArgs) -> anyhow::Result<()> {
    let report = bill().await?;
    let text = if args.json {
        serde_json::to_string(&report)?
    } else {
        tables::draw(&report)
    };
    writeln!(std::io::stdout(), "{text}").context("standard output")
}

/// A first run makes the map of the home, and is not counted; then comes a day without live view, one with it, a
/// change of the settings, and what a thief would do.
async fn bill() -> anyhow::Result<Report> {
    let prices = Prices::published()?;
    let folder = tempfile::tempdir()?;
    let data = DataDir::open(folder.path(), false)?;
    let stack = Stack::start(&data, Addresses::free()).await?;
    let demo = Demo::open(&data.demo(), &stack.parts.store).await?;
    let mut household = Household::settle(&stack, &demo, data.robot(1)).await?;
    household.first_run().await?;
    let without = household.day(false).await?;
    let with = household.day(true).await?;
    let change = household.change_settings().await?;
    let dear = thief::dear_requests(&mut household).await?;
    household.leave().await;
    let report = Report::new(&prices, &stack, [without, with], &change, &dear)?;
    stack.stop().await;
    Ok(report)
}
