//! The demo home as its owner sees it: start the robot, follow its runs, look at the map.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::api::{Answer, Api};
use crate::map::CellMap;
use crate::stack::Stack;
use crate::until::until;

/// The longest that a robot may take to be where a test wants it, at the tests' speed.
pub const ROBOT_LIMIT: Duration = Duration::from_secs(180);

/// The demo home, signed in as its owner.
pub struct Household {
    /// The API, signed in.
    pub api: Api,
    /// The home's id.
    pub home: String,
    /// The id of its first robot.
    pub robot: String,
}

impl Household {
    /// Signs in as the owner, and waits until the demo robot is connected and says how it is.
    pub fn enter(stack: &Stack) -> anyhow::Result<Self> {
        let api = stack.api().sign_in(&stack.ready.owner)?;
        let homes = api.get("/v1/homes")?.expect(200)?;
        let home = id(&homes["items"][0])?;
        let robot = until("the robot is connected", ROBOT_LIMIT, || {
            let robots = api.get(&format!("/v1/homes/{home}/robots"))?.expect(200)?;
            let robot = &robots["items"][0];
            let is_there = robot["connected"] == true && robot["state"] != "unknown";
            is_there.then(|| id(robot)).transpose()
        })?;
        Ok(Self { api, home, robot })
    }

    /// The robot.
    pub fn robot(&self) -> anyhow::Result<Value> {
        self.api.get(&format!("/v1/robots/{}", self.robot))?.expect(200)
    }

    /// Gives the robot a command, a start for the whole home; `key` makes it idempotent.
    pub fn command(&self, kind: &str, key: &str) -> anyhow::Result<Answer> {
        match kind {
            "start" => self.command_with(json!({"type": kind, "scope": {"kind": "whole_home"}}), key),
            _ => self.command_with(json!({"type": kind}), key),
        }
    }

    /// Gives the robot the command in `body`.
    pub fn command_with(&self, body: Value, key: &str) -> anyhow::Result<Answer> {
        let path = format!("/v1/robots/{}/commands", self.robot);
        self.api.post(&path, &body, &[("idempotency-key", key)])
    }

    /// Starts a run and waits until it is known; gives its id.
    pub fn start_run(&self, key: &str) -> anyhow::Result<String> {
        let known = self.runs()?.len();
        self.command("start", key)?.expect(202)?;
        self.newest_run(known)
    }

    /// Waits until there are more than `known` runs; gives the id of the newest.
    pub fn newest_run(&self, known: usize) -> anyhow::Result<String> {
        until("a new run is known", ROBOT_LIMIT, || {
            let runs = self.runs()?;
            runs.first().filter(|_| runs.len() > known).map(id).transpose()
        })
    }

    /// The robot's runs, newest first.
    pub fn runs(&self) -> anyhow::Result<Vec<Value>> {
        let runs = self
            .api
            .get(&format!("/v1/robots/{}/runs", self.robot))?
            .expect(200)?;
        runs["items"].as_array().cloned().context("items is no list")
    }

    /// One run.
    pub fn run(&self, run: &str) -> anyhow::Result<Value> {
        self.api
            .get(&format!("/v1/robots/{}/runs/{run}", self.robot))?
            .expect(200)
    }

    /// Waits until the run is sealed; gives it.
    pub fn sealed(&self, run: &str) -> anyhow::Result<Value> {
        until("the run is sealed", ROBOT_LIMIT, || {
            Ok(Some(self.run(run)?).filter(|run| run["state"] == "sealed"))
        })
    }

    /// Waits until the run is sealed and in the map of the home, and the map shows it; gives the run.
    pub fn voted(&self, run: &str) -> anyhow::Result<Value> {
        self.sealed(run)?;
        let voted = until("the run is in the map", ROBOT_LIMIT, || {
            Ok(Some(self.run(run)?).filter(|run| run["in_map"] == true))
        })?;
        until("the map shows every run that is in it", ROBOT_LIMIT, || {
            let in_map = self.runs()?.iter().filter(|run| run["in_map"] == true).count() as u64;
            let votes: u64 = self
                .floors()?
                .iter()
                .filter_map(|floor| floor["votes"].as_u64())
                .sum();
            Ok((votes >= in_map).then_some(voted.clone()))
        })
    }

    /// Waits until the robot has found out on which floor its run is.
    pub fn located(&self, run: &str) -> anyhow::Result<Value> {
        until("the run is located", ROBOT_LIMIT, || {
            Ok(Some(self.run(run)?).filter(|run| !run["floor"].is_null()))
        })
    }

    /// The map of one run as it is stored, if any of it is.
    pub fn run_map(&self, run: &str) -> anyhow::Result<Option<CellMap>> {
        let answer = self
            .api
            .get(&format!("/v1/robots/{}/runs/{run}/map", self.robot))?;
        if answer.status == 404 {
            return Ok(None);
        }
        Ok(Some(CellMap::read(&answer.expect(200)?)?))
    }

    /// The run that an accepted start has begun, once it is known: the robot's answer may come before its run does.
    pub fn run_of(&self, start: Answer) -> anyhow::Result<String> {
        let command = id(&start.expect(202)?)?;
        let path = format!("/v1/robots/{}/commands/{command}", self.robot);
        until("the start is accepted", ROBOT_LIMIT, || {
            let command = self.api.get(&path)?.expect(200)?;
            ensure!(command["reason"].is_null(), "the start was refused: {command}");
            let run = command["run"].as_str().map(str::to_owned);
            let runs = self.runs()?;
            Ok(run.filter(|run| runs.iter().any(|known| known["id"] == **run)))
        })
    }

    /// The home's floors.
    pub fn floors(&self) -> anyhow::Result<Vec<Value>> {
        let floors = self
            .api
            .get(&format!("/v1/homes/{}/floors", self.home))?
            .expect(200)?;
        floors["items"].as_array().cloned().context("items is no list")
    }

    /// The home's first floor.
    pub fn floor(&self) -> anyhow::Result<Value> {
        self.floors()?.into_iter().next().context("the home has no floor")
    }

    /// The rooms of the home's first floor.
    pub fn rooms(&self) -> anyhow::Result<Value> {
        let floor = id(&self.floor()?)?;
        self.api
            .get(&format!("/v1/homes/{}/floors/{floor}/rooms", self.home))?
            .expect(200)
    }

    /// The floor's map in a media type.
    pub fn floor_map(&self, accept: &str) -> anyhow::Result<Answer> {
        let floor = id(&self.floor()?)?;
        let answer = self
            .api
            .get_as(&format!("/v1/homes/{}/floors/{floor}/map", self.home), accept)?;
        answer.expect(200)?;
        Ok(answer)
    }
}

/// The id of something that the API gave.
pub fn id(thing: &Value) -> anyhow::Result<String> {
    thing["id"]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no id in {thing}"))
}
