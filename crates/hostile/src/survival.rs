//! Whether a program lives through what it is sent, and how much memory that takes.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// What `work` gives, or what it panicked with.
///
/// # Errors
/// The text of the panic.
pub async fn survives<T>(work: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "panicked".to_owned())
    })
}

/// From now on [`panics`] counts panics of all threads of this process.
pub fn count_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        usual(panic);
    }));
}

/// How many there were since [`count_panics`].
pub fn panics() -> usize {
    PANICS.load(Ordering::Relaxed)
}

/// The memory of a process that is resident, and the most that ever was, KiB; `None` where the system does not say.
pub fn memory(process: u32) -> Option<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    };
    Some((of("VmRSS:")?, of("VmHWM:")?))
}

/// Forgets the most that this process ever held, so that [`memory`] tells it from now on.
pub fn forget_peak() {
    // Only Linux has it; elsewhere nothing is told either.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
