//! What the cloud says of reports, and reports that are repeated until it says something.

use domain::id::RunId;
use mapping::tile::TileIndex;
use wire::receipt::{self, ReceiptKind};
use wire::topic::Uplink;

use super::{Agent, acks, packing};

impl Agent {
    pub(super) fn on_receipt(&mut self, payload: &[u8]) {
        let receipt = match receipt::decode(payload) {
            Ok(receipt) => receipt,
            Err(error) => {
                return tracing::warn!(robot.id = %self.endpoint.robot, %error, "a receipt was refused");
            }
        };
        let is_ours = receipt.pairing == Some(self.endpoint.pairing);
        match receipt.kind {
            ReceiptKind::Time { nonce, now } => self.on_time(&nonce, now),
            _ if !is_ours => tracing::warn!(robot.id = %self.endpoint.robot, "a receipt of another pairing"),
            ReceiptKind::Confirmed { run } => {
                self.let_go(run);
            }
            ReceiptKind::Wanted { run, tiles } => self.send_again(run, &tiles),
            ReceiptKind::Refused { run, field, reason } => {
                tracing::warn!(run.id = %run, field, reason, "the cloud refused a run");
                self.on_refused(run);
            }
            ReceiptKind::Certificate { pem } => self.on_certificate(pem),
            ReceiptKind::Renewed => self.on_renewed(),
            ReceiptKind::Settled { command } => {
                if acks::settle(&mut self.state, command) {
                    self.save();
                }
            }
        }
    }

    /// Sends the last events of finished runs that are due.
    pub(super) fn tick_finished(&mut self) {
        if !self.connected {
            return;
        }
        let uptime = self.uptime;
        let due = self
            .finished
            .iter_mut()
            .filter_map(|(run, repeat)| repeat.take(uptime).then_some(*run));
        let due: Vec<RunId> = due.collect();
        due.into_iter().for_each(|run| self.send_finished(run));
    }

    /// Sends the answers that are not settled, if they are due.
    pub(super) fn tick_acks(&mut self) {
        if !self.connected || self.state.unsettled.is_empty() || !self.ack_repeat.take(self.uptime) {
            return;
        }
        let payloads: Vec<Vec<u8>> = self
            .state
            .unsettled
            .iter()
            .map(|known| known.ack.encode())
            .collect();
        payloads
            .into_iter()
            .for_each(|payload| self.publish(Uplink::Ack, payload));
    }

    /// Keeps a run no longer, and counts it as lost.
    pub(super) fn set_aside(&mut self, run: RunId) {
        if self.let_go(run) {
            self.state.dropped = self.state.dropped.saturating_add(1);
            self.save();
        }
    }

    fn on_time(&mut self, nonce: &str, now: domain::Timestamp) {
        if self.clock.answer(self.uptime, nonce, now) {
            tracing::info!(robot.id = %self.endpoint.robot, "the server's time is known");
            self.save();
        }
    }

    /// Says whether the run is off the disk; one that is not is repeated, and let go when it is answered again.
    fn let_go(&mut self, run: RunId) -> bool {
        let removed = self.storage.remove_run(run);
        match &removed {
            Ok(()) => {
                self.finished.remove(&run);
            }
            Err(error) => tracing::error!(run.id = %run, %error, "a run was not removed from the outbox"),
        }
        removed.is_ok()
    }

    /// A run under way goes on for its owner's sake, but nothing more of it is sent.
    fn on_refused(&mut self, refused: RunId) {
        match &mut self.run {
            Some(run) if run.id == refused => run.is_refused = true,
            Some(_) | None if self.finished.contains_key(&refused) => self.set_aside(refused),
            Some(_) | None => {}
        }
    }

    fn send_again(&mut self, run: RunId, wanted: &[TileIndex]) {
        let Some(repeat) = self.finished.get_mut(&run) else {
            return;
        };
        repeat.hasten(self.uptime);
        match self.storage.tiles(run, wanted) {
            Ok(tiles) if tiles.len() < wanted.len() => {
                tracing::error!(run.id = %run, "tiles of a run are lost");
                self.set_aside(run);
            }
            Ok(tiles) => {
                for pack in packing::packs(self.endpoint.pairing, run, tiles) {
                    self.publish(Uplink::Tiles, pack);
                }
            }
            Err(error) => tracing::error!(run.id = %run, %error, "tiles cannot be read from the outbox"),
        }
    }

    fn send_finished(&mut self, run: RunId) {
        match self.storage.finished_payload(run) {
            Ok(Some(payload)) => self.publish(Uplink::Run, payload),
            Ok(None) => {
                self.let_go(run);
            }
            Err(error) => {
                tracing::error!(run.id = %run, %error, "a manifest cannot be read from the outbox");
                self.set_aside(run);
            }
        }
    }
}
