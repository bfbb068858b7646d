//! What is recorded and replayed: each call of the ports, as use cases make it.

use std::time::Duration;

use domain::ports::{CommandLink, Connections, DeviceError, DeviceRegistry, RobotMailbox, RobotRequest};
use domain::receipt::{Receipt, ReceiptKind};
use domain::settings::Settings;
use iot::{CommandDelivery, Registry};

use crate::replay::{AT, CSR, Service, robot};

/// All of them.
pub const FLOWS: [&str; 9] = [
    "command",
    "command_published",
    "connection",
    "disconnect",
    "receipt",
    "register",
    "retire",
    "revoke",
    "settings",
];

pub fn live() -> RobotRequest {
    RobotRequest::Live {
        pairing: "pair_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        lease: "lease_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        duration: Duration::from_secs(180),
    }
}

pub fn settings() -> Settings {
    Settings::initial("pair_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
}

pub fn receipt() -> Receipt {
    let run = "run_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
    Receipt {
        pairing: None,
        kind: ReceiptKind::Confirmed { run },
    }
}

/// Makes the calls of a flow, and tells what came of them.
pub async fn play(flow: &str, service: &Service) -> Result<String, DeviceError> {
    let registry = service.registry();
    let data = registry.data_plane();
    Ok(match flow {
        "command" => format!(
            "{:?}",
            data.deliver(robot(), &live(), Duration::from_secs(5)).await?
        ),
        "command_published" => {
            let published = service.data_plane(CommandDelivery::Publish);
            format!(
                "{:?}",
                published
                    .deliver(robot(), &live(), Duration::from_secs(5))
                    .await?
            )
        }
        "connection" => format!("{:?}", data.connection(robot()).await?),
        "disconnect" => done(registry.disconnect("app_lease_x").await?),
        "receipt" => done(data.post_receipt(robot(), &receipt()).await?),
        "settings" => {
            data.post_settings(robot(), &settings()).await?;
            done(data.clear_settings(robot()).await?)
        }
        "register" => register(&registry).await?,
        "retire" => {
            let first = register(&registry).await?;
            register(&registry).await?;
            done(registry.retire(robot(), &first).await?)
        }
        "revoke" => {
            register(&registry).await?;
            done(registry.revoke(robot()).await?)
        }
        other => panic!("there is no flow {other}"),
    })
}

async fn register(registry: &Registry) -> Result<String, DeviceError> {
    let issued = registry.register(robot(), CSR, AT).await?;
    assert!(issued.certificate.not_after > AT);
    assert!(issued.pem.starts_with("-----BEGIN CERTIFICATE-----"));
    Ok(issued.certificate.id)
}

fn done(_: ()) -> String {
    "Done".to_owned()
}
