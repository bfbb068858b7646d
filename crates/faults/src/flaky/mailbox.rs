//! The way to robots, which fails like the store.

use async_trait::async_trait;
use domain::id::RobotId;
use domain::ports::{DeviceError, RobotMailbox, StoreError};
use domain::receipt::Receipt;
use domain::settings::Settings;

use super::{FlakyStore, Post};

impl<S: Send + Sync> FlakyStore<S> {
    async fn post(&self, robot: RobotId, post: Post) -> Result<(), DeviceError> {
        let work = async {
            self.aside().posts.push_back((robot, post));
            Ok(())
        };
        let posted: Result<(), StoreError> = self.call("message", false, work).await;
        posted.map_err(|error| DeviceError::Unavailable(error.into()))
    }
}

#[async_trait]
impl<S: Send + Sync> RobotMailbox for FlakyStore<S> {
    async fn post_settings(&self, robot: RobotId, settings: &Settings) -> Result<(), DeviceError> {
        self.post(robot, Post::Settings(settings.clone())).await
    }

    async fn clear_settings(&self, _: RobotId) -> Result<(), DeviceError> {
        Ok(())
    }

    async fn post_receipt(&self, robot: RobotId, receipt: &Receipt) -> Result<(), DeviceError> {
        self.post(robot, Post::Receipt(receipt.clone())).await
    }
}
