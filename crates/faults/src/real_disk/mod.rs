//! R3 and R4 on file systems of the kernel: the power is cut while an outbox is written on ext4, and a small tmpfs is full.
//!
//! Mounting takes rights that not everybody has; without them the rows say so and are left out.

mod full;
mod mounted;
mod power;
mod writer;

pub use full::filled;
pub use power::cut;
pub use writer::write;
