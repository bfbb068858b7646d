//! The demo: an owner with a home, an operator, and robots that are paired like any other.

use std::path::{Path, PathBuf};

use access::password;
use anyhow::{Context, bail};
use device_agent::identity::Endpoint;
use device_agent::pair::{self, Api, PairError};
use domain::access::HomeScope;
use domain::home::{Home, Membership, Name, Role};
use domain::id::{HomeId, PairingId, PersonId};
use domain::ports::{Account, AccountStore, HomeStore, StoreError};
use domain::usecase::UseCaseError;
use rand::distr::{Alphanumeric, SampleString};
use serde::{Deserialize, Serialize};
use store::TableStore;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::now;
use crate::data_dir::write_durably;
use crate::stack::parts::Parts;

const PASSWORD_LENGTH: usize = 16;

/// How somebody of the demo signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// The demo's people and home, the same at every start on the same data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Demo {
    /// The home.
    pub home: HomeId,
    /// Who owns the home.
    pub owner: SignIn,
    /// Who sees the fleet.
    pub operator: SignIn,
    owner_id: PersonId,
    operator_id: PersonId,
}

impl Demo {
    /// The demo noted in `file`, or a new one. The note comes first, so that a start which was interrupted goes on
    /// with the same people.
    pub async fn open(file: &Path, store: &TableStore) -> anyhow::Result<Self> {
        let demo = match std::fs::read(file) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).with_context(|| format!("{file:?} cannot be read"))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let demo = Self::new();
                write_durably(file, &serde_json::to_vec(&demo)?).with_context(|| format!("{file:?}"))?;
                demo
            }
            Err(error) => return Err(error).with_context(|| format!("{file:?} cannot be read")),
        };
        demo.keep(store).await?;
        Ok(demo)
    }

    fn new() -> Self {
        let sign_in = |email: &str| SignIn {
            email: email.to_owned(),
            password: Alphanumeric.sample_string(&mut rand::rng(), PASSWORD_LENGTH),
        };
        Self {
            home: HomeId::new(now(), rand::random()),
            owner: sign_in("owner@sweepline.local"),
            operator: sign_in("operator@sweepline.local"),
            owner_id: PersonId::new(now(), rand::random()),
            operator_id: PersonId::new(now(), rand::random()),
        }
    }

    async fn keep(&self, store: &TableStore) -> anyhow::Result<()> {
        add_account(store, self.owner_id, &self.owner, false).await?;
        add_account(store, self.operator_id, &self.operator, true).await?;
        let home = Home {
            id: self.home,
            name: Name::new("name", "Demo home")?,
            created_at: now(),
        };
        let owner = Membership {
            home: self.home,
            person: self.owner_id,
            role: Role::Owner,
        };
        if store.membership(self.owner_id, self.home).await?.is_some() {
            return Ok(());
        }
        match store.create_home(&home, &owner).await {
            Err(StoreError::Conflict { .. }) => {
                tracing::info!("the demo's home was erased or handed on; --fresh makes another");
                Ok(())
            }
            made => Ok(made?),
        }
    }

    /// Pairs the robot in `dir` with the home, as an owner does who reads the code that it shows.
    ///
    /// Returns once the home has the robot; the robot itself fetches its certificate in its own time.
    pub async fn pair(
        &self,
        parts: &Parts,
        api: &Api,
        dir: PathBuf,
        name: &str,
    ) -> anyhow::Result<JoinHandle<Result<Endpoint, PairError>>> {
        let (show, shown) = oneshot::channel();
        let api = api.clone();
        let robot = tokio::spawn(async move {
            let shown = |claim: &pair::Claim| {
                // Nobody waits for the code only when the program ends.
                let _ = show.send(claim.code.clone());
            };
            pair::pair(&api, &dir, shown).await
        });
        let Ok(code) = shown.await else {
            robot.await??;
            bail!("the robot was paired without showing a code");
        };
        let scope = self.scope(parts).await?;
        let name = Name::new("name", name)?;
        let pairing = PairingId::new(now(), rand::random());
        match parts
            .pairings()
            .pair(&scope, &code.parse()?, name, pairing, now())
            .await
        {
            // A start that was interrupted had used the code; the robot only has to fetch its certificate.
            Ok(_) | Err(UseCaseError::NotFound { .. }) => Ok(robot),
            Err(error) => Err(error.into()),
        }
    }

    /// The right of the demo's owner to the demo's home.
    pub async fn scope(&self, parts: &Parts) -> anyhow::Result<HomeScope> {
        let owner = parts.store.membership(self.owner_id, self.home).await?;
        let scope = owner.and_then(|membership| HomeScope::of_member(&membership, Role::Owner));
        scope.context("the demo's owner does not own the demo's home")
    }
}

async fn add_account(
    store: &TableStore,
    person: PersonId,
    sign_in: &SignIn,
    operator: bool,
) -> anyhow::Result<()> {
    if store.account(&sign_in.email).await?.is_some() {
        return Ok(());
    }
    let password_hash = password::hash(&sign_in.password)?;
    let account = Account {
        person,
        email: sign_in.email.clone(),
        password_hash,
        operator,
    };
    Ok(store.add_account(&account).await?)
}
