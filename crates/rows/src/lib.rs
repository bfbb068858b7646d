//! What came of the rows of a table that a harness tried, and the lines that `cargo xtask` reads of them.

mod outcome;
mod tried;

pub use outcome::Outcome;
pub use tried::{Tried, tell_bug};
