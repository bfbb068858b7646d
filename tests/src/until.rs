//! Waiting for something to become so, the only place of the tests that waits.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;

/// How long [`until`] waits between two looks.
pub const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Looks again and again until `look` finds something, and gives what it found.
///
/// # Errors
/// That of `look`, at once; or one that names `what` when nothing was found within `limit`.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if start.elapsed() > limit {
            bail!("{what}: not so within {limit:?}");
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_for_the_first_find_and_no_longer_than_the_limit() {
        let mut looks = 0;
        let found = until("three looks", Duration::from_secs(5), || {
            looks += 1;
            Ok((looks == 3).then_some("found"))
        });
        assert_eq!(found.unwrap(), "found");
        let never = until("the impossible", Duration::ZERO, || Ok(None::<()>)).unwrap_err();
        assert!(never.to_string().contains("the impossible"), "{never}");
    }
}
