//! In which order to visit rooms.

/// Most rooms that are ordered exactly.
pub const MAX_EXACT_ROOMS: usize = 12;

/// The order in which a round trip from place 0 over all others is shortest, without place 0, the nearer end first.
///
/// `distances[a][b]` is the way from a to b; where the trip begins elsewhere than it ends, row 0 is of the beginning and
/// column 0 of the end. Exact up to [`MAX_EXACT_ROOMS`] places (Held and Karp 1962); above, the
/// nearest place next, improved by turning parts of the trip around (2-opt, Croes 1958).
pub fn visiting_order(distances: &[Vec<f64>]) -> Vec<usize> {
    let rooms = distances.len().saturating_sub(1);
    let is_small = rooms <= MAX_EXACT_ROOMS;
    let mut order = if is_small {
        exact(distances, rooms)
    } else {
        improved(distances, nearest_next(distances))
    };
    let reversed: Vec<usize> = order.iter().rev().copied().collect();
    let first = |order: &[usize]| order.first().map_or(0.0, |first| between(distances, 0, *first));
    let is_as_short = trip(distances, &reversed) <= trip(distances, &order) + 1e-9;
    if is_as_short && first(&reversed) < first(&order) {
        order = reversed;
    }
    order
}

/// Length of the round trip over the places in an order.
fn trip(distances: &[Vec<f64>], order: &[usize]) -> f64 {
    let from = std::iter::once(&0).chain(order);
    let to = order.iter().chain([&0]);
    from.zip(to)
        .map(|(from, to)| between(distances, *from, *to))
        .sum()
}

fn between(distances: &[Vec<f64>], a: usize, b: usize) -> f64 {
    distances
        .get(a)
        .and_then(|row| row.get(b))
        .copied()
        .unwrap_or(f64::INFINITY)
}

/// For each set of rooms and each room that it can end in: the shortest way, and the room before the last.
struct Ways {
    rooms: usize,
    best: Vec<(f64, usize)>,
}

impl Ways {
    fn new(rooms: usize) -> Self {
        Self {
            rooms,
            best: vec![(f64::INFINITY, 0); (1 << rooms) * rooms],
        }
    }

    fn get(&self, set: usize, last: usize) -> (f64, usize) {
        self.best
            .get(set * self.rooms + last)
            .copied()
            .unwrap_or((f64::INFINITY, last))
    }

    fn offer(&mut self, set: usize, last: usize, length: f64, before: usize) {
        if let Some(best) = self
            .best
            .get_mut(set * self.rooms + last)
            .filter(|best| length < best.0)
        {
            *best = (length, before);
        }
    }
}

fn exact(distances: &[Vec<f64>], rooms: usize) -> Vec<usize> {
    let mut ways = Ways::new(rooms);
    (0..rooms).for_each(|room| ways.offer(1 << room, room, between(distances, 0, room + 1), room));
    for set in 1..1usize << rooms {
        for last in (0..rooms).filter(|last| set >> last & 1 == 1) {
            let (length, _) = ways.get(set, last);
            for next in (0..rooms).filter(|next| set >> next & 1 == 0) {
                ways.offer(
                    set | 1 << next,
                    next,
                    length + between(distances, last + 1, next + 1),
                    last,
                );
            }
        }
    }
    trace_back(distances, &ways)
}

fn trace_back(distances: &[Vec<f64>], ways: &Ways) -> Vec<usize> {
    let mut set = (1usize << ways.rooms) - 1;
    let trip = |last: &usize| ways.get(set, *last).0 + between(distances, last + 1, 0);
    let Some(mut last) = (0..ways.rooms).min_by(|a, b| trip(a).total_cmp(&trip(b))) else {
        return Vec::new();
    };
    let mut order = Vec::with_capacity(ways.rooms);
    while set != 0 {
        order.push(last + 1);
        let before = ways.get(set, last).1;
        set &= !(1 << last);
        last = before;
    }
    order.reverse();
    order
}

fn nearest_next(distances: &[Vec<f64>]) -> Vec<usize> {
    let mut left: Vec<usize> = (1..distances.len()).collect();
    let mut order = Vec::with_capacity(left.len());
    let mut here = 0;
    while let Some(nearest) = (0..left.len()).min_by(|a, b| {
        let far = |place: &usize| {
            left.get(*place)
                .map_or(f64::INFINITY, |room| between(distances, here, *room))
        };
        far(a).total_cmp(&far(b))
    }) {
        here = left.swap_remove(nearest);
        order.push(here);
    }
    order
}

fn improved(distances: &[Vec<f64>], mut order: Vec<usize>) -> Vec<usize> {
    let at = |order: &[usize], place: Option<usize>| {
        place.and_then(|place| order.get(place)).copied().unwrap_or(0)
    };
    let mut is_better = true;
    while is_better {
        is_better = false;
        for first in 0..order.len() {
            for last in first + 1..order.len() {
                let (a, b) = (at(&order, first.checked_sub(1)), at(&order, Some(first)));
                let (c, d) = (at(&order, Some(last)), at(&order, Some(last + 1)));
                let now = between(distances, a, b) + between(distances, c, d);
                if between(distances, a, c) + between(distances, b, d) < now - 1e-9 {
                    order
                        .get_mut(first..=last)
                        .into_iter()
                        .for_each(<[usize]>::reverse);
                    is_better = true;
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(places: &[(f64, f64)]) -> Vec<Vec<f64>> {
        places
            .iter()
            .map(|a| places.iter().map(|b| (a.0 - b.0).hypot(a.1 - b.1)).collect())
            .collect()
    }

    #[test]
    fn a_trip_that_ends_elsewhere_goes_there_last() {
        // On a line, from the right end to the left.
        let mut distances = table(&[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]);
        distances[0] = vec![4.0, 3.0, 2.0, 1.0];
        assert_eq!(visiting_order(&distances), [3, 2, 1]);
    }

    #[test]
    fn rooms_around_a_square_are_visited_in_turn() {
        let order = visiting_order(&table(&[(0.0, 0.0), (3.0, 3.0), (0.0, 2.0), (3.0, 0.0)]));
        assert_eq!(order, [2, 1, 3]);
        assert!(visiting_order(&table(&[(0.0, 0.0)])).is_empty());
        assert!(visiting_order(&[]).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn every_room_is_visited_once_and_no_swap_is_shorter(
            places in proptest::collection::vec((0.0..10.0, 0.0..10.0f64), 1..17),
        ) {
            let distances = table(&places);
            let order = visiting_order(&distances);
            let mut rooms = order.clone();
            rooms.sort_unstable();
            prop_assert_eq!(rooms, (1..places.len()).collect::<Vec<_>>());
            for i in 1..order.len() {
                let mut other = order.clone();
                other[i - 1..=i].reverse();
                prop_assert!(trip(&distances, &order) <= trip(&distances, &other) + 1e-6);
            }
        }
    }
}
