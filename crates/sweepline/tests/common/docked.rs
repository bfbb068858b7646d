//! A robot on its dock.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use device_agent::driver::{
    Capability, Driver, DriverError, DriverOrder, Observation, Observed, Profile, RobotCondition,
};
use domain::status::{Battery, RobotError, RobotState};

/// A robot that stands on its dock and says so whatever it is told, so that nothing but the commands themselves tells
/// the cloud that it is busy.
pub struct Docked {
    says: Option<Observed>,
    obeyed: Arc<Obeyed>,
}

/// What the robot was made to do.
#[derive(Default)]
pub struct Obeyed {
    pub starts: AtomicUsize,
    pub sounds: AtomicUsize,
}

#[async_trait]
impl Driver for Docked {
    fn profile(&self) -> Profile {
        Profile {
            model: "test".into(),
            capabilities: vec![Capability::Locate],
        }
    }

    async fn order(&mut self, order: DriverOrder) -> Result<(), DriverError> {
        // A start brings its plan and preferences as orders of their own.
        match order {
            DriverOrder::Start(_) => self.obeyed.starts.fetch_add(1, Ordering::SeqCst),
            DriverOrder::Locate => self.obeyed.sounds.fetch_add(1, Ordering::SeqCst),
            _ => 0,
        };
        Ok(())
    }

    async fn next(&mut self) -> Option<Observed> {
        match self.says.take() {
            Some(observed) => Some(observed),
            None => pending().await,
        }
    }
}

impl Docked {
    pub fn new(obeyed: &Arc<Obeyed>) -> Self {
        let condition = RobotCondition {
            state: RobotState::Docked,
            error: RobotError::NoError,
            vendor_error: None,
            battery: Battery::try_from(90).unwrap(),
        };
        let (at, what) = (Duration::ZERO, Observation::State(condition));
        Self {
            says: Some(Observed { at, what }),
            obeyed: obeyed.clone(),
        }
    }
}
