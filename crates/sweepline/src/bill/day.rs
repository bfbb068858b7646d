//! The days that are played: who does what, in which order, and what was counted meanwhile.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use billing::standard_day::{APP_LOOK_SECONDS, LIVE_VIEW_MINUTES};
use billing::{Feature, Unit, Usage};
use device_agent::pair::Api;
use domain::lease::LEASE_VALID;
use domain::page::PageRequest;
use domain::ports::{HealthStore, RunStore, SettingsStore};
use domain::run::Run;
use serde_json::json;
use simulator::home::Home;
use simulator::robot::{SimConfig, SimRobot};
use tokio::time::{Instant, sleep};

use super::home;
use super::phone::Phone;
use super::robot::DayRobot;
use super::storage::Inventory;
use super::watcher::Watcher;
use crate::demo::Demo;
use crate::stack::{Stack, TABLE};

/// Decides over furniture and noise.
const SEED: u64 = 1;
const SECONDS_PER_MINUTE: f64 = 60.0;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// When, in a run, the owner looks again on the day with live view.
const INTO_THE_RUN: Duration = Duration::from_secs(30 * 60);
/// When the owner looks again on the other day.
const EVENING: Duration = Duration::from_secs(12 * 60 * 60);
/// How often the open page asks for the robots at rest.
const CALM: Duration = Duration::from_secs(15);
/// How often it does while the owner watches a robot, which tells of every change itself.
const LIVE: Duration = Duration::from_secs(120);
/// The page renews its lease when this share of it is over.
const RENEW_AFTER: f64 = 0.8;
/// The longest that a run may take.
const RUN_LIMIT: Duration = Duration::from_secs(4 * 60 * 60);
/// The program that lets runs vote.
const FOLD: &str = "fold";
/// How long the cloud may take for something, by the clock on the wall.
const CLOUD_LIMIT: Duration = Duration::from_secs(60);
/// How long it is waited for a status between two looks, by the robot's clock.
const BETWEEN_STATUSES: Duration = Duration::from_secs(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// A day and what it used.
#[derive(Debug, Clone)]
pub struct Day {
    /// All that was counted.
    pub usage: Usage,
    /// What a year of such days keeps in the table.
    pub storage: Usage,
    /// The table at its end, bytes.
    pub table_bytes: usize,
    /// How long its run took, minutes.
    pub run_minutes: f64,
    /// What its run cleaned, square metres.
    pub run_square_metres: f64,
    /// Messages that the robot published.
    pub messages: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
}

/// The home of the days: its robot, its owner's phone, and the cloud.
pub struct Household<'a> {
    stack: &'a Stack,
    demo: &'a Demo,
    /// The robot.
    pub robot: DayRobot<'a>,
    /// The owner's phone.
    pub phone: Phone,
}

impl<'a> Household<'a> {
    /// Pairs the robot in `dir` and connects it.
    pub async fn settle(stack: &'a Stack, demo: &'a Demo, dir: PathBuf) -> anyhow::Result<Self> {
        let base = format!("http://{}", stack.http_addr());
        let paired = demo
            .pair(&stack.parts, &Api::new(&base)?, dir.clone(), "Robot")
            .await?;
        paired.await??;
        let config = SimConfig {
            seed: SEED,
            ..SimConfig::default()
        };
        let body = SimRobot::new(Home::new(&home::plan()?, SEED)?, config);
        let robot = DayRobot::connect(&stack.rules, &dir, body).await?;
        let phone = Phone::new(base, &demo.owner, robot.id()).await?;
        Ok(Self {
            stack,
            demo,
            robot,
            phone,
        })
    }

    /// The run that makes the map of the home, and a look at it.
    pub async fn first_run(&mut self) -> anyhow::Result<()> {
        let begun = self.robot.uptime();
        self.phone.sign_in().await?;
        self.start_and_see().await?;
        self.finish_run().await?;
        self.phone.open().await?;
        self.pass_until(begun + DAY).await
    }

    /// A standard day, with or without live view. Who watches the run has not yet seen the map that the run of the day
    /// before has made; who looks in the evening has.
    pub async fn day(&mut self, with_live_view: bool) -> anyhow::Result<Day> {
        let (begun, before) = (self.robot.uptime(), self.stack.meter.usage());
        let (inventory, published) = (self.inventory()?, self.stack.rules.published());
        if with_live_view {
            self.phone.forget_map();
        }
        self.phone.open().await?;
        self.start_and_see().await?;
        if with_live_view {
            self.robot.pass(INTO_THE_RUN).await?;
            self.phone.open().await?;
            self.watch().await?;
        }
        let run = self.finish_run().await?;
        if !with_live_view {
            self.pass_until(begun + EVENING).await?;
            self.phone.open().await?;
            self.look(Duration::from_secs_f64(APP_LOOK_SECONDS), CALM).await?;
        }
        self.pass_until(begun + DAY).await?;
        let minutes = (self.robot.uptime() - begun).as_secs_f64() / SECONDS_PER_MINUTE;
        let usage = self.stack.meter.usage().since(&before);
        let (after, sent) = (self.inventory()?, self.stack.rules.published());
        let report = run.report.context("the run has no report")?;
        Ok(Day {
            usage: usage.with(Feature::Connection, Unit::ConnectionMinute, minutes),
            storage: after.year_after(&inventory),
            table_bytes: after.bytes(),
            run_minutes: Duration::from_millis(report.duration_ms).as_secs_f64() / SECONDS_PER_MINUTE,
            run_square_metres: report.area_cm2 as f64 / 10_000.0,
            messages: sent.messages - published.messages,
            bytes: sent.bytes - published.bytes,
        })
    }

    /// What one change of the settings uses, from the page to the robot's word that it has them.
    pub async fn change_settings(&mut self) -> anyhow::Result<Usage> {
        self.phone.sign_in().await?;
        let before = self.stack.meter.usage();
        self.phone
            .change_settings(|settings| settings["child_lock"] = json!(true))
            .await?;
        self.robot.expect("its settings").await?;
        self.await_settings().await?;
        Ok(self.stack.meter.usage().since(&before))
    }

    /// What a request of the phone uses, together with all that it sets off.
    pub async fn usage_of(
        &mut self,
        request: impl AsyncFnOnce(&mut Phone) -> anyhow::Result<()>,
    ) -> anyhow::Result<Usage> {
        let before = self.stack.meter.usage();
        request(&mut self.phone).await?;
        self.robot.quiet().await?;
        Ok(self.stack.meter.usage().since(&before))
    }

    /// The robot says goodbye.
    pub async fn leave(self) {
        self.robot.leave().await;
    }

    /// Starts a run from afar and leaves once the robot has accepted.
    async fn start_and_see(&mut self) -> anyhow::Result<()> {
        let order = json!({ "type": "start", "scope": { "kind": "whole_home" } });
        let command = self.phone.command(order).await?;
        self.robot.expect("the start").await?;
        let state = self.phone.state_of(&command).await?;
        ensure!(state == "accepted", "the start was {state}");
        Ok(())
    }

    /// The page stays open, and asks for the robots again and again.
    async fn look(&mut self, time: Duration, every: Duration) -> anyhow::Result<()> {
        let until = self.robot.uptime() + time;
        while self.robot.uptime() + every <= until {
            self.robot.pass(every).await?;
            self.phone.poll().await?;
        }
        self.pass_until(until).await
    }

    /// The owner watches the run.
    async fn watch(&mut self) -> anyhow::Result<()> {
        let time = Duration::from_secs_f64(LIVE_VIEW_MINUTES * SECONDS_PER_MINUTE);
        let lease = self.phone.live("POST", None).await?;
        let id = lease.text("/id")?;
        let watcher = Watcher::connect(&lease).await?;
        self.robot.set_watched(true);
        self.robot.expect("the wish to watch").await?;
        let (mut left, term) = (time, LEASE_VALID.mul_f64(RENEW_AFTER));
        while left > term {
            left -= term;
            self.look(term, LIVE).await?;
            self.phone.live("POST", Some(&id)).await?;
            self.robot.expect("the wish to go on").await?;
        }
        self.look(left, LIVE).await?;
        self.phone.live("DELETE", Some(&id)).await?;
        watcher.closed().await;
        self.stack
            .meter
            .count(Feature::LiveView, Unit::ConnectionMinute, LIVE_VIEW_MINUTES);
        self.robot.quiet().await?;
        self.robot.pass(LEASE_VALID).await?;
        self.robot.set_watched(false);
        Ok(())
    }

    /// Waits until the run is over, has voted, and the robot has what came of it.
    async fn finish_run(&mut self) -> anyhow::Result<Run> {
        let folds = self.folds();
        self.robot.finish(RUN_LIMIT).await?;
        let deadline = Instant::now() + CLOUD_LIMIT;
        while self.folds() == folds {
            ensure!(
                Instant::now() < deadline,
                "the run had no vote within {CLOUD_LIMIT:?}"
            );
            sleep(BETWEEN_LOOKS).await;
        }
        self.await_settings().await?;
        let scope = self.demo.scope(&self.stack.parts).await?;
        let first = PageRequest::first();
        let runs = self
            .stack
            .parts
            .store
            .runs(&scope, self.robot.id(), &first)
            .await?;
        let newest = runs.items.into_iter().next().context("there is no run")?;
        ensure!(newest.vote.is_some(), "the run has not voted");
        Ok(newest)
    }

    /// Waits until the robot has said that it has its newest settings.
    async fn await_settings(&mut self) -> anyhow::Result<()> {
        let (store, robot) = (&self.stack.parts.store, self.robot.id());
        let deadline = Instant::now() + CLOUD_LIMIT;
        while Instant::now() < deadline {
            let wanted = store
                .settings(robot)
                .await?
                .map_or(0, |settings| settings.version);
            let status = store.health(robot).await?.status;
            if status.is_some_and(|status| status.settings_version == wanted) {
                return self.robot.quiet().await;
            }
            self.robot.quiet().await?;
            self.robot.pass(BETWEEN_STATUSES).await?;
        }
        bail!("the robot had no settings within {CLOUD_LIMIT:?}")
    }

    async fn pass_until(&mut self, uptime: Duration) -> anyhow::Result<()> {
        self.robot.pass(uptime.saturating_sub(self.robot.uptime())).await
    }

    fn folds(&self) -> u64 {
        self.stack
            .meter
            .walls()
            .get(FOLD)
            .map_or(0, |wall| wall.invocations)
    }

    fn inventory(&self) -> anyhow::Result<Inventory> {
        Inventory::take(self.stack.database(), TABLE)
    }
}
