//! The handlers of `functions`, called in process by the name that the template gives their function.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use functions::{
    CommandOutcome, Erasures, Fold, HandlerError, MapIngest, PresenceEvents, Quarantines, Renewals,
    RunReports, StatusReports,
};
use infra::Template;
use serde_json::Value;

use super::invoker::Handler;
use super::parts::Parts;
use crate::clock::now;

/// The longest that a request takes on one machine, where nothing but its own work holds it up.
const REQUEST_UNDER_WAY: Duration = Duration::from_secs(2);

/// Turns a handler into one that the invoker can call.
macro_rules! handler {
    ($handler:expr) => {{
        let handler = $handler;
        let call: Handler = Arc::new(move |event: Value| {
            let handler = handler.clone();
            Box::pin(async move { answer(handler.handle(&event, now()).await) })
        });
        call
    }};
}

/// The handlers of all functions of the template that rules and the change stream feed, by logical id.
pub fn all(parts: &Parts, template: &Template) -> anyhow::Result<HashMap<String, Handler>> {
    let rules = template.rules().iter().map(|rule| &rule.function);
    let streams = template.stream_sources().iter().map(|source| &source.function);
    rules
        .chain(streams)
        .map(|id| Ok((id.clone(), one(parts, template, id)?)))
        .collect()
}

fn one(parts: &Parts, template: &Template, id: &str) -> anyhow::Result<Handler> {
    let function = template
        .function(id)
        .ok_or_else(|| anyhow!("infra/template.yaml: there is no function {id}"))?;
    let (parts, registry, incidents) = (parts.handlers(), parts.registry.clone(), parts.store.clone());
    Ok(match function.binary.as_str() {
        "map_ingest" => handler!(MapIngest::new(parts.ingesting(), incidents)),
        "run_events" => handler!(RunReports::new(parts.run_events(), incidents)),
        "status" => handler!(StatusReports::new(parts.status(), incidents)),
        "command_outcome" => handler!(CommandOutcome::new(parts.settling(), incidents)),
        "presence" => handler!(PresenceEvents::new(parts.presence(), incidents)),
        "renewal" => handler!(Renewals::new(parts.renewing(registry), incidents)),
        "quarantine" => handler!(Quarantines::new(parts.quarantining(registry), incidents)),
        "erasure" => handler!(Erasures::new(
            parts.erasing(registry),
            incidents,
            REQUEST_UNDER_WAY
        )),
        "fold" => handler!(Fold::new(parts.folding(), incidents)),
        other => {
            return Err(anyhow!(
                "infra/template.yaml: {id} runs {other}, which the local stack does not know"
            ));
        }
    })
}

fn answer(outcome: Result<(), HandlerError>) -> Result<(), anyhow::Error> {
    Ok(outcome?)
}

#[cfg(test)]
mod tests {
    use functions::LONGEST_REQUEST;
    use infra::{Parameters, TEMPLATE};

    use super::*;

    #[test]
    fn a_home_is_swept_again_when_no_function_can_still_be_writing() {
        let template =
            Template::parse(TEMPLATE, &Parameters::new("dev", "us-east-1", "000000000000")).unwrap();
        let others = template
            .functions()
            .iter()
            .filter(|function| function.binary != "erasure");
        assert_eq!(
            others.map(|function| function.timeout).max(),
            Some(LONGEST_REQUEST)
        );
    }
}
