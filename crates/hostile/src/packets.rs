//! Wrong packets of MQTT 5.

use std::time::Duration;

const PUBLISH: u8 = 0x30;
const AT_LEAST_ONCE: u8 = 0x02;
const SUBSCRIBE: u8 = 0x82;
const CLEAN_START: u8 = 0x02;
const WILL: u8 = 0x04;
const USERNAME: u8 = 0x80;
const PASSWORD: u8 = 0x40;

/// What somebody does on one connection.
#[derive(Debug, Clone)]
pub struct Script {
    /// Whether a connection is opened rightly first.
    pub is_connected: bool,
    /// What is sent then.
    pub bytes: Vec<u8>,
    /// How long each byte takes; none where all are sent at once.
    pub pause: Option<Duration>,
}

impl Script {
    /// A connection that is opened rightly, and nothing more.
    pub fn nothing() -> Self {
        script(true, Vec::new())
    }
}

/// Who sends, and about what.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// The client id that the sender may connect with.
    pub client: &'a str,
    /// A topic that it may send to.
    pub topic: &'a str,
}

/// The scripts of a class of [`Classes::packets`](crate::Classes::packets).
pub fn packets(class: &str, link: &Link<'_>) -> Vec<Script> {
    let topic = link.topic.as_bytes();
    let publishing = |flags: u8, id: u16| publish(flags, topic, Some(id), b"{}");
    match class {
        "remaining length 5 bytes / 268,435,455 with 10 bytes sent" => after_connect(vec![
            vec![PUBLISH, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            [&[PUBLISH, 0xFF, 0xFF, 0xFF, 0x7F][..], &[0; 10]].concat(),
        ]),
        "packet type 0 and 15" => after_connect(vec![vec![0, 0], vec![0xF0, 2, 0x18, 0], vec![0xFF, 0]]),
        "reserved flag bits set in SUBSCRIBE/PUBREL" => {
            let mut subscribe = subscribe(1, &[link.topic]);
            subscribe[0] = 0x8F;
            after_connect(vec![subscribe, vec![0x60, 2, 0, 1], vec![0x6F, 2, 0, 1]])
        }
        "QoS 3" => after_connect(vec![publishing(0x06, 1)]),
        "QoS 2 (AWS refuses)" => after_connect(vec![publishing(0x04, 1)]),
        "packet id 0" => after_connect(vec![publishing(AT_LEAST_ONCE, 0), subscribe(0, &[link.topic])]),
        "topic with + or # in PUBLISH" => topics(&[b"+", b"#", &[topic, b"/+"].concat(), b"cmd/#"]),
        "topic U+0000, lone surrogate, overlong UTF-8" => {
            topics(&[&[topic, b"\0"].concat(), b"a\xed\xa0\x80", b"a\xc0\xaf", b"\xff"])
        }
        "topic 257 bytes / 8 slashes" => topics(&[&[b'a'; 257], b"a/b/c/d/e/f/g/h/i", &[b'/'; 200], b""]),
        "empty topic filter list" => after_connect(vec![subscribe(1, &[]), vec![0xA2, 3, 0, 1, 0]]),
        "second CONNECT on one connection" => after_connect(vec![connect(link.client, CLEAN_START, 30, &[])]),
        "130 KB, 1 MB payload" => after_connect(
            [130 * 1024, 1024 * 1024]
                .map(|bytes| publish(AT_LEAST_ONCE, topic, Some(1), &vec![b' '; bytes]))
                .into(),
        ),
        "half-open TCP after CONNECT" => after_connect(vec![vec![]]),
        "100 PUBLISH without reading PUBACK" => after_connect(vec![
            (1..=100).flat_map(|id| publishing(AT_LEAST_ONCE, id)).collect(),
        ]),
        _ => openings(class, link),
    }
}

/// The scripts that begin with what is sent.
fn openings(class: &str, link: &Link<'_>) -> Vec<Script> {
    let own = |flags, keep_alive, rest: &[&[u8]]| connect(link.client, flags, keep_alive, rest);
    let first = |all: Vec<Vec<u8>>| all.into_iter().map(|bytes| script(false, bytes)).collect();
    match class {
        "client id 129 bytes / empty with clean session 0" => first(vec![
            connect(&"a".repeat(129), CLEAN_START, 30, &[]),
            connect("", 0, 30, &[]),
        ]),
        "PUBLISH before CONNECT" => first(vec![publish(
            AT_LEAST_ONCE,
            link.topic.as_bytes(),
            Some(1),
            b"{}",
        )]),
        "keep-alive 0, 1, 65535" => first([0, 1, 65535].map(|seconds| own(CLEAN_START, seconds, &[])).into()),
        "will larger than 128 KB" => {
            let will = vec![b'w'; 65_535];
            let whole = own(CLEAN_START | WILL, 30, &[link.topic.as_bytes(), &will]);
            let oversized = [&[0x10, 0x80, 0x80, 0x09][..], &vec![0; 130 * 1024]].concat();
            first(vec![whole, oversized])
        }
        "protocol name MQIsdp / level 6" => {
            let mut level = own(CLEAN_START, 30, &[]);
            level[8] = 6;
            let old = [&[0, 6][..], b"MQIsdp", &[3, 2, 0, 30, 0, 0]].concat();
            first(vec![level, packet(0x10, &old)])
        }
        "username without password flag mix" => first(vec![
            own(CLEAN_START | USERNAME, 30, &[]),
            own(CLEAN_START | PASSWORD, 30, &[b"password"]),
            own(CLEAN_START | 0x01, 30, &[]),
            own(CLEAN_START | 0x18, 30, &[]),
        ]),
        "slow-loris: 1 byte a second in the header" => vec![Script {
            pause: Some(Duration::from_secs(1)),
            ..script(false, own(CLEAN_START, 30, &[]).into_iter().take(5).collect())
        }],
        other => panic!("{other}: nobody has said what this class of packets is"),
    }
}

fn script(is_connected: bool, bytes: Vec<u8>) -> Script {
    Script {
        is_connected,
        bytes,
        pause: None,
    }
}

fn after_connect(all: Vec<Vec<u8>>) -> Vec<Script> {
    all.into_iter().map(|bytes| script(true, bytes)).collect()
}

fn topics(topics: &[&[u8]]) -> Vec<Script> {
    after_connect(
        topics
            .iter()
            .map(|topic| publish(AT_LEAST_ONCE, topic, Some(1), b"{}"))
            .collect(),
    )
}

/// A CONNECT with what follows the client id in its payload; a will comes with empty properties.
pub fn connect(client: &str, flags: u8, keep_alive: u16, rest: &[&[u8]]) -> Vec<u8> {
    let mut body = [&[0, 4][..], b"MQTT", &[5, flags], &keep_alive.to_be_bytes(), &[0]].concat();
    body.extend(text(client.as_bytes()));
    if flags & WILL != 0 {
        body.push(0);
    }
    rest.iter().for_each(|part| body.extend(text(part)));
    packet(0x10, &body)
}

fn publish(flags: u8, topic: &[u8], id: Option<u16>, payload: &[u8]) -> Vec<u8> {
    let mut body = text(topic);
    body.extend(id.map(u16::to_be_bytes).into_iter().flatten());
    body.push(0);
    body.extend(payload);
    packet(PUBLISH | flags, &body)
}

fn subscribe(id: u16, filters: &[&str]) -> Vec<u8> {
    let mut body = [&id.to_be_bytes()[..], &[0]].concat();
    for filter in filters {
        body.extend(text(filter.as_bytes()));
        body.push(1);
    }
    packet(SUBSCRIBE, &body)
}

fn text(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes()[..], bytes].concat()
}

fn packet(head: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![head];
    let mut left = body.len();
    while left > 0x7F {
        bytes.push((left & 0x7F) as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
    bytes.extend(body);
    bytes
}
