//! Percentiles, and limits that are made for a whole fleet and held to by a part of it.

use std::time::Duration;

/// The robots that limits are meant for.
pub const FLEET: usize = 5_000;
/// The most CONNECT packets that AWS IoT Core takes of an account in a second.
pub const MAX_CONNECTS: u64 = 500;

/// The most CONNECT packets in a second that `robots` of the fleet may send: their share, and what chance may add to so
/// few, five standard deviations; never more than an account may.
pub fn connects_of(robots: usize) -> u64 {
    let share = MAX_CONNECTS as f64 * robots as f64 / FLEET as f64;
    MAX_CONNECTS.min((share + 5.0 * share.sqrt()).ceil() as u64)
}

/// What `part` of the values does not exceed; zero of none.
pub fn percentile(values: &mut [Duration], part: f64) -> Duration {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    let at = (last as f64 * part).ceil() as usize;
    values.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_has_the_limit_of_an_account_and_a_part_less() {
        assert_eq!(connects_of(FLEET), MAX_CONNECTS);
        assert!(connects_of(300) < 60);
    }

    #[test]
    fn percentiles_are_values() {
        let mut values = [3, 1, 2].map(Duration::from_secs);
        assert_eq!(percentile(&mut values, 0.5), Duration::from_secs(2));
        assert_eq!(percentile(&mut values, 0.99), Duration::from_secs(3));
        assert_eq!(percentile(&mut [], 0.5), Duration::ZERO);
    }
}
