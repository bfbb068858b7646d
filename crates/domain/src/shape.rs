//! Shapes between the millimetres of the home frame and the metres of maps.

use geo::{Coord, LineString, Polygon};

use crate::command::Corner;

/// Millimetres in a metre.
const MM: f64 = 1000.0;

impl Corner {
    /// The corner nearest to a point in metres.
    pub fn of_metres(x: f64, y: f64) -> Self {
        Self {
            x: (x * MM).round() as i32,
            y: (y * MM).round() as i32,
        }
    }

    /// The point in metres.
    pub fn metres(self) -> (f64, f64) {
        (f64::from(self.x) / MM, f64::from(self.y) / MM)
    }
}

/// The corners of a ring, each once.
pub fn outline(ring: &LineString<f64>) -> Vec<Corner> {
    let mut corners: Vec<Corner> = ring
        .coords()
        .map(|point| Corner::of_metres(point.x, point.y))
        .collect();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    corners
}

/// The line through corners, in metres.
pub fn line(corners: &[Corner]) -> LineString<f64> {
    let points = corners.iter().map(|corner| Coord::from(corner.metres()));
    points.collect()
}

/// The polygon with these corners, in metres.
pub fn polygon(corners: &[Corner]) -> Polygon<f64> {
    Polygon::new(line(corners), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_and_its_polygon_have_the_same_corners() {
        let corners = [(0, 0), (2_000, -1), (1_500, 900)].map(|(x, y)| Corner { x, y });
        assert_eq!(outline(polygon(&corners).exterior()), corners);
        assert_eq!(outline(polygon(&[]).exterior()), []);
    }
}
