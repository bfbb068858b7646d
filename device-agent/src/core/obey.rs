//! Commands carried out and answered.

use domain::command::{CommandKind, Failure, Order, Rejection, Scope};
use domain::id::{CommandId, RunId};
use domain::plan::CleaningPlan;
use domain::run::{Initiator, Outcome};
use domain::status::RobotState;
use wire::ack::{Ack, Answer};
use wire::command::{CommandMessage, RobotRequest};
use wire::topic::Uplink;

use super::commands::{Situation, decide, is_docked, moves_less};
use super::message::Received;
use super::repeat::{FIRST_REPEAT, Repeat};
use super::{Agent, acks};
use crate::driver::DriverOrder;

/// A command, other than a start, that is under way.
pub struct Pursuit {
    command: CommandId,
    kind: CommandKind,
}

impl Agent {
    pub(super) fn on_request(&mut self, message: &Received) {
        match RobotRequest::decode(&message.payload) {
            Err(error) => tracing::warn!(robot.id = %self.endpoint.robot, %error, "a request was refused"),
            Ok(RobotRequest::Command(command)) => self.on_command(&command, message.retained),
            Ok(RobotRequest::Live(request)) => {
                if request.pairing == self.endpoint.pairing && !message.retained {
                    self.live.request(self.uptime, &request);
                }
            }
        }
    }

    fn on_command(&mut self, command: &CommandMessage, retained: bool) {
        let plan = command.plan().unwrap_or_else(|error| {
            tracing::warn!(command.id = %command.id, %error, "a plan was left out");
            None
        });
        let situation = self.situation(plan.as_ref());
        let earlier = acks::earlier(&self.state, command.id).map(Ack::encode);
        if let Some(earlier) = earlier.filter(|_| !moves_less(command.kind, &situation)) {
            // The broker may deliver twice; a refusal as repeated would contradict the first answer.
            return self.publish(Uplink::Ack, earlier);
        }
        match decide(command, plan.as_ref(), retained, &situation) {
            Ok(order) => self.obey(command, &order, plan.as_ref()),
            Err(reason) => {
                tracing::info!(robot.id = %self.endpoint.robot, command.id = %command.id, ?reason, "command refused");
                self.answer(command.id, Answer::Rejected { reason });
            }
        }
    }

    pub(super) fn situation(&self, plan: Option<&CleaningPlan>) -> Situation<'_> {
        Situation {
            pairing: self.endpoint.pairing,
            last_number: self.state.last_number,
            server_time: self.clock.server_time(self.uptime),
            run: self.run.as_ref().map(|run| run.state()),
            state: self
                .condition
                .as_ref()
                .map_or(RobotState::Error, |condition| condition.state),
            battery: self
                .condition
                .as_ref()
                .map_or(0, |condition| condition.battery.into()),
            rooms_version: self.rooms_version(plan.map(CleaningPlan::floor)),
            place: self.locating.place(),
            is_quiet: self.is_quiet(),
            capabilities: &self.profile.capabilities,
        }
    }

    /// The number and the answer are on the disk before the robot moves. Only a stop goes ahead without. A run that
    /// tells of its command is its answer.
    fn obey(&mut self, command: &CommandMessage, order: &Order, plan: Option<&CleaningPlan>) {
        let before = self.state.clone();
        let run = (order.kind() == CommandKind::Start).then(|| self.run_of(command));
        let is_told = run.is_some_and(|run| tells_of(run, command.id));
        let ack = self.ack(command.id, Answer::Accepted { run });
        self.state.last_number = self.state.last_number.max(Some(command.number));
        let note = if is_told { acks::remember } else { acks::note };
        note(&mut self.state, &ack);
        if !self.save() && !order.kind().is_always_obeyed() {
            self.state = before;
            return self.answer(
                command.id,
                Answer::Rejected {
                    reason: Rejection::Locked,
                },
            );
        }
        if !is_told {
            self.send_ack(&ack);
        }
        self.supersede();
        match (run, order.scope()) {
            (Some(run), Some(scope)) => {
                if let (Scope::WholeHome, Some(plan)) = (scope, plan) {
                    self.keep_plan(plan);
                }
                let start = self.start_order(scope, plan);
                self.order(DriverOrder::Start(start));
                let initiator = Initiator::Command { command: command.id };
                self.begin_run_as(run, initiator, command.correlation.clone());
            }
            _ => self.pursue(command.id, order.kind()),
        }
    }

    /// The run that a start begins: the one that the cloud expects, if it expects one.
    fn run_of(&mut self, command: &CommandMessage) -> RunId {
        let expected = command.run.filter(|run| tells_of(*run, command.id));
        expected.unwrap_or_else(|| self.new_run_id())
    }

    fn pursue(&mut self, command: CommandId, kind: CommandKind) {
        match kind {
            CommandKind::Pause => self.order(DriverOrder::Pause),
            CommandKind::Resume => self.order(DriverOrder::Resume),
            CommandKind::Dock => self.order(DriverOrder::Dock),
            CommandKind::Locate => self.order(DriverOrder::Locate),
            // Whatever has no scope is no start; standing still is the safe reading.
            CommandKind::Start | CommandKind::Stop => self.order(DriverOrder::Stop),
        }
        self.pursuit = Some(Pursuit { command, kind });
        self.check_pursuit();
    }

    /// Answers the command that is under way, if the robot has done it.
    pub(super) fn check_pursuit(&mut self) {
        let state = self.robot_state();
        let Some(Pursuit { command, kind }) = &self.pursuit else {
            return;
        };
        let is_done = match kind {
            CommandKind::Pause => state == RobotState::Paused,
            CommandKind::Resume | CommandKind::Start => state == RobotState::Running,
            CommandKind::Dock => is_docked(state) && self.run.is_none(),
            CommandKind::Stop => self.run.is_none() && !state.is_busy(),
            CommandKind::Locate => true,
        };
        let command = *command;
        if is_done {
            self.pursuit = None;
            self.answer(command, Answer::Succeeded { run: None });
        } else if state == RobotState::Error {
            self.pursuit = None;
            self.answer(
                command,
                Answer::Failed {
                    reason: Failure::RobotError,
                },
            );
        }
    }

    /// The robot did not take an order: what it was for has failed.
    pub(super) fn order_failed(&mut self, order: &DriverOrder) {
        match order {
            DriverOrder::Start(_) => self.end_run(Outcome::Failed),
            DriverOrder::Configure(_) | DriverOrder::Follow(_) => {}
            DriverOrder::Pause
            | DriverOrder::Resume
            | DriverOrder::Stop
            | DriverOrder::Dock
            | DriverOrder::Locate => {
                if let Some(pursuit) = self.pursuit.take() {
                    self.answer(
                        pursuit.command,
                        Answer::Failed {
                            reason: Failure::RobotError,
                        },
                    );
                }
            }
        }
    }

    /// Keeps and sends an answer.
    pub(super) fn answer(&mut self, command: CommandId, answer: Answer) {
        let ack = self.ack(command, answer);
        acks::note(&mut self.state, &ack);
        self.save();
        self.send_ack(&ack);
    }

    fn supersede(&mut self) {
        if let Some(pursuit) = self.pursuit.take() {
            self.answer(
                pursuit.command,
                Answer::Failed {
                    reason: Failure::Superseded,
                },
            );
        }
    }

    fn ack(&self, command: CommandId, answer: Answer) -> Ack {
        Ack {
            command,
            pairing: self.endpoint.pairing,
            answer,
            at: self.now(),
        }
    }

    fn send_ack(&mut self, ack: &Ack) {
        self.publish(Uplink::Ack, ack.encode());
        self.ack_repeat = Repeat::due_at(self.uptime + FIRST_REPEAT);
    }
}

/// Whether the events of `run` tell the cloud what becomes of `command`, which then needs no acknowledgement.
pub(super) fn tells_of(run: RunId, command: CommandId) -> bool {
    run == RunId::begun_by(command)
}
