//! Chance that is the same for the same seed.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A seeded source of chance.
pub(crate) struct Random {
    source: StdRng,
}

impl Random {
    /// The chance of one named thing under a seed: what else is evaluated beside it does not change it.
    pub(crate) fn named(seed: u64, name: &str) -> Self {
        // FNV-1a (Fowler, Noll and Vo), because the standard hasher may change between releases.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self {
            source: StdRng::seed_from_u64(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        }
    }

    /// Evenly distributed in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        self.source.random()
    }

    /// Evenly distributed in [-reach, reach).
    pub(crate) fn within(&mut self, reach: f64) -> f64 {
        (2.0 * self.unit() - 1.0) * reach
    }

    /// True once in so many times as `share` says.
    pub(crate) fn happens(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// A whole number below `count`, 0 if that is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.source.random_range(0..count.max(1))
    }

    /// Normally distributed with mean 0 and deviation 1 (Box and Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// One of `items`, unless there are none.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        items.get(self.below(items.len())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_and_seed_give_the_same_chance() {
        let draw = |seed, name| {
            let mut random = Random::named(seed, name);
            (random.below(1_000_000), random.normal())
        };
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }

    #[test]
    fn normal_numbers_have_deviation_one() {
        let mut random = Random::named(3, "normal");
        let squares: f64 = (0..20_000).map(|_| random.normal().powi(2)).sum();
        assert!((squares / 20_000.0 - 1.0).abs() < 0.05);
    }
}
