//! The robots of a fleet, each with a home of its own: who they are, and how they come into the store.

use std::fs;
use std::path::Path;

use anyhow::Context;
use device_agent::credentials::{Credentials, new_key_with_request};
use device_agent::identity::{Endpoint, RobotIdentity};
use domain::Timestamp;
use domain::home::{Home, Membership, Name, Role};
use domain::id::{HomeId, PairingId, PersonId, RobotId, RunId};
use domain::ports::{DeviceRegistry, HomeStore, RobotStore, SettingsStore};
use domain::robot::{Pairing, Robot};
use domain::settings::Settings;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use sweepline::clock::now;
use sweepline::stack::{STAGE, Stack};

use crate::oracle::Confirmed;

/// Where the roster is, below the stack's folder.
pub const ROSTER_FILE: &str = "roster.json";
/// How many robots are registered at a time.
const AT_A_TIME: usize = 8;
/// How often each is tried.
const ATTEMPTS: u32 = 3;

/// A robot that is paired with a home.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Member {
    /// The robot.
    pub robot: RobotId,
    /// Its pairing.
    pub pairing: PairingId,
    /// Its home.
    pub home: HomeId,
    certificate_pem: String,
    key_pem: String,
}

impl Member {
    /// A run of its that it was told is stored.
    pub fn confirmed(&self, run: RunId) -> Confirmed {
        Confirmed {
            home: self.home,
            robot: self.robot,
            run,
        }
    }

    /// With what its link connects to the broker at `host` and `port`, whose certificate comes from `ca_pem`.
    pub fn identity(&self, (host, port): (&str, u16), ca_pem: &str) -> RobotIdentity {
        RobotIdentity {
            endpoint: Endpoint {
                robot: self.robot,
                pairing: self.pairing,
                stage: STAGE.to_owned(),
                host: host.to_owned(),
                port,
            },
            credentials: Credentials {
                certificate_pem: self.certificate_pem.clone(),
                key_pem: self.key_pem.clone(),
            },
            ca_pem: ca_pem.to_owned(),
        }
    }
}

/// The roster in `folder`.
///
/// # Errors
/// Names the file that cannot be read.
pub fn read(folder: &Path) -> anyhow::Result<Vec<Member>> {
    let path = folder.join(ROSTER_FILE);
    let bytes = fs::read(&path).with_context(|| format!("{path:?} cannot be read"))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{path:?} is no roster"))
}

/// Registers `robots` robots, unless that was done at an earlier start.
///
/// # Errors
/// What the registry or the store fails with.
pub async fn ensure(stack: &Stack, folder: &Path, robots: usize) -> anyhow::Result<()> {
    let path = folder.join(ROSTER_FILE);
    if path.exists() {
        return Ok(());
    }
    let members: Vec<Member> = stream::iter((0..robots).map(|_| registered(stack)))
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await?;
    fs::write(&path, serde_json::to_vec(&members)?).with_context(|| format!("{path:?} cannot be written"))
}

/// Tries again what a busy machine did not do in time.
async fn registered(stack: &Stack) -> anyhow::Result<Member> {
    let mut attempts = 1..ATTEMPTS;
    loop {
        match register(stack).await {
            Err(_) if attempts.next().is_some() => {}
            member => return member,
        }
    }
}

async fn register(stack: &Stack) -> anyhow::Result<Member> {
    let now = now();
    let (robot, pairing) = (
        RobotId::new(now, rand::random()),
        PairingId::new(now, rand::random()),
    );
    let home = new_home(stack, now).await?;
    let (key_pem, request) = new_key_with_request()?;
    let issued = stack.parts.registry.register(robot, &request, now).await?;
    let record = Robot {
        id: robot,
        pairing: Some(Pairing {
            id: pairing,
            home,
            name: Name::new("name", "Light robot")?,
            floor: None,
            paired_at: now,
        }),
        certificate: Some(issued.certificate),
    };
    let store = &stack.parts.store;
    store.put_robot(&record, None).await?;
    store
        .put_settings(robot, &Settings::initial(pairing), None)
        .await?;
    Ok(Member {
        robot,
        pairing,
        home,
        certificate_pem: issued.pem,
        key_pem,
    })
}

async fn new_home(stack: &Stack, now: Timestamp) -> anyhow::Result<HomeId> {
    let home = Home {
        id: HomeId::new(now, rand::random()),
        name: Name::new("name", "Home of a light robot")?,
        created_at: now,
    };
    let owner = Membership {
        home: home.id,
        person: PersonId::new(now, rand::random()),
        role: Role::Owner,
    };
    stack.parts.store.create_home(&home, &owner).await?;
    Ok(home.id)
}
