//! Runs; a finished run's report, which holds its track and manifest, is packed to keep lists cheap: the track as the
//! steps from point to point, which are smaller than the points.
//!
//! The change stream shows a run that waits for its vote as a record whose `kind` is `run`, whose `state` is `sealed`
//! and whose `vote` is null; the template's filter rests on that.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::{RobotId, RunId};
use domain::page::{Page, PageRequest};
use domain::ports::{RunStore, StoreError};
use domain::run::{Run, RunReport};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, Record, number, packed, read, read_packed, text, value};
use crate::keys::{Key, Listing};
use crate::lists::Order;
use crate::operations::Read;

const RUN: &str = "run";
const REPORT: &str = "report";

#[async_trait]
impl RunStore for TableStore {
    async fn run(&self, scope: &HomeScope, robot: RobotId, run: RunId) -> Result<Option<Run>, StoreError> {
        let item = self.get(Key::run(scope, robot, run), Read::Consistent).await?;
        item.map(run_of).transpose()
    }

    async fn put_run(&self, scope: &HomeScope, run: &Run, expected: Option<&Run>) -> Result<(), StoreError> {
        let condition = match expected {
            Some(expected) => Expression::new("#state = :state AND #seq = :seq")
                .with("state", value(&expected.state)?)
                .with("seq", number(expected.seq)),
            None => Expression::absent(),
        };
        self.put_if(record_of(scope, run)?, condition)
            .await?
            .or_conflict(RUN)
    }

    async fn runs(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError> {
        self.page(RUN, &Listing::runs(scope, robot), Order::Descending, page, run_of)
            .await
    }
}

fn record_of(scope: &HomeScope, run: &Run) -> Result<Record, StoreError> {
    let slim = Run {
        report: None,
        ..run.clone()
    };
    let record = Record::of(RUN, Key::run(scope, run.robot, run.id), &slim)?.with("kind", text(RUN));
    Ok(match &run.report {
        Some(report) => record.with(REPORT, packed(&in_steps(report))?),
        None => record,
    })
}

fn run_of(mut item: Item) -> Result<Run, StoreError> {
    let is_packed = item.get(REPORT).is_some_and(|report| report.is_b());
    let report = is_packed.then(|| read_packed(RUN, &item, REPORT)).transpose()?;
    let report = report.as_ref().map(of_steps);
    item.retain(|name, _| name != REPORT);
    Ok(Run {
        report,
        ..read(RUN, item)?
    })
}

/// The report with each point of its track but the first as the step from the one before.
fn in_steps(report: &RunReport) -> RunReport {
    let before = std::iter::once(&(0, 0)).chain(&report.track);
    let steps = before.zip(&report.track);
    RunReport {
        track: steps
            .map(|(before, point)| (point.0.wrapping_sub(before.0), point.1.wrapping_sub(before.1)))
            .collect(),
        ..report.clone()
    }
}

/// The report that [`in_steps`] was made of.
fn of_steps(report: &RunReport) -> RunReport {
    let mut at = (0_i32, 0_i32);
    let points = report.track.iter().map(|step| {
        at = (at.0.wrapping_add(step.0), at.1.wrapping_add(step.1));
        at
    });
    RunReport {
        track: points.collect(),
        ..report.clone()
    }
}
