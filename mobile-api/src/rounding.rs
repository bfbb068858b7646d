//! Figures as people read them.

/// A figure with two decimals: square metres, metres and minutes are not known more exactly.
pub(crate) fn hundredths(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_a_minute_has_two_decimals() {
        assert_eq!(hundredths(20.0 / 60.0), 0.33);
        assert_eq!(hundredths(41.3), 41.3);
    }
}
