//! What is wrong on purpose, to show that a row catches it.

use clap::ValueEnum;

/// Something wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bug {
    /// Robots connect again at once.
    Hasty,
    /// Robots take what they handed to the broker for stored.
    TrustsBroker,
    /// The API takes all requests at once.
    Unbounded,
}
