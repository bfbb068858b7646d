//! Where a run may go, and what it shall clean.

use domain::command::{Corner, Scope, Zone};
use domain::settings::{Preferences, Restriction};
use mapping::pose::Pose;
use mapping::tile::CellIndex;

/// How near a robot's middle may come to a virtual wall, metres.
const WALL_CLEARANCE_METRES: f64 = 0.18;

/// What the owner allows and wants, in the frame of the run.
pub struct Ground {
    /// The run's frame in the plan's frame.
    pub frame: Pose,
    /// Restrictions.
    pub preferences: Preferences,
    /// What shall be cleaned.
    pub scope: Scope,
}

impl Ground {
    /// Whether the robot may be at `cell` of the plan.
    pub fn is_allowed(&self, cell: CellIndex) -> bool {
        let point = self.in_frame(cell);
        !self
            .preferences
            .restrictions
            .iter()
            .any(|restriction| match restriction {
                Restriction::NoGoZone { corners } => {
                    contains(corners, point) || is_near(corners, point, true)
                }
                Restriction::VirtualWall { corners } => is_near(corners, point, false),
                Restriction::NoMopZone { .. } => false,
            })
    }

    /// Whether `cell` of the plan shall be cleaned.
    pub fn is_wanted(&self, cell: CellIndex) -> bool {
        match &self.scope {
            Scope::WholeHome => true,
            Scope::Rooms { .. } => false,
            Scope::Zones { zones } => {
                let point = self.in_frame(cell);
                zones
                    .items()
                    .iter()
                    .any(|zone: &Zone| contains(&Vec::from(zone.clone()), point))
            }
        }
    }

    fn in_frame(&self, cell: CellIndex) -> (f64, f64) {
        self.frame.inverse().transform(cell.centre_metres())
    }
}

fn metres(corner: &Corner) -> (f64, f64) {
    (f64::from(corner.x) / 1000.0, f64::from(corner.y) / 1000.0)
}

/// Whether a point is inside a polygon, by the number of borders to its right.
fn contains(corners: &[Corner], (x, y): (f64, f64)) -> bool {
    let crossed = edges(corners, true)
        .filter(|((ax, ay), (bx, by))| (*ay > y) != (*by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax));
    crossed.count() % 2 == 1
}

fn is_near(corners: &[Corner], point: (f64, f64), closed: bool) -> bool {
    edges(corners, closed).any(|(a, b)| distance(point, a, b) < WALL_CLEARANCE_METRES)
}

type Point = (f64, f64);

fn edges(corners: &[Corner], closed: bool) -> impl Iterator<Item = (Point, Point)> + '_ {
    let next = corners.iter().cycle().skip(1);
    let count = if closed {
        corners.len()
    } else {
        corners.len().saturating_sub(1)
    };
    corners
        .iter()
        .zip(next)
        .take(count)
        .map(|(a, b)| (metres(a), metres(b)))
}

fn distance(point: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let squared = dx * dx + dy * dy;
    let along = if squared == 0.0 {
        0.0
    } else {
        ((point.0 - a.0) * dx + (point.1 - a.1) * dy) / squared
    };
    let along = along.clamp(0.0, 1.0);
    (point.0 - a.0 - along * dx).hypot(point.1 - a.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Vec<Corner> {
        [(1000, 1000), (2000, 1000), (2000, 2000), (1000, 2000)]
            .map(|(x, y)| Corner { x, y })
            .to_vec()
    }

    #[test]
    fn a_no_go_zone_and_a_virtual_wall_keep_the_robot_away() {
        let wall = vec![Corner { x: 0, y: -1000 }, Corner { x: 3000, y: -1000 }];
        let restrictions = vec![
            Restriction::NoGoZone { corners: square() },
            Restriction::VirtualWall { corners: wall },
        ];
        let preferences = Preferences {
            restrictions,
            ..Preferences::initial()
        };
        let ground = Ground {
            frame: Pose::IDENTITY,
            preferences,
            scope: Scope::WholeHome,
        };
        let allowed = |x: f64, y: f64| ground.is_allowed(CellIndex::of_metres(x, y));
        assert!(!allowed(1.5, 1.5) && !allowed(2.1, 1.5) && allowed(2.5, 1.5));
        assert!(!allowed(1.0, -1.1) && allowed(1.0, -1.5));
    }

    #[test]
    fn a_zone_is_what_is_inside_its_corners() {
        assert!(contains(&square(), (1.2, 1.9)));
        assert!(!contains(&square(), (0.9, 1.5)) && !contains(&square(), (1.5, 2.1)));
    }
}
