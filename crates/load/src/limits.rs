//! What many connections ask of the operating system.

use anyhow::bail;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that a process has open beside its connections.
const BESIDE: u64 = 512;

/// Raises how many files this process may have open, for so many connections.
///
/// # Errors
/// Names the limit that whoever runs this has to raise.
pub fn allow_connections(connections: usize) -> anyhow::Result<()> {
    let needed = connections as u64 + BESIDE;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if maximum.is_some_and(|maximum| maximum < needed) {
        bail!("{needed} files have to be open at once: raise the hard limit (`ulimit -Hn {needed}`)");
    }
    if current.is_some_and(|current| current < needed) {
        let raised = Rlimit {
            current: Some(needed),
            maximum,
        };
        setrlimit(Resource::Nofile, raised)?;
    }
    Ok(())
}
