//! One start of a function, and what it used so far as the kernel counts it.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context;

use super::host::Host;
use super::program::Program;

/// What the template gives the functions, with values that nothing is asked at during the bench.
const VARIABLES: [(&str, &str); 13] = [
    ("AWS_ACCESS_KEY_ID", "local"),
    ("AWS_SECRET_ACCESS_KEY", "local"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_LAMBDA_FUNCTION_NAME", "cold"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "cold"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "cold"),
    ("ACCOUNT_ID", "000000000000"),
    ("DEVICE_POLICY", "cold"),
    ("IOT_ENDPOINT", "127.0.0.1:1"),
    ("TABLE_NAME", "sweepline"),
];

/// A running function; dropping it ends it.
pub struct Function {
    child: Child,
    host: Host,
}

impl Function {
    /// Starts `program` on the store at `store`; gives it when it asks for its first event.
    pub fn start(program: &Program, store: &str) -> anyhow::Result<Self> {
        let host = Host::new()?;
        let child = Command::new(&program.command)
            .args(&program.arguments)
            .env_clear()
            .envs(program.variables.iter().cloned())
            .envs(VARIABLES)
            .env("AWS_ENDPOINT_URL", store)
            .env("AWS_LAMBDA_RUNTIME_API", host.address()?)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.command.display()))?;
        let mut function = Self { child, host };
        function.host.asked()?;
        Ok(function)
    }

    /// Gives it one event and waits until it asks for the next.
    pub fn invoke(&mut self, event: &str) -> anyhow::Result<()> {
        self.host.invoke(event)
    }

    /// The time that its threads were on a processor since it was started; threads that ended are not in it.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let mut total = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let times = fs::read_to_string(task?.path().join("schedstat"))?;
            let on_cpu = times.split(' ').next().context("schedstat is empty")?;
            total += on_cpu.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(total))
    }

    /// The most memory that was resident, in KB.
    pub fn peak_kb(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.context("the kernel tells no VmHWM")?;
        Ok(peak.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // Of a child that has already ended there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
