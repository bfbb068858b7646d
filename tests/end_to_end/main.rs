//! The real program from outside: what its users do to it, and what happens to it.

mod bad_start;
mod correlation;
mod erasure;
mod floors;
mod interruption;
mod kills;
mod owner;
mod privacy;
mod rooms;
mod strangers;
