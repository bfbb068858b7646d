//! Robots on AWS IoT Core: messages to those that are connected, retained settings, and certificates.
//!
//! The SDK's types and errors end here. With the feature `data` alone only the data plane is linked; `registry` adds
//! the control plane, whose SDK is large.

#[cfg(feature = "data")]
mod connect;
#[cfg(feature = "data")]
mod data_plane;
#[cfg(feature = "data")]
mod error;
#[cfg(feature = "registry")]
mod provisioning;
#[cfg(feature = "registry")]
mod registry;

#[cfg(feature = "registry")]
pub use connect::registry;
#[cfg(feature = "data")]
pub use connect::{CONNECT_TIMEOUT, ConnectConfig, REQUEST_TIMEOUT, data_plane};
#[cfg(feature = "data")]
pub use data_plane::{
    CONFIRMATION_MARGIN, CONFIRMATION_SECONDS, CONNECTION_TIMEOUT, CommandDelivery, DataPlane,
};
#[cfg(feature = "registry")]
pub use provisioning::TemplateClaims;
#[cfg(feature = "registry")]
pub use registry::Registry;
