use async_trait::async_trait;
use domain::access::HomeScope;
use domain::command::{Command, CommandNumber, CommandState};
use domain::command_log::CommandLog;
use domain::fleet::RobotHealth;
use domain::id::{CommandId, RobotId};
use domain::page::{Page, PageRequest};
use domain::ports::{CommandStore, FlowStore, HealthStore, RobotStore, SettingsStore, StoreError};
use domain::presence::Presence;
use domain::quarantine::{Minute, Quarantine};
use domain::robot::Robot;
use domain::settings::Settings;
use domain::status::Status;

use super::unused::unused;
use super::{Memory, conflict};

#[async_trait]
impl RobotStore for Memory {
    async fn robot(&self, robot: RobotId) -> Result<Option<Robot>, StoreError> {
        Ok(self.open()?.robots.get(&robot).cloned())
    }

    async fn put_robot(&self, robot: &Robot, expected: Option<&Robot>) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        if shelves.robots.get(&robot.id) != expected {
            return conflict("robot");
        }
        shelves.robots.insert(robot.id, robot.clone());
        let was_paired = expected.is_some_and(|known| known.pairing.is_some());
        if was_paired && robot.pairing.is_none() {
            shelves.settings.remove(&robot.id);
            shelves.status.remove(&robot.id);
            shelves.presence.remove(&robot.id);
            shelves.quarantine.remove(&robot.id);
        }
        Ok(())
    }

    async fn robots(&self, scope: &HomeScope, _: &PageRequest) -> Result<Page<Robot>, StoreError> {
        let shelves = self.open()?;
        let ours = shelves
            .robots
            .values()
            .filter(|robot| HomeScope::of_robot(robot).as_ref() == Some(scope));
        let items = ours.cloned().collect();
        Ok(Page { items, next: None })
    }
}

#[async_trait]
impl FlowStore for Memory {
    async fn add_flow(&self, robot: RobotId, minute: Minute, weight: u32) -> Result<u64, StoreError> {
        let mut shelves = self.write().await?;
        let sum = shelves.flows.entry((robot, minute)).or_default();
        *sum += u64::from(weight);
        Ok(*sum)
    }
}

#[async_trait]
impl HealthStore for Memory {
    async fn health(&self, robot: RobotId) -> Result<RobotHealth, StoreError> {
        let shelves = self.open()?;
        let (status, presence) = (shelves.status.get(&robot), shelves.presence.get(&robot));
        Ok(RobotHealth {
            robot,
            status: status.cloned(),
            presence: presence.cloned(),
            quarantine: shelves.quarantine.get(&robot).copied(),
        })
    }

    async fn put_quarantine(
        &self,
        robot: RobotId,
        quarantine: Option<&Quarantine>,
    ) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        match quarantine {
            Some(quarantine) => shelves.quarantine.insert(robot, *quarantine),
            None => shelves.quarantine.remove(&robot),
        };
        Ok(())
    }

    async fn put_status(&self, robot: RobotId, status: &Status) -> Result<bool, StoreError> {
        let mut shelves = self.write().await?;
        let newer = shelves
            .status
            .get(&robot)
            .is_none_or(|stored| stored.order < status.order);
        if newer {
            shelves.status.insert(robot, status.clone());
        }
        Ok(newer)
    }

    async fn put_presence(
        &self,
        robot: RobotId,
        presence: &Presence,
        expected: Option<&Presence>,
    ) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        if shelves.presence.get(&robot) != expected {
            return conflict("presence");
        }
        shelves.presence.insert(robot, presence.clone());
        Ok(())
    }
}

#[async_trait]
impl SettingsStore for Memory {
    async fn settings(&self, robot: RobotId) -> Result<Option<Settings>, StoreError> {
        Ok(self.open()?.settings.get(&robot).cloned())
    }

    async fn put_settings(
        &self,
        robot: RobotId,
        settings: &Settings,
        expected: Option<u64>,
    ) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        if shelves.settings.get(&robot).map(|stored| stored.version) != expected {
            return conflict("settings");
        }
        shelves.settings.insert(robot, settings.clone());
        Ok(())
    }
}

#[async_trait]
impl CommandStore for Memory {
    async fn command_log(&self, _: RobotId) -> Result<CommandLog, StoreError> {
        unused()
    }

    async fn add_command(
        &self,
        _: &HomeScope,
        _: &Command,
        _: &CommandLog,
        _: Option<CommandNumber>,
    ) -> Result<(), StoreError> {
        unused()
    }

    async fn command(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        command: CommandId,
    ) -> Result<Option<Command>, StoreError> {
        let shelves = self.open()?;
        let own = |command: &&Command| command.home == scope.home() && command.robot == robot;
        Ok(shelves.commands.get(&command).filter(own).cloned())
    }

    async fn set_command_state(
        &self,
        _: &HomeScope,
        command: &Command,
        from: CommandState,
        to: CommandState,
    ) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        match shelves
            .commands
            .get_mut(&command.id)
            .filter(|stored| stored.state == from)
        {
            Some(stored) => stored.state = to,
            None => return conflict("command"),
        }
        Ok(())
    }
}
