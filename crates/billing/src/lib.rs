//! What AWS charges for a fleet of robots.
//!
//! [`Usage`] counts billable units by feature, [`Prices`] says what each costs, and [`Bill`] is their product. What
//! AWS rounds up is in [`steps`], what an invocation takes in [`invocation`]; [`naive`] is the design that tutorials
//! lead to, on the same day; [`worst_hour`] is what a thief can spend. No clock, no files, no network.

mod bill;
mod feature;
mod fleet;
pub mod invocation;
pub mod naive;
mod prices;
pub mod standard_day;
pub mod steps;
mod unit;
mod usage;
pub mod worst_hour;

pub use bill::{Bill, Line};
pub use feature::Feature;
pub use fleet::{FLEET_SIZES, FixedCosts};
pub use prices::{Evidence, Price, PriceError, Prices};
pub use unit::{Service, Unit};
pub use usage::Usage;
