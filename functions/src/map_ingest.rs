//! Packs of run tiles become part of their runs.

use domain::FieldError;
use domain::Timestamp;
use domain::id::{PairingId, RunId};
use domain::ports::SentRunTile;
use domain::quarantine::{MESSAGE_WEIGHT, TILE_WEIGHT};
use domain::usecase::{Ingesting, RunEvents, RunTiles};
use serde_json::Value;
use wire::WireError;
use wire::tile_pack::{self, HEADER_BYTES, PackedTile, TilePack};

use crate::error::{Failure, HandlerError};
use crate::event::RobotMessage;
use crate::intake::{Intake, IntakeStores};
use crate::run_events::tell_refusal;

/// Takes what robots publish on their tiles topic.
#[derive(Clone)]
pub struct MapIngest {
    ingesting: Ingesting,
    run_events: RunEvents,
    intake: Intake,
}

impl MapIngest {
    /// A handler over the use case.
    pub fn new(ingesting: Ingesting, stores: impl Into<IntakeStores>) -> Self {
        let (authorizing, sealing) = (ingesting.authorizing.clone(), ingesting.sealing.clone());
        let run_events = RunEvents { authorizing, sealing };
        Self {
            ingesting,
            run_events,
            intake: Intake::new("map_ingest", stores.into()),
        }
    }

    /// Stores the tiles of one message.
    ///
    /// # Errors
    /// [`HandlerError`] when the event shall come again; all of it may then be stored a second time.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let take = async |message: &RobotMessage| self.take(message).await;
        match self.intake.refused_of_weight(event, now, weight, take).await? {
            Some((message, refusal)) => self.answer(&message, &refusal).await,
            None => Ok(()),
        }
    }

    async fn take(&self, message: &RobotMessage) -> Result<(), Failure> {
        let pack = TilePack::decode(&message.payload)?;
        let tiles = pack.tiles.iter().map(sent).collect::<Result<_, _>>()?;
        let tiles = RunTiles {
            pairing: pack.pairing,
            run: pack.run,
            tiles,
        };
        self.ingesting.take(message.robot, &tiles).await?;
        Ok(())
    }

    async fn answer(&self, message: &RobotMessage, refusal: &FieldError) -> Result<(), HandlerError> {
        match run_of(&message.payload) {
            Some((pairing, run)) => {
                tell_refusal(&self.run_events, message.robot, pairing, run, refusal).await
            }
            None => Ok(()),
        }
    }
}

fn sent(tile: &PackedTile) -> Result<SentRunTile, WireError> {
    Ok(SentRunTile {
        index: tile.index,
        rev: tile.rev,
        cells: tile.checked()?,
    })
}

/// What a message weighs, told from its head, so that it is weighed before there is work with it.
fn weight(payload: &[u8]) -> u32 {
    MESSAGE_WEIGHT.saturating_add(TILE_WEIGHT.saturating_mul(tile_pack::claimed_tiles(payload).into()))
}

/// The run that a pack is about, if at least its head can be read: the head of a pack without tiles is a whole pack.
fn run_of(payload: &[u8]) -> Option<(PairingId, RunId)> {
    const COUNT: [u8; 2] = [0, 0];
    let head = payload.get(..HEADER_BYTES - COUNT.len())?;
    let pack = TilePack::decode(&[head, &COUNT].concat()).ok()?;
    Some((pack.pairing, pack.run))
}
