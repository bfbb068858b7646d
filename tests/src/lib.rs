//! What the end-to-end tests share: a running local stack, a client of its API, and waiting with a deadline.

pub mod api;
pub mod household;
pub mod map;
pub mod plan;
pub mod stack;
pub mod until;
