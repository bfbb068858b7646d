//! What a stack that did not stop properly leaves behind: sessions that look open.

use domain::fleet::{FleetFilter, RobotHealth};
use domain::page::{Page, PageRequest};
use domain::ports::FleetStore;
use domain::presence::PresenceEvent;
use futures_util::{TryStreamExt, stream};

use super::parts::Parts;
use crate::clock::now;

/// How many sessions are closed at a time: robots wait for the broker meanwhile.
const AT_A_TIME: usize = 16;

/// Closes the sessions of the last broker, which ended with it and could not say so.
pub async fn close_open_sessions(parts: &Parts) -> anyhow::Result<()> {
    let filter = FleetFilter {
        connected: Some(true),
        ..FleetFilter::default()
    };
    let mut page = PageRequest::first();
    loop {
        let Page { items, next } = parts.store.fleet(&filter, &page).await?;
        let items = stream::iter(items.into_iter().map(Ok));
        items
            .try_for_each_concurrent(AT_A_TIME, |health| close(parts, health))
            .await?;
        match next {
            Some(cursor) => page = PageRequest::new(page.limit(), Some(cursor)),
            None => return Ok(()),
        }
    }
}

async fn close(parts: &Parts, health: RobotHealth) -> anyhow::Result<()> {
    let Some(presence) = health.presence else {
        return Ok(());
    };
    let reason = "SERVER_ERROR".to_owned();
    let (session, version) = (presence.session, presence.version);
    let event = PresenceEvent::Disconnected {
        session,
        version,
        at: now(),
        reason,
    };
    Ok(parts.handlers().presence().take(health.robot, &event).await?)
}
