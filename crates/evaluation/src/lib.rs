//! The evaluation of the map: what `sweepline eval` measures, deterministic for a seed, over data that anyone can bring.
//!
//! Each suite gives one JSON object of figures; see [`Suite`] for what they mean.

mod args;
mod baseline;
mod error;
mod files;
mod learning;
mod options;
mod parallel;
mod picture;
mod plans;
mod random;
mod report;
mod score;
mod sim;
mod suite;
#[cfg(test)]
mod testing;

pub use args::{
    AlignArgs, CoverageArgs, EvalArgs, FlatArgs, LidarArgs, NoiseArgs, PermanenceArgs, RoomsArgs,
    RoomsVariant, Suite,
};
pub use error::EvalError;
pub use options::EvalOptions;
pub use plans::PLAN_AREA_M2;
pub use suite::run;
