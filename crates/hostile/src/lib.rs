//! What strangers send and what must not follow, for the tests of every door: a [`Row`] counts what was tried, a
//! [`Recorder`] notes whose keys a request asks the table for, and [`json`], [`binary`], [`time`] and [`packets`] make
//! the wrong input of each of the [`Classes`] from what is right.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "it is for tests, which fail by panicking and say how much they tried"
)]

mod binary;
mod classes;
mod json;
mod packets;
mod place;
mod recorder;
mod row;
mod survival;

pub use binary::{binary, not_base64};
pub use classes::Classes;
pub use json::{json, time};
pub use packets::{Link, Script, connect, packets};
pub use recorder::{Recorder, Touch};
pub use row::Row;
pub use survival::{count_panics, forget_peak, memory, panics, survives};
