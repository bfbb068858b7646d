//! The sweepline program: the local stack, replay, evaluation and the bill.

fn main() {}
