//! Another certificate before the one in use ends: asked for, tried, and kept only once a connection was made with it.

use std::time::Duration;

use domain::Timestamp;
use wire::renewal::{Renewal as Said, RenewalWord};
use wire::topic::Uplink;

use super::{Agent, Output, Uptime};
use crate::credentials::Credentials;
use crate::renewal::{Renewal, Stage};

/// How long the agent waits before it says again what was not answered; the certificate has months to go.
pub const SAY_AGAIN: Duration = Duration::from_secs(60 * 60);
/// How long a connection with the new certificate may take before the agent goes back to the old one.
pub const TRIAL: Duration = Duration::from_secs(60);
/// How long after a trial that came to nothing the agent begins anew.
pub const BEGIN_AGAIN: Duration = Duration::from_secs(24 * 60 * 60);

/// The agent's credentials, and those that are to take their place.
pub struct Renewing {
    in_use: Credentials,
    /// When to renew; never if the certificate does not tell.
    due: Option<Timestamp>,
    renewal: Option<Renewal>,
    next: Uptime,
    trial_until: Option<Uptime>,
}

impl Renewing {
    /// The credentials that a start connects with, and the renewal that was begun.
    pub fn new(in_use: Credentials, renewal: Option<Renewal>) -> Self {
        Self {
            due: due(&in_use),
            in_use,
            renewal,
            next: Uptime::ZERO,
            trial_until: None,
        }
    }

    fn stage(&self) -> Option<&Stage> {
        self.renewal.as_ref().map(Renewal::stage)
    }
}

fn due(credentials: &Credentials) -> Option<Timestamp> {
    match credentials.renewal_due() {
        Ok(due) => Some(due),
        Err(error) => {
            tracing::warn!(%error, "the certificate cannot be renewed");
            None
        }
    }
}

impl Agent {
    /// When something is to be done about the certificate.
    pub(super) fn renewal_tick(&self) -> Option<Uptime> {
        let Renewing {
            due,
            renewal,
            next,
            trial_until,
            ..
        } = &self.renewing;
        if trial_until.is_some() || !self.connected {
            return *trial_until;
        }
        if renewal.is_some() {
            return Some(*next);
        }
        let now = self.clock.server_time(self.uptime)?;
        Some((*next).max(self.uptime + (*due)?.since(now)))
    }

    /// Does what is due.
    pub(super) fn tick_renewal(&mut self) {
        if self.renewal_tick().is_none_or(|at| self.uptime < at) {
            return;
        }
        if self.renewing.trial_until.is_some() {
            return self.end_trial();
        }
        self.renewing.next = self.uptime + SAY_AGAIN;
        match self.renewing.stage().cloned() {
            None => self.begin_renewal(),
            Some(Stage::Asked { csr }) => self.say(RenewalWord::Wanted { csr }),
            Some(Stage::Issued { .. }) => self.begin_trial(),
            Some(Stage::Proven { .. }) => self.say(RenewalWord::Connected),
        }
    }

    /// A connection during a trial proves the new certificate.
    pub(super) fn prove_renewal(&mut self) {
        let Some(renewal) = &self.renewing.renewal else {
            return;
        };
        self.renewing.next = self.uptime;
        if self.renewing.trial_until.take().is_none() {
            return;
        }
        let Some(credentials) = renewal.credentials() else {
            return;
        };
        let proven = renewal.proven(&credentials);
        if self.keep_renewal(proven) {
            tracing::info!(robot.id = %self.endpoint.robot, "connected with the new certificate");
            self.renewing.due = due(&credentials);
            self.renewing.in_use = credentials;
        }
    }

    pub(super) fn on_certificate(&mut self, pem: String) {
        let Some(Stage::Asked { .. }) = self.renewing.stage() else {
            return;
        };
        let Some(issued) = self.renewing.renewal.as_ref().map(|renewal| renewal.issued(pem)) else {
            return;
        };
        let checked = issued.credentials().map(|credentials| credentials.check());
        if let Some(Err(error)) = checked {
            return tracing::warn!(robot.id = %self.endpoint.robot, %error, "a certificate was refused");
        }
        if self.keep_renewal(issued) {
            self.begin_trial();
        }
    }

    pub(super) fn on_renewed(&mut self) {
        let Some(Stage::Proven { .. }) = self.renewing.stage() else {
            return;
        };
        match self.storage.finish_renewal(&self.renewing.in_use) {
            Ok(()) => self.renewing.renewal = None,
            Err(error) => {
                tracing::error!(robot.id = %self.endpoint.robot, %error, "the old certificate was not replaced");
            }
        }
    }

    fn begin_renewal(&mut self) {
        match Renewal::begin() {
            Ok(renewal) => {
                if self.keep_renewal(renewal) {
                    self.renewing.next = self.uptime;
                    self.tick_renewal();
                }
            }
            Err(error) => tracing::error!(robot.id = %self.endpoint.robot, %error, "no renewal"),
        }
    }

    fn begin_trial(&mut self) {
        let renewal = self.renewing.renewal.as_ref();
        if let Some(credentials) = renewal.and_then(Renewal::credentials) {
            self.connected = false;
            self.renewing.trial_until = Some(self.uptime + TRIAL);
            self.outputs.push(Output::Connect(credentials));
        }
    }

    fn end_trial(&mut self) {
        tracing::warn!(robot.id = %self.endpoint.robot, "no connection with the new certificate");
        if let Err(error) = self.storage.drop_renewal() {
            tracing::error!(robot.id = %self.endpoint.robot, %error, "the renewal was not dropped");
        }
        self.connected = false;
        self.renewing.renewal = None;
        self.renewing.trial_until = None;
        self.renewing.next = self.uptime + BEGIN_AGAIN;
        self.outputs.push(Output::Connect(self.renewing.in_use.clone()));
    }

    /// Writes the stage; says whether it is on the disk.
    fn keep_renewal(&mut self, renewal: Renewal) -> bool {
        match self.storage.save_renewal(&renewal) {
            Ok(()) => {
                self.renewing.renewal = Some(renewal);
                true
            }
            Err(error) => {
                tracing::error!(robot.id = %self.endpoint.robot, %error, "the renewal was not saved");
                false
            }
        }
    }

    fn say(&mut self, word: RenewalWord) {
        let pairing = self.endpoint.pairing;
        self.publish(Uplink::Renewal, Said { pairing, word }.encode());
    }
}
