//! Plans on the robot: brought into the frame of its run, and kept for runs that begin without the cloud.

use domain::command::{Corner, Scope};
use domain::plan::CleaningPlan;
use domain::settings::{Preferences, Restriction};
use mapping::pose::Pose;

use super::Agent;
use super::locating::Place;
use crate::driver::{DriverOrder, StartOrder};
use crate::kept_plan::KeptPlan;

impl Agent {
    /// The order to clean `scope` by `plan`; a plan that is for another place than the robot's is left out.
    pub(super) fn start_order(&self, scope: &Scope, plan: Option<&CleaningPlan>) -> StartOrder {
        StartOrder {
            scope: scope.clone(),
            plan: plan.and_then(|plan| in_frame(plan, &self.locating.place())),
        }
    }

    /// Keeps the plan of a whole home. One that is not on the disk is no reason not to clean.
    pub(super) fn keep_plan(&mut self, plan: &CleaningPlan) {
        let kept = KeptPlan {
            pairing: self.endpoint.pairing,
            restrictions: self.preferences().restrictions,
            plan: plan.clone(),
        };
        if self.kept_plan.as_ref() == Some(&kept) {
            return;
        }
        if let Err(error) = self.storage.save_plan(&kept) {
            return tracing::error!(robot.id = %self.endpoint.robot, %error, "a plan was not saved");
        }
        self.kept_plan = Some(kept);
    }

    /// Gives the robot the kept plan for a run that it began by itself, if the plan still holds.
    pub(super) fn follow_kept_plan(&mut self) {
        let place = self.locating.place();
        if let Some(plan) = self.heeded_plan().and_then(|plan| in_frame(plan, &place)) {
            self.order(DriverOrder::Follow(plan));
        }
    }

    /// The kept plan, if it still holds.
    pub(super) fn heeded_plan(&self) -> Option<&CleaningPlan> {
        let restrictions = self.preferences().restrictions;
        let holds =
            |kept: &&KeptPlan| kept.pairing == self.endpoint.pairing && kept.restrictions == restrictions;
        self.kept_plan.as_ref().filter(holds).map(|kept| &kept.plan)
    }

    /// What the owner has set, with restrictions where they lie in the robot's frame.
    pub(super) fn preferences_in_frame(&self) -> Preferences {
        let preferences = self.preferences();
        match self.locating.place() {
            Place::Unknown | Place::Home => preferences,
            Place::On(located) => {
                let back = located.alignment.inverse();
                let moved = preferences.restrictions.iter().map(|one| moved(one, &back));
                Preferences {
                    restrictions: moved.collect(),
                    ..preferences
                }
            }
        }
    }
}

fn in_frame(plan: &CleaningPlan, place: &Place) -> Option<CleaningPlan> {
    let back = place.frame_on(plan.floor())?.inverse();
    plan.moved(|corner| moved_corner(corner, &back)).ok()
}

fn moved(restriction: &Restriction, frame: &Pose) -> Restriction {
    let all = |corners: &[Corner]| {
        corners
            .iter()
            .map(|corner| moved_corner(*corner, frame))
            .collect()
    };
    match restriction {
        Restriction::NoGoZone { corners } => Restriction::NoGoZone {
            corners: all(corners),
        },
        Restriction::NoMopZone { corners } => Restriction::NoMopZone {
            corners: all(corners),
        },
        Restriction::VirtualWall { corners } => Restriction::VirtualWall {
            corners: all(corners),
        },
    }
}

fn moved_corner(corner: Corner, frame: &Pose) -> Corner {
    let metres = |millimetres: i32| f64::from(millimetres) / 1000.0;
    let (x, y) = frame.transform((metres(corner.x), metres(corner.y)));
    let millimetres = |metres: f64| (metres * 1000.0).round() as i32;
    Corner {
        x: millimetres(x),
        y: millimetres(y),
    }
}
