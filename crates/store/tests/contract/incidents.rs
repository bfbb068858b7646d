use domain::incident::{Incident, MAX_KEPT_BYTES};
use domain::ports::IncidentStore;

use crate::local_table::{LocalTable, TABLE};
use crate::samples::AT;

fn sample(client: &str) -> Incident {
    Incident {
        handler: "map_ingest".into(),
        client: client.into(),
        field: "tiles[3].cells".into(),
        reason: "the deflate stream is cut short".into(),
        payload: vec![0xFF; MAX_KEPT_BYTES],
        at: AT,
    }
}

pub async fn incident_store(store: &dyn IncidentStore) {
    store.record(&sample("robot_a")).await.unwrap();
    store.record(&sample("")).await.unwrap();
}

#[tokio::test]
async fn each_incident_is_kept_once_with_its_bytes() {
    let table = LocalTable::start().await;
    let other = Incident {
        reason: "the tile describes 3 cells instead of 4096".into(),
        ..sample("robot_a")
    };
    for incident in [sample("robot_a"), sample("robot_a"), sample("robot_b"), other] {
        table.store.record(&incident).await.unwrap();
    }
    let records = table.client().scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(records.count(), 3);
    let kept = records.items()[0]["payload"].as_b().unwrap();
    assert_eq!(kept.as_ref(), sample("robot_a").payload);
}
