//! End-to-end, real-component and fault tests.
