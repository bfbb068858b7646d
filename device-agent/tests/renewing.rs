//! The agent renews its certificate: asked for in time, tried, kept only once it works, across kills and refusals.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;
use std::time::Duration;

use common::{SERVER_TIME, Table, condition, endpoint, start_with};
use device_agent::core::Agent;
use device_agent::core::Input;
use device_agent::credentials::Credentials;
use device_agent::driver::Observation;
use device_agent::identity::RobotIdentity;
use domain::Timestamp;
use domain::receipt::ReceiptKind;
use domain::status::RobotState;
use rcgen::{CertificateParams, CertificateSigningRequestParams, Issuer, KeyPair, date_time_ymd};
use wire::renewal::{Renewal, RenewalWord};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An authority whose certificates last 90 days.
struct Authority(Issuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(Vec::new()).unwrap();
        Self(Issuer::new(params, key))
    }

    fn issue(&self, csr: &str, from: Timestamp) -> String {
        let mut request = CertificateSigningRequestParams::from_pem(csr).unwrap();
        let start = date_time_ymd(1970, 1, 1) + Duration::from_millis(from.millis().unsigned_abs());
        request.params.not_before = start;
        request.params.not_after = start + 90 * DAY;
        request.signed_by(&self.0).unwrap().pem()
    }

    fn credentials(&self, from: Timestamp) -> Credentials {
        let key = KeyPair::generate().unwrap();
        let request = CertificateParams::new(Vec::new())
            .unwrap()
            .serialize_request(&key);
        Credentials {
            certificate_pem: self.issue(&request.unwrap().pem().unwrap(), from),
            key_pem: key.serialize_pem(),
        }
    }
}

/// A robot in its directory whose certificate was issued so long ago.
struct Robot<'a> {
    dir: &'a Path,
    authority: Authority,
    old: Credentials,
}

impl<'a> Robot<'a> {
    fn with_certificate_of(dir: &'a Path, age: Duration) -> Self {
        let authority = Authority::new();
        let since = SERVER_TIME.millis() - i64::try_from(age.as_millis()).unwrap();
        let old = authority.credentials(Timestamp::from_millis(since));
        let identity = RobotIdentity {
            endpoint: endpoint(),
            credentials: old.clone(),
            ca_pem: String::new(),
        };
        identity.save(dir).unwrap();
        Self { dir, authority, old }
    }

    /// What it would connect with after a kill.
    fn in_use(&self) -> Credentials {
        RobotIdentity::load(self.dir).unwrap().credentials
    }

    fn start(&self) -> Agent {
        start_with(self.dir, 5, &[], self.in_use())
    }

    fn ready(&self) -> Table {
        Table::with(self.start()).made_ready()
    }

    /// Answers the request that the robot made.
    fn certify(&self, table: &mut Table) {
        let pem = self.authority.issue(&asked(table).pop().unwrap(), SERVER_TIME);
        table.receipt(ReceiptKind::Certificate { pem });
    }
}

fn words(table: &Table) -> Vec<RenewalWord> {
    table
        .on("/renewal")
        .map(|payload| Renewal::decode(payload).unwrap().word)
        .collect()
}

fn asked(table: &Table) -> Vec<String> {
    let csr = |word| match word {
        RenewalWord::Wanted { csr } => Some(csr),
        RenewalWord::Connected => None,
    };
    words(table).into_iter().filter_map(csr).collect()
}

fn lose_and_find(table: &mut Table) {
    table.put(Input::Disconnected);
    table.put(Input::Connected);
}

#[test]
fn a_certificate_is_renewed_when_a_third_of_its_life_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let robot = Robot::with_certificate_of(dir.path(), 59 * DAY);
    let mut table = robot.ready();
    assert!(words(&table).is_empty());
    assert!(table.agent.next_tick().unwrap() <= DAY);
    table.wait(DAY + Duration::from_secs(1));
    let [RenewalWord::Wanted { .. }] = words(&table)[..] else {
        panic!("{:?}", words(&table))
    };
}

#[test]
fn without_the_servers_time_nothing_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let robot = Robot::with_certificate_of(dir.path(), 80 * DAY);
    let mut table = Table::with(robot.start());
    table.observe(Observation::State(condition(RobotState::Docked)));
    table.put(Input::Connected);
    assert!(words(&table).is_empty());
    table.answer_time();
    assert_eq!(asked(&table).len(), 1);
}

#[test]
fn the_new_certificate_takes_over_once_a_connection_was_made_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let robot = Robot::with_certificate_of(dir.path(), 80 * DAY);
    let mut table = robot.ready();
    robot.certify(&mut table);
    assert_eq!(robot.in_use(), robot.old);
    let tried = table.connections.pop().unwrap();
    assert_ne!(tried, robot.old);
    table.put(Input::Connected);
    assert_eq!(robot.in_use(), tried);
    assert_eq!(words(&table).last(), Some(&RenewalWord::Connected));
    table.receipt(ReceiptKind::Renewed);
    assert_eq!(robot.in_use(), tried);
    let said = words(&table).len();
    table.wait(DAY);
    assert_eq!((words(&table).len(), table.connections.len()), (said, 0));
}

#[test]
fn a_kill_at_any_stage_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let robot = Robot::with_certificate_of(dir.path(), 80 * DAY);
    let first = asked(&robot.ready());
    let mut table = robot.ready();
    assert_eq!(
        asked(&table),
        first,
        "the same request, which gets the same certificate"
    );
    robot.certify(&mut table);
    let tried = table.connections.pop().unwrap();
    let mut table = robot.ready();
    assert_eq!(
        (robot.in_use(), &table.connections),
        (robot.old.clone(), &vec![tried.clone()])
    );
    table.put(Input::Connected);
    let mut table = robot.ready();
    assert_eq!(
        (robot.in_use(), words(&table)),
        (tried.clone(), vec![RenewalWord::Connected])
    );
    lose_and_find(&mut table);
    assert_eq!(words(&table).len(), 2, "said again until it is heard");
    table.receipt(ReceiptKind::Renewed);
    assert_eq!(robot.in_use(), tried);
    assert!(words(&robot.ready()).is_empty());
}

#[test]
fn a_certificate_that_does_not_work_is_given_up_for_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let robot = Robot::with_certificate_of(dir.path(), 80 * DAY);
    let mut table = robot.ready();
    robot.certify(&mut table);
    table.wait(Duration::from_secs(61));
    assert_eq!(table.connections.last(), Some(&robot.old));
    lose_and_find(&mut table);
    assert_eq!((robot.in_use(), asked(&table).len()), (robot.old.clone(), 1));
    table.wait(DAY);
    let requests = asked(&table);
    assert!(requests.len() == 2 && requests[0] != requests[1]);
}

#[test]
fn a_certificate_for_another_key_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let robot = Robot::with_certificate_of(dir.path(), 80 * DAY);
    let mut table = robot.ready();
    for pem in [
        robot.authority.credentials(SERVER_TIME).certificate_pem,
        "no certificate".into(),
    ] {
        table.receipt(ReceiptKind::Certificate { pem });
    }
    assert!(table.connections.is_empty());
    robot.certify(&mut table);
    assert_eq!(table.connections.len(), 1);
}
