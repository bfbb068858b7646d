//! The surfaces that scans saw, as points with normals, and an index to find the nearest one.

use crate::pose::Pose;
use crate::scan::Scan;

/// Most points that are kept of one scan.
pub(super) const MAX_SCAN_POINTS: usize = 400;
/// Points of a scan are at least this far apart, in metres: near surfaces would drown the others.
const SPACING: f64 = 0.04;
/// Points within this many metres make the surface around a point …
const MIN_PATCH: f64 = 0.15;
/// … or within this many times the way from beam to beam, where beams are sparse …
const PATCH_STEPS: f64 = 3.0;
/// … but never further, in metres.
const MAX_PATCH: f64 = 0.5;
/// Beams to each side that may belong to the surface around a point.
const PATCH_BEAMS: usize = 10;
/// A surface is flat if its points spread across it by at most this part of how they spread along it, in squares.
const FLAT: f64 = 0.08;
/// Side of a square of the index, in metres.
const SQUARE: f64 = 0.25;
/// Most squares of an index: 500 m × 500 m.
const MAX_SQUARES: usize = 2_000 * 2_000;

/// A point of a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SurfacePoint {
    /// Where it is, in metres.
    pub(super) at: [f32; 2],
    /// Unit vector out of the surface towards the sensor; zero where the surface has no direction.
    pub(super) normal: [f32; 2],
}

impl SurfacePoint {
    /// Where it is, in metres.
    pub(super) fn place(&self) -> (f64, f64) {
        (f64::from(self.at[0]), f64::from(self.at[1]))
    }

    /// Whether the surface around it is flat.
    pub(super) fn is_flat(&self) -> bool {
        self.normal != [0.0; 2]
    }

    /// The same point seen from outside the frame that `pose` stands for.
    pub(super) fn moved(&self, pose: &Pose) -> Self {
        let (x, y) = pose.transform(self.place());
        let normal = turned(self.normal, pose.theta);
        Self {
            at: [x as f32, y as f32],
            normal,
        }
    }
}

fn turned([x, y]: [f32; 2], angle: f64) -> [f32; 2] {
    let (sin, cos) = angle.sin_cos();
    let (x, y) = (f64::from(x), f64::from(y));
    [(cos * x - sin * y) as f32, (sin * x + cos * y) as f32]
}

/// The surfaces that a scan saw, in the frame of its sensor.
pub(super) fn surfaces_of(scan: &Scan<'_>) -> Vec<SurfacePoint> {
    let scan = Scan {
        pose: Pose::IDENTITY,
        ..*scan
    };
    let hits: Vec<(f64, f64)> = scan.hits().collect();
    let mut points: Vec<SurfacePoint> = Vec::new();
    let mut last: Option<(f64, f64)> = None;
    for (i, hit) in hits.iter().enumerate() {
        if last.is_some_and(|last| far(last, *hit) < SPACING) {
            continue;
        }
        last = Some(*hit);
        points.push(SurfacePoint {
            at: [hit.0 as f32, hit.1 as f32],
            normal: normal_at(&hits, i, scan.angle_step),
        });
    }
    let step = points.len().div_ceil(MAX_SCAN_POINTS).max(1);
    points.into_iter().step_by(step).collect()
}

/// The direction in which the points around the `i`th spread least, towards the sensor.
fn normal_at(hits: &[(f64, f64)], i: usize, angle_step: f64) -> [f32; 2] {
    let Some(middle @ &(x, y)) = hits.get(i) else {
        return [0.0; 2];
    };
    let reach = (PATCH_STEPS * x.hypot(y) * angle_step.abs()).clamp(MIN_PATCH, MAX_PATCH);
    let near = |other: &&(f64, f64)| far(**other, (x, y)) <= reach;
    let before = hits.iter().take(i).rev().take(PATCH_BEAMS).take_while(near);
    let after = hits.iter().skip(i + 1).take(PATCH_BEAMS).take_while(near);
    let patch = before.chain(after).chain(std::iter::once(middle));
    let Some((nx, ny)) = least_spread(patch) else {
        return [0.0; 2];
    };
    let outwards = if nx * x + ny * y > 0.0 { -1.0 } else { 1.0 };
    [(outwards * nx) as f32, (outwards * ny) as f32]
}

/// The unit vector along which points spread least, if they lie on a line.
fn least_spread<'a>(points: impl Iterator<Item = &'a (f64, f64)>) -> Option<(f64, f64)> {
    let (mut n, mut sx, mut sy, mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (x, y) in points {
        n += 1.0;
        sx += x;
        sy += y;
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    if n < 3.0 {
        return None;
    }
    let (xx, xy, yy) = (xx - sx * sx / n, xy - sx * sy / n, yy - sy * sy / n);
    let (half, root) = (0.5 * (xx + yy), (0.25 * (xx - yy).powi(2) + xy * xy).sqrt());
    if half - root > FLAT * (half + root) {
        return None;
    }
    let along = 0.5 * (2.0 * xy).atan2(xx - yy);
    Some((-along.sin(), along.cos()))
}

fn far(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Points of surfaces, sorted into squares.
pub(super) struct Surface {
    /// Square by square.
    points: Vec<SurfacePoint>,
    /// Where the points of each square begin; one more than there are squares.
    starts: Vec<u32>,
    low: (f64, f64),
    columns: usize,
    rows: usize,
}

impl Surface {
    /// Sorts points; those beyond the largest index are left out.
    pub(super) fn new(points: &[SurfacePoint]) -> Self {
        let (low, high) = bounds(points);
        let count = |low: f64, high: f64| ((high - low) / SQUARE).floor().max(0.0) as usize + 1;
        let columns = count(low.0, high.0);
        let rows = count(low.1, high.1).min(MAX_SQUARES / columns.max(1));
        let mut surface = Self {
            points: Vec::with_capacity(points.len()),
            starts: Vec::new(),
            low,
            columns,
            rows,
        };
        surface.sort(points);
        surface
    }

    /// Sorts by counting, which keeps points of a square in their order.
    fn sort(&mut self, points: &[SurfacePoint]) {
        let mut placed: Vec<(u32, SurfacePoint)> = points
            .iter()
            .filter_map(|point| self.square(point.place()).map(|square| (square as u32, *point)))
            .collect();
        placed.sort_by_key(|(square, _)| *square);
        self.starts = vec![0; self.columns * self.rows + 1];
        for (square, point) in placed {
            if let Some(count) = self.starts.get_mut(square as usize + 1) {
                *count += 1;
            }
            self.points.push(point);
        }
        let mut total = 0;
        for start in &mut self.starts {
            total += *start;
            *start = total;
        }
    }

    fn square(&self, (x, y): (f64, f64)) -> Option<usize> {
        let (column, row) = self.column_row((x, y));
        let inside = column >= 0 && row >= 0 && column < self.columns as i64 && row < self.rows as i64;
        inside.then(|| row as usize * self.columns + column as usize)
    }

    fn column_row(&self, (x, y): (f64, f64)) -> (i64, i64) {
        (
            ((x - self.low.0) / SQUARE).floor() as i64,
            ((y - self.low.1) / SQUARE).floor() as i64,
        )
    }

    /// The point nearest to `at` within `reach` metres that `accept` takes, and its distance squared.
    pub(super) fn nearest(
        &self,
        at: (f64, f64),
        reach: f64,
        accept: impl Fn(&SurfacePoint) -> bool,
    ) -> Option<(&SurfacePoint, f64)> {
        let (left, bottom) = self.column_row((at.0 - reach, at.1 - reach));
        let (right, top) = self.column_row((at.0 + reach, at.1 + reach));
        let (left, right) = (left.max(0), right.min(self.columns as i64 - 1));
        let mut best = None;
        let mut best_square = reach * reach;
        for row in bottom.max(0)..=top.min(self.rows as i64 - 1) {
            for point in self.run(row, left, right) {
                let (x, y) = point.place();
                let square = (x - at.0).powi(2) + (y - at.1).powi(2);
                if square < best_square && accept(point) {
                    best_square = square;
                    best = Some(point);
                }
            }
        }
        best.map(|point| (point, best_square))
    }

    /// The points of the squares from `left` to `right` of one row: they lie one after the other.
    fn run(&self, row: i64, left: i64, right: i64) -> &[SurfacePoint] {
        if left > right {
            return &[];
        }
        let first = row as usize * self.columns + left as usize;
        let last = row as usize * self.columns + right as usize + 1;
        match (self.starts.get(first), self.starts.get(last)) {
            (Some(from), Some(to)) => self.points.get(*from as usize..*to as usize).unwrap_or(&[]),
            _ => &[],
        }
    }
}

fn bounds(points: &[SurfacePoint]) -> ((f64, f64), (f64, f64)) {
    let mut places = points.iter().map(SurfacePoint::place);
    let Some(first) = places.next() else {
        return ((0.0, 0.0), (0.0, 0.0));
    };
    places.fold((first, first), |(low, high), (x, y)| {
        ((low.0.min(x), low.1.min(y)), (high.0.max(x), high.1.max(y)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wall_ahead_faces_the_sensor() {
        let step = 0.01;
        let ranges: Vec<f32> = (-30..=30)
            .map(|i| (2.0 / (f64::from(i) * step).cos()) as f32)
            .collect();
        let scan = Scan {
            pose: Pose::new(5.0, 5.0, 1.0),
            start_angle: -0.3,
            angle_step: step,
            max_range: 6.0,
            ranges: &ranges,
        };
        let points = surfaces_of(&scan);
        assert!(points.len() > 10 && points.len() < 40, "{}", points.len());
        for point in points {
            assert!((point.at[0] - 2.0).abs() < 1e-3);
            assert!((point.normal[0] + 1.0).abs() < 1e-3, "{point:?}");
        }
    }

    #[test]
    fn a_single_point_has_no_direction() {
        let scan = Scan {
            pose: Pose::IDENTITY,
            start_angle: 0.0,
            angle_step: 0.1,
            max_range: 6.0,
            ranges: &[f32::NAN, 2.0, 9.0],
        };
        let points = surfaces_of(&scan);
        assert_eq!(points.len(), 1);
        assert!(!points[0].is_flat());
    }

    proptest! {
        #[test]
        fn the_nearest_point_is_found(
            places in proptest::collection::vec((-3.0..3.0f32, -3.0..3.0f32), 0..60), x in -4.0..4.0, y in -4.0..4.0,
        ) {
            let points: Vec<_> = places
                .iter()
                .map(|(x, y)| SurfacePoint { at: [*x, *y], normal: [0.0; 2] })
                .collect();
            let surface = Surface::new(&points);
            let found = surface.nearest((x, y), 0.7, |_| true).map(|(_, square)| square);
            let squares = points.iter().map(|point| {
                let (px, py) = point.place();
                (px - x).powi(2) + (py - y).powi(2)
            });
            let nearest = squares.filter(|square| *square < 0.49).min_by(f64::total_cmp);
            prop_assert_eq!(found, nearest);
        }
    }
}
