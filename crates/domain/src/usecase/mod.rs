//! What Sweepline does: each use case is a function over ports.
