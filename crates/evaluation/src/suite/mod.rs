//! The suites.

mod align;
mod bytes;
mod coverage;
mod flat;
mod gone;
mod lidar;
mod permanence;
mod record;
mod rooms;
mod saving;

use serde_json::Value;

use crate::args::Suite;
use crate::error::EvalError;
use crate::files::Output;
use crate::options::EvalOptions;
use crate::report;

/// Measures one suite and writes its files; gives one JSON object of figures, the same for the same seed.
///
/// # Errors
/// [`EvalError`] if an option is out of its limits, the data cannot be used, or a file not be written.
pub fn run(suite: &Suite, options: &EvalOptions) -> Result<Value, EvalError> {
    let output = Output::new(options.out.as_deref());
    let (name, mut figures) = match suite {
        Suite::Permanence(args) => ("permanence", permanence::run(args, options.seed, &output)?),
        Suite::Align(args) => ("align", align::run(args, options.seed, &output)?),
        Suite::Flat(args) => ("flat", flat::run(args, &output)?),
        Suite::Lidar(args) => ("lidar", lidar::run(args, &output)?),
        Suite::Coverage(args) => ("coverage", coverage::run(args, options.seed, &output)?),
        Suite::Rooms(args) => ("rooms", rooms::run(args, options.seed, &output)?),
    };
    if let Some(figures) = figures.as_object_mut() {
        figures.insert("suite".to_owned(), name.into());
        figures.insert("seed".to_owned(), options.seed.into());
    }
    output.write(&format!("{name}.json"), figures.to_string().as_bytes())?;
    output.write(&format!("{name}.txt"), report::table(&figures).as_bytes())?;
    Ok(figures)
}
