//! Forged tokens, none of which may open anything.

mod attacks;
mod forge;
mod wycheproof;
