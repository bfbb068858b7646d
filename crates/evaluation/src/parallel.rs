//! Homes side by side: each is measured by itself, so that the figures do not depend on how many cores there are.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;

/// What `work` gives for each item, in the order of the items.
pub(crate) fn each<T: Sync, U: Send>(items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let next = Mutex::new(items.iter().enumerate());
    let take = || {
        let mut done = Vec::new();
        while let Some((place, item)) = next.lock().ok().and_then(|mut next| next.next()) {
            done.push((place, work(item)));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        let workers: Vec<_> = (1..cores.min(items.len())).map(|_| scope.spawn(take)).collect();
        let mut done = take();
        for worker in workers {
            match worker.join() {
                Ok(others) => done.extend(others),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, given)| given).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_stands_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(
            each(&items, |item| item * 2),
            items.iter().map(|item| item * 2).collect::<Vec<_>>()
        );
        assert!(each(&[] as &[u32], |item| *item).is_empty());
    }
}
