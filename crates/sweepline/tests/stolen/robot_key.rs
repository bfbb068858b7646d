//! With the real key of a robot somebody sends as fast as AWS IoT lets one connection: the robot is cut off, and everybody
//! else goes on.

use std::time::Duration;

use domain::id::{RobotId, RunId};
use futures_util::future::join_all;
use mapping::run_tile::RunTile;
use mapping::tile::TileIndex;
use rumqttc::mqttbytes::v5::Packet;
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, PublishOptions, QoS, TlsConfiguration, Transport};
use sweepline::clock::now;
use sweepline::stack::STAGE;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use wire::status::StatusReport;
use wire::tile_pack::{PackedTile, TilePack};
use wire::topic::{Downlink, Uplink};

use crate::common::{PATIENCE, until};
use crate::world::{Key, World};

/// As many messages as AWS IoT takes of one connection in a second.
const FLOOD_EVERY: Duration = Duration::from_millis(10);
/// A robot at full rate is cut off within this time.
const CUT_WITHIN: Duration = Duration::from_secs(60);
/// How long it is waited for a cut that does not come.
const NEVER_CUT: Duration = Duration::from_secs(8);

/// What a thief sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Status reports that a robot might send.
    Status,
    /// Tiles that a robot might send.
    Tiles,
    /// Words on commands that nobody gave.
    Acks,
    /// What cannot be read.
    Garbage,
    /// Positions for phones, which no function is given: as if nobody weighed what robots send.
    Unweighed,
}

impl Way {
    const WEIGHED: [Self; 4] = [Self::Status, Self::Tiles, Self::Acks, Self::Garbage];

    fn topic(self, robot: RobotId) -> String {
        let uplink = match self {
            Self::Status => Uplink::Status,
            Self::Tiles => Uplink::Tiles,
            Self::Acks => Uplink::Ack,
            Self::Garbage => Uplink::Run,
            Self::Unweighed => return format!("live/{robot}/pose"),
        };
        uplink.publish_topic(STAGE, robot)
    }

    fn payload(self, thief: &Key, n: u32) -> Vec<u8> {
        match self {
            Self::Status => report(thief, n, None).encode(),
            Self::Tiles => pack(thief, n).encode(),
            Self::Acks | Self::Garbage | Self::Unweighed => vec![0xff; 200],
        }
    }
}

fn report(key: &Key, seq: u32, nonce: Option<String>) -> StatusReport {
    let report = serde_json::json!({
        "pairing": key.pairing, "boot": 1, "seq": seq, "state": "docked", "battery": 90, "firmware": "1",
        "model": "test", "settings_version": 1, "nonce": nonce,
    });
    serde_json::from_value(report).unwrap()
}

fn pack(key: &Key, n: u32) -> TilePack {
    let index = TileIndex {
        x: i16::try_from(n % 100).unwrap(),
        y: 0,
    };
    let cells = RunTile::new().encode();
    let rev = domain::run::Rev(n + 1);
    TilePack {
        pairing: key.pairing,
        run: RunId::new(now(), 9),
        tiles: vec![PackedTile { index, rev, cells }],
    }
}

impl Key {
    async fn events(&self) -> (AsyncClient, EventLoop) {
        let mut options = MqttOptions::new(self.robot.to_string(), ("127.0.0.1", self.port));
        let own = (
            self.certificate.clone().into_bytes(),
            self.key.clone().into_bytes(),
        );
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Simple {
            ca: self.ca.clone().into_bytes(),
            alpn: None,
            client_auth: Some(own),
        }));
        options.set_keep_alive(30);
        AsyncClient::builder(options).capacity(16).build()
    }

    /// A connection, unless it is refused.
    async fn connect(&self) -> Option<Connection> {
        let (client, mut events) = self.events().await;
        let connected = async {
            loop {
                if let Event::Incoming(Packet::ConnAck(_)) = events.poll().await.ok()? {
                    return Some(());
                }
            }
        };
        timeout(PATIENCE, connected)
            .await
            .expect("no answer to CONNECT")?;
        let topic = Downlink::Receipts(self.robot).to_string();
        client.subscribe(topic, QoS::AtLeastOnce).await.unwrap();
        let reading = tokio::spawn(async move {
            let mut receipts = 0;
            while let Ok(event) = events.poll().await {
                receipts += usize::from(matches!(event, Event::Incoming(Packet::Publish(_))));
                if receipts >= HONEST_REPORTS {
                    break;
                }
            }
            receipts
        });
        Some(Connection { client, reading })
    }
}

/// How many reports the other robot sends, one after the other.
const HONEST_REPORTS: usize = 20;

/// A connection, and how many receipts came over it until it was closed.
struct Connection {
    client: AsyncClient,
    reading: JoinHandle<usize>,
}

impl Connection {
    /// Sends as fast as AWS IoT lets it until it is cut; gives after how long that was.
    async fn flood(self, thief: &Key, way: Way, patience: Duration) -> Option<Duration> {
        let start = Instant::now();
        let mut ticks = interval(FLOOD_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut n = 0;
        while start.elapsed() < patience {
            ticks.tick().await;
            if self.reading.is_finished() {
                return Some(start.elapsed());
            }
            let options = PublishOptions::at_most_once();
            let payload = way.payload(thief, n);
            // A client that was cut takes no more; the next look sees it.
            let _ = self.client.try_publish(way.topic(thief.robot), payload, options);
            n += 1;
        }
        self.reading.abort();
        None
    }
}

/// Whether a flood is cut off in time, for good.
async fn is_cut(key: &Key, way: Way, patience: Duration) -> Option<Duration> {
    let connection = key.connect().await.unwrap();
    let after = connection.flood(key, way, patience).await?;
    key.connect().await.is_none().then_some(after)
}

/// Reports one after the other, each with a question that must be answered.
async fn honest(key: &Key) -> usize {
    let Connection { client, reading } = key.connect().await.unwrap();
    for seq in 0..u32::try_from(HONEST_REPORTS).unwrap() {
        let report = report(key, seq, Some(format!("nonce {seq}")));
        let topic = Uplink::Status.publish_topic(STAGE, key.robot);
        client
            .publish(topic, report.encode(), PublishOptions::at_least_once())
            .await
            .unwrap();
        sleep(Duration::from_millis(100)).await;
    }
    timeout(PATIENCE, reading)
        .await
        .expect("a report was not answered")
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_a_robot_at_full_rate_is_cut_off_and_nobody_else() {
    let world = World::start().await;
    let mut thieves = Vec::new();
    for (n, way) in (1..).zip(Way::WEIGHED) {
        thieves.push((world.pair(n).await, way));
    }
    let other = world.pair(9).await;
    let floods = thieves.iter().map(|(key, way)| is_cut(key, *way, CUT_WITHIN));
    let (cut, answered) = tokio::join!(join_all(floods), honest(&other));
    let failed = cut.iter().filter(|after| after.is_none()).count();
    println!(
        "S12 robot key: {} tried, {failed} failed (cut off after {cut:?})",
        cut.len()
    );
    assert_eq!((failed, answered), (0, HONEST_REPORTS));

    let (thief, _) = &thieves[0];
    let owner = world.sign_in(&world.demo.owner).await;
    let operator = world.sign_in(&world.demo.operator).await;
    until("the owner sees it", async || {
        owner.robot(thief.robot).await["quarantine"]["reason"] == "too_many_messages"
    })
    .await;
    let (_, fleet) = operator.ask("GET", "/v1/fleet/robots".into(), None).await;
    let quarantined = fleet["items"].as_array().unwrap().iter();
    assert_eq!(
        quarantined
            .filter(|robot| robot["quarantine"]["since"].is_string())
            .count(),
        thieves.len()
    );
    assert!(owner.robot(other.robot).await["quarantine"].is_null());

    let path = format!("/v1/fleet/robots/{}/quarantine", thief.robot);
    assert_eq!(operator.ask("DELETE", path, None).await.0, 204);
    assert!(owner.robot(thief.robot).await["quarantine"].is_null());
    assert!(
        thief.connect().await.is_some(),
        "a robot that was let in again can connect"
    );
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_finds_the_bug_that_is_built_in() {
    let world = World::start().await;
    let thief = world.pair(1).await;
    let cut = is_cut(&thief, Way::Unweighed, NEVER_CUT).await;
    assert_eq!(cut, None);
    println!("S12 robot key: caught: a robot whose messages nobody weighs");
    world.stack.stop().await;
}
