//! Wrong JSON, made from right JSON.

use serde_json::Value;

use crate::place::{arrays, ids, integers, numbers, put, strings, times};

/// The payloads of a class of [`Classes::json`](crate::Classes::json), made from one that is right.
pub fn json(class: &str, good: &Value) -> Vec<Vec<u8>> {
    let text = good.to_string();
    match class {
        "empty" => vec![vec![]],
        "not JSON" => not_json(&text),
        "not UTF-8" => not_utf8(good),
        "BOM" => vec![["\u{feff}".as_bytes(), text.as_bytes()].concat()],
        "top level array/number/null" => plain(&["[]", "7", "null", "\"x\"", "true", &format!("[{text}]")]),
        "unknown field" => plain(&[&text.replacen('{', "{\"unknown\":{\"a\":[1]},", 1)]),
        "missing field" => missing(good),
        "duplicate key" => twice(good),
        "deep nesting 10,000" => nested(good),
        "number 1e400, -0, NaN/Infinity literals" => put(
            good,
            &numbers(good),
            &["1e400", "-0", "NaN", "Infinity", "-Infinity"],
        ),
        "pose NaN/inf/1e308" => put(good, &numbers(good), &["NaN", "1e309", "1e308", "-1e308"]),
        "integer 2^53+1, 2^63, 2^64, negative where unsigned" => put(good, &numbers(good), &INTEGERS),
        "string 128 KB" => put(
            good,
            &strings(good),
            &[&format!("\"{}\"", "x".repeat(128 * 1024))],
        ),
        "surrogate pair halves" => put(
            good,
            &strings(good),
            &["\"\\ud800\"", "\"a\\udc00\"", "\"\\ud800\\ud800\""],
        ),
        "cells length != w*h" => lengths(good),
        "w*h overflow u32" => put(good, &integers(good), &["65536", "4294967295", "4294967296"]),
        "resolution 0 / negative" => put(good, &numbers(good), &["0", "-1", "0.0", "-0.05"]),
        "polygon with 2 points, self-crossing, 1e6 points, all equal, hole outside" => polygons(good),
        "room id out of range" => put(
            good,
            &ids(good),
            &["\"room_80000000000000000000000000\"", "65536", "-1"],
        ),
        "timestamp 0, 1970, 2106, 9999, negative, seconds instead of ms" => put(good, &times(good), &TIMES),
        "sequence back, jump, equal, u64::MAX" => put(
            good,
            &integers(good),
            &["0", "1", "1000000000", "18446744073709551615"],
        ),
        "robot id in payload != client id" => {
            put(good, &ids(good), &["\"robot_7ZZZZZZZZZZZZZZZZZZZZZZZZZ\""])
        }
        "map id of another home" => {
            let ids = ids(good);
            let others = ["home", "floor", "run", "pairing", "cmd"]
                .map(|kind| format!("\"{kind}_7ZZZZZZZZZZZZZZZZZZZZZZZZZ\""));
            put(good, &ids, &others.each_ref().map(String::as_str))
        }
        other => panic!("{other}: nobody has said what this class of JSON is"),
    }
}

/// The payloads of a class of [`Classes::time`](crate::Classes::time), made from one whose times are right.
pub fn time(class: &str, good: &Value) -> Vec<Vec<u8>> {
    const SECOND: i64 = 1000;
    const DAY: i64 = 24 * 3600 * SECOND;
    match class {
        "device clock -10 y, -1 d, -90 s, +90 s, +1 d, +100 y" => {
            let offsets = [-3652 * DAY, -DAY, -90 * SECOND, 90 * SECOND, DAY, 36_525 * DAY];
            offsets.iter().flat_map(|offset| moved(good, *offset)).collect()
        }
        "clock jumps back in a run" => moved(good, -3600 * SECOND),
        "leap second 23:59:60" => put(
            good,
            &times(good),
            &["\"2026-12-31T23:59:60Z\"", "1798761599999", "1798761600000"],
        ),
        // An hour that comes twice, and one that never comes, in Berlin.
        "DST change during a schedule" => put(
            good,
            &times(good),
            &["1793062800000", "1774746000000", "\"02:30\""],
        ),
        other => panic!("{other}: nobody has said what this class of times is"),
    }
}

const INTEGERS: [&str; 6] = [
    "9007199254740993",
    "9223372036854775808",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "-1",
    "-9223372036854775809",
];
const TIMES: [&str; 9] = [
    "0",
    "1",
    "4291747200000",
    "253402300799000",
    "9223372036854775807",
    "-1",
    "-9223372036854775808",
    "1790000000",
    "\"9999-12-31T23:59:59Z\"",
];

fn plain(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn not_json(text: &str) -> Vec<Vec<u8>> {
    let cut = text.char_indices().map(|(at, _)| &text[..at]).skip(1).step_by(7);
    plain(&[
        "{",
        "nul",
        "\u{1}\u{2}",
        "{'v':1}",
        "{\"v\":1,}",
        &format!("{text}{text}"),
    ])
    .into_iter()
    .chain(cut.map(|part| part.as_bytes().to_vec()))
    .collect()
}

fn not_utf8(good: &Value) -> Vec<Vec<u8>> {
    let marked = put(good, &strings(good), &["\"@\""]);
    let spoilt = marked.into_iter().flat_map(|text| {
        [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"].map(|bytes| {
            let at = text.iter().position(|byte| *byte == b'@').unwrap();
            [&text[..at], bytes, &text[at + 1..]].concat()
        })
    });
    spoilt.collect()
}

fn missing(good: &Value) -> Vec<Vec<u8>> {
    let Some(fields) = good.as_object() else {
        return vec![];
    };
    let without = fields.keys().map(|name| {
        let mut fields = fields.clone();
        fields.remove(name);
        Value::Object(fields).to_string().into_bytes()
    });
    without.chain([b"{}".to_vec()]).collect()
}

fn twice(good: &Value) -> Vec<Vec<u8>> {
    let Some(fields) = good.as_object() else {
        return vec![];
    };
    let text = good.to_string();
    let again = |(name, value): (&String, &Value)| {
        text.replacen('{', &format!("{{\"{name}\":{value},"), 1)
            .into_bytes()
    };
    fields.iter().map(again).collect()
}

fn nested(good: &Value) -> Vec<Vec<u8>> {
    const DEEP: usize = 10_000;
    let arrays = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    let objects = format!("{}1{}", "{\"a\":".repeat(DEEP), "}".repeat(DEEP));
    let mut payloads = plain(&[&arrays, &objects, &"[".repeat(DEEP)]);
    payloads.extend(put(good, &strings(good), &[&arrays, &objects]));
    payloads
}

/// Each list one shorter, one longer, empty, and with another kind of thing in it.
fn lengths(good: &Value) -> Vec<Vec<u8>> {
    let changed = arrays(good).into_iter().flat_map(|place| {
        let list = good.pointer(&place).and_then(Value::as_array).unwrap();
        let shorter = list.iter().skip(1).cloned().collect();
        let longer = list.iter().chain(list.first()).cloned().collect();
        let mixed = list.iter().cloned().chain([Value::Null]).collect();
        [shorter, longer, mixed, vec![]].map(|list| {
            put(
                good,
                std::slice::from_ref(&place),
                &[&Value::Array(list).to_string()],
            )
        })
    });
    changed.flatten().collect()
}

/// Each list with two entries, all entries alike, in another order, and, the first list, with a million.
fn polygons(good: &Value) -> Vec<Vec<u8>> {
    const POINTS: usize = 1_000_000;
    let mut payloads = Vec::new();
    for (at, place) in arrays(good).into_iter().enumerate() {
        let list = good.pointer(&place).and_then(Value::as_array).unwrap();
        let Some(first) = list.first() else { continue };
        let two = list.iter().take(2).cloned().collect();
        let alike = vec![first.clone(); list.len().max(4)];
        let crossed = list
            .iter()
            .step_by(2)
            .chain(list.iter().skip(1).step_by(2))
            .cloned()
            .collect();
        let mut lists = vec![two, alike, crossed];
        if at == 0 {
            lists.push(vec![first.clone(); POINTS]);
        }
        for list in lists {
            payloads.extend(put(
                good,
                std::slice::from_ref(&place),
                &[&Value::Array(list).to_string()],
            ));
        }
    }
    payloads
}

/// All times in milliseconds later by so many.
fn moved(good: &Value, offset: i64) -> Vec<Vec<u8>> {
    let mut moved = good.clone();
    for place in times(good) {
        let slot = moved.pointer_mut(&place).unwrap();
        if let Some(time) = slot.as_i64() {
            *slot = Value::from(time.saturating_add(offset));
        }
    }
    vec![moved.to_string().into_bytes()]
}
