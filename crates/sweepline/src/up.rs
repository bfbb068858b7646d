//! `sweepline up`: the local stack with a demo home and simulated robots.

use anyhow::Context;

use crate::cli::UpArgs;
use crate::data_dir::DataDir;
use crate::demo::Demo;
use crate::ready::Ready;
use crate::robots;
use crate::stack::limits::ApiLimits;
use crate::stack::{Addresses, Stack};

/// Runs until it is interrupted.
pub async fn run(args: &UpArgs) -> anyhow::Result<()> {
    let plans = robots::plans(args.plans.as_deref(), args.robots)?;
    let data = DataDir::open(&args.data, args.fresh)?;
    let addresses = Addresses {
        http: args.http,
        mqtt: args.mqtt,
        live: args.live,
    };
    let limits = ApiLimits {
        changes: args.changes,
        ..ApiLimits::default()
    };
    let stack = Stack::start_with(&data, addresses, limits).await?;
    let demo = Demo::open(&data.demo(), &stack.parts.store).await?;
    let robots = robots::start(&stack, &demo, &data, plans, args.speed).await?;
    Ready::new(&stack, &demo).print().context("standard output")?;
    tracing::info!(http = %stack.http_addr(), mqtt = %stack.mqtt_addr(), robots = args.robots, "ready");
    interrupted().await?;
    tracing::info!("stopping");
    robots.stop().await;
    stack.stop().await;
    Ok(())
}

/// Waits for Ctrl-C, or for a request to end.
async fn interrupted() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
