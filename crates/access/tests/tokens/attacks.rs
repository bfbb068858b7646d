//! Every row of the attack list is tried; the ones that need routes are tried against the API.

use std::collections::BTreeSet;
use std::path::PathBuf;

use access::KeySet;
use aws_lc_rs::signature::KeyPair;
use domain::Timestamp;
use serde_json::{Value, json};

use crate::forge::*;

/// Rows about routes, memberships and headers: mobile-api's tests try them.
const AT_THE_API: [&str; 7] = [
    "scope-missing",
    "tenant-mismatch",
    "revoked-session",
    "deleted-user",
    "replay-jti",
    "bearer-case",
    "bearer-empty",
];

type Row = (&'static str, Vec<String>);

fn row(id: &'static str, tokens: impl IntoIterator<Item = String>) -> Row {
    (id, tokens.into_iter().collect())
}

fn header_with(more: &str) -> String {
    format!(r#"{{"alg":"ES256","kid":"es","typ":"at+jwt",{more}}}"#)
}

fn algorithms(forge: &Forge) -> Vec<Row> {
    let original = signature_of(&forge.with(json!({})));
    let none = |id, name: &str| {
        let header = json!({"alg": name, "kid": "es", "typ": "at+jwt"}).to_string();
        let signatures = [vec![], original.clone()];
        row(
            id,
            signatures.map(|signature| compact(&header, claims(json!({})), |_| signature.clone())),
        )
    };
    let alg = |id, alg: &str| {
        row(
            id,
            [forge.ours(
                &format!(r#"{{{alg}"kid":"es","typ":"at+jwt"}}"#),
                &claims(json!({})),
            )],
        )
    };
    let confused = |id, secrets: Vec<Vec<u8>>| {
        let header = r#"{"alg":"HS256","kid":"rs","typ":"at+jwt"}"#;
        let sign =
            |secret: &Vec<u8>| compact(header, claims(json!({})), |message| hmac_sign(secret, message));
        row(id, secrets.iter().map(sign))
    };
    let spki = forge.rsa.public_key().as_ref().to_vec();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        b64(&spki)
    )
    .into_bytes();
    let jwk = rsa_jwk(&forge.rsa, "rs");
    vec![
        none("alg-none-0", "none"),
        none("alg-None-1", "None"),
        none("alg-NONE-2", "NONE"),
        none("alg-nOnE-3", "nOnE"),
        none("alg-noNE-4", "noNE"),
        none("alg-none-5", " none"),
        none("alg-none\u{0}-6", "none\u{0}"),
        none("alg-empty-7", ""),
        alg("alg-missing", ""),
        alg("alg-number", r#""alg":256,"#),
        alg("alg-array", r#""alg":["ES256"],"#),
        confused("rs-to-hs-pem", vec![pem.clone(), [pem, b"\n".to_vec()].concat()]),
        confused("rs-to-hs-der", vec![spki]),
        confused(
            "rs-to-hs-jwk",
            vec![jwk.to_string().into_bytes(), jwk["n"].as_str().unwrap().into()],
        ),
        row("rs-to-ps", [forge.ps256()]),
        row("rs-to-rs384", [forge.rs384()]),
        row(
            "es-to-rs",
            [forge.ours(r#"{"alg":"RS256","kid":"es","typ":"at+jwt"}"#, &claims(json!({})))],
        ),
    ]
}

fn signatures(forge: &Forge) -> Vec<Row> {
    let good = forge.with(json!({}));
    let bytes = signature_of(&good);
    let flip = |at: usize, bit: u8| {
        let mut flipped = bytes.clone();
        flipped[at] ^= bit;
        resigned(&good, flipped)
    };
    let number = |r: u8, s: u8| {
        let mut pair = vec![0; 64];
        (pair[31], pair[63]) = (r, s);
        resigned(&good, pair)
    };
    let rs = forge.rs256();
    let modulus = forge
        .rsa
        .public_key()
        .modulus()
        .big_endian_without_leading_zero()
        .to_vec();
    let mut below = modulus.clone();
    *below.last_mut().unwrap() -= 1;
    let one = [vec![0; 255], vec![1]].concat();
    // Of the six bits in the last character of 64 bytes, two count and four have to be zero.
    let (message, text) = parts(&good);
    let last = text.chars().last().unwrap();
    let next = char::from(last as u8 + 1);
    let standard = text.replace('-', "+").replace('_', "/");
    vec![
        row("sig-empty", [format!("{message}.")]),
        row("sig-absent", [message.clone()]),
        row("sig-trunc", [resigned(&good, &bytes[..63])]),
        row(
            "sig-flip",
            (0..64).flat_map(|at| [1, 128].map(|bit| flip(at, bit))),
        ),
        row("sig-padded", [format!("{good}="), format!("{good}==")]),
        row(
            "sig-std-b64",
            [
                format!("{message}.{standard}+"),
                format!("{message}./{}", &standard[1..]),
            ],
        ),
        row(
            "sig-nonzero-pad-bits",
            [format!("{message}.{}{next}", &text[..text.len() - 1])],
        ),
        row(
            "es-zero",
            [number(0, 0), number(0, 1), number(1, 0), number(1, 1)],
        ),
        row(
            "psychic-rsa",
            [vec![0; 256], one, below, modulus].map(|signature| resigned(&rs, signature)),
        ),
    ]
}

fn headers(forge: &Forge) -> Vec<Row> {
    let by_attacker = |header: &str| {
        compact(header, claims(json!({})), |message| {
            ec_sign(&forge.attacker, message)
        })
    };
    let own_key = ec_jwk(&forge.attacker, "es");
    let kid = |id, name: &str| {
        let header = json!({"alg": "ES256", "kid": name, "typ": "at+jwt"}).to_string();
        let hashed = json!({"alg": "HS256", "kid": name, "typ": "at+jwt"}).to_string();
        let with_nothing = compact(hashed, claims(json!({})), |message| hmac_sign(b"", message));
        row(
            id,
            [
                by_attacker(&header),
                with_nothing,
                forge.ours(&header, &claims(json!({}))),
            ],
        )
    };
    let more = |id, more: &str| row(id, [forge.ours(&header_with(more), &claims(json!({})))]);
    let both = |id, more: &str| {
        let header = header_with(more);
        row(
            id,
            [by_attacker(&header), forge.ours(&header, &claims(json!({})))],
        )
    };
    vec![
        both("jwk-embedded", &format!(r#""jwk":{own_key}"#)),
        both("jku", r#""jku":"https://attacker.example/keys""#),
        both("x5u", r#""x5u":"https://attacker.example/chain""#),
        both("x5c", r#""x5c":["MIIB"]"#),
        kid("kid-30", "../../../../dev/null"),
        kid("kid-31", "/dev/null"),
        kid("kid-32", ""),
        kid("kid-33", "' OR '1'='1"),
        kid("kid-34", "kid\u{0}"),
        kid("kid-35", &"a".repeat(2000)),
        kid("kid-36", "unknown-kid"),
        row(
            "kid-absent",
            [forge.ours(r#"{"alg":"ES256","typ":"at+jwt"}"#, &claims(json!({})))],
        ),
        more("crit-unknown", r#""crit":["x"],"x":1"#),
        more("b64-false", r#""b64":false"#),
        row(
            "dup-header",
            [
                forge.ours(
                    r#"{"alg":"none","alg":"ES256","kid":"es","typ":"at+jwt"}"#,
                    &claims(json!({})),
                ),
                forge.ours(
                    r#"{"alg":"ES256","alg":"none","kid":"es","typ":"at+jwt"}"#,
                    &claims(json!({})),
                ),
            ],
        ),
    ]
}

fn types(forge: &Forge) -> Vec<Row> {
    let typ = |typ: &str| {
        forge.ours(
            &format!(r#"{{"alg":"ES256","kid":"es"{typ}}}"#),
            &claims(json!({})),
        )
    };
    let others = [
        "",
        r#","typ":"JWT""#,
        r#","typ":"lease+jwt""#,
        r#","typ":"AT+JWT""#,
        r#","typ":7"#,
    ];
    vec![
        row(
            "typ-id-token",
            [forge.pooled(POOL_HEADER, json!({"token_use": "id"})), typ("")],
        ),
        row("typ-other", others.map(typ)),
        row(
            "token-use",
            [
                forge.pooled(POOL_HEADER, json!({"token_use": null})),
                forge.pooled(POOL_HEADER, json!({"token_use": "refresh"})),
                forge.pooled(r#"{"alg":"RS256","kid":"pool","typ":"id+jwt"}"#, json!({})),
                forge.pooled(POOL_HEADER, json!({"client_id": "other"})),
                forge.pooled(POOL_HEADER, json!({"client_id": null, "aud": CLIENT})),
            ],
        ),
        row(
            "sub-other-type",
            [forge.pooled(POOL_HEADER, json!({"sub": CLIENT}))],
        ),
    ]
}

fn forms(forge: &Forge) -> Vec<Row> {
    let good = forge.with(json!({}));
    let (message, signature) = parts(&good);
    let (header, payload) = message.split_once('.').unwrap();
    let flattened = json!({"protected": header, "payload": payload, "signature": signature});
    let general = json!({"payload": payload, "signatures": [{"protected": header, "signature": signature}]});
    let raw = |header: &[u8]| compact(header, claims(json!({})), |message| ec_sign(&forge.es, message));
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    vec![
        row(
            "cty-nested",
            [
                forge.ours(&header_with(r#""cty":"JWT""#), &good),
                format!("{header}..{payload}.{signature}.{signature}"),
            ],
        ),
        row("json-serial", [flattened.to_string(), general.to_string()]),
        row(
            "zip-def",
            [
                forge.ours(&header_with(r#""zip":"DEF""#), &claims(json!({}))),
                forge.ours(r#"{"alg":"dir","enc":"A256GCM","zip":"DEF","kid":"es"}"#, "x"),
            ],
        ),
        row(
            "utf16",
            [
                raw(&utf16),
                raw(&[b"\xef\xbb\xbf", HEADER.as_bytes()].concat()),
                raw(b"{\"alg\":\"ES256\",\"kid\":\"e\xc1\xb3\",\"typ\":\"at+jwt\"}"),
            ],
        ),
        row(
            "huge",
            [8, 64, 1024].map(|kib| forge.with(json!({"x": "x".repeat(kib * 1024)}))),
        ),
        row("deep-json", [forge.ours(HEADER, &deep)]),
        row(
            "spaces",
            [
                format!(" {good}"),
                format!("{good} "),
                format!("{good}\n"),
                good.replace('.', ". "),
            ],
        ),
    ]
}

fn times(forge: &Forge) -> Vec<Row> {
    let exp = |text: &str| {
        let claims = claims(json!({"exp": "EXP"})).replace("\"EXP\"", text);
        forge.ours(HEADER, &claims)
    };
    vec![
        row(
            "exp-past",
            [
                forge.with(json!({"exp": NOW - 61})),
                forge.with(json!({"exp": NOW - 60})),
            ],
        ),
        row("exp-missing", [forge.with(json!({"exp": null}))]),
        row("exp-string", [exp("\"9999999999\"")]),
        row(
            "exp-float-nan",
            ["1e400", "-1", "null", "[1]", "true", "NaN", "1790003600.5"].map(exp),
        ),
        row("exp-far", [forge.with(json!({"exp": NOW + 24 * 3600 + 1}))]),
        row("nbf-future", [forge.with(json!({"nbf": NOW + 300}))]),
        row(
            "nbf-string",
            [
                forge.with(json!({"nbf": "x"})),
                forge.with(json!({"nbf": NOW.to_string()})),
            ],
        ),
        row(
            "iat-future",
            [forge.with(json!({"iat": NOW + 3600, "exp": NOW + 7200}))],
        ),
        row("iat-missing", [forge.with(json!({"iat": null}))]),
    ]
}

fn parties(forge: &Forge) -> Vec<Row> {
    let change = |change: Value| forge.with(change);
    let twice = claims(json!({})).replacen('{', &format!("{{\"sub\":\"{PERSON}\","), 1);
    let by_pool = compact(RS_HEADER, claims(json!({})), |message| {
        rsa_sign(&forge.pool, &aws_lc_rs::signature::RSA_PKCS1_SHA256, message)
    });
    let slash = format!("{OURS}/");
    vec![
        row("aud-missing", [change(json!({"aud": null}))]),
        row(
            "aud-other",
            [
                change(json!({"aud": "other"})),
                change(json!({"aud": ["other"]})),
                change(json!({"aud": 7})),
            ],
        ),
        // Decided: a token for us and somebody else is refused, since they could use it against us.
        row(
            "aud-array-mixed",
            [
                change(json!({"aud": ["api", "other"]})),
                change(json!({"aud": ["api", "api"]})),
            ],
        ),
        row("iss-missing", [change(json!({"iss": null}))]),
        row(
            "iss-other",
            [
                slash.as_str(),
                "http://issuer.example",
                "https://other.example",
                "",
            ]
            .map(|name| change(json!({"iss": name}))),
        ),
        row(
            "iss-key-mismatch",
            [
                by_pool,
                forge.pooled(r#"{"alg":"RS256","kid":"rs"}"#, json!({})),
                change(json!({"iss": POOL})),
            ],
        ),
        row("sub-missing", [change(json!({"sub": null}))]),
        row(
            "sub-form",
            ["", "somebody", "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV"].map(|sub| change(json!({"sub": sub}))),
        ),
        row(
            "tenant-claim-edit",
            [compact(HEADER, claims(json!({"scope": "fleet"})), |message| {
                ec_sign(&forge.attacker, message)
            })],
        ),
        row("dup-claim", [forge.ours(HEADER, &twice)]),
        row(
            "alg-key-rollover",
            [compact(
                r#"{"alg":"ES256","kid":"es-retired","typ":"at+jwt"}"#,
                claims(json!({})),
                |message| ec_sign(&forge.es, message),
            )],
        ),
    ]
}

pub fn all(forge: &Forge) -> Vec<Row> {
    let kinds = [algorithms, signatures, headers, types, forms, times, parties];
    kinds.iter().flat_map(|rows| rows(forge)).collect()
}

#[test]
fn no_attack_is_accepted() {
    let forge = Forge::new();
    let rows = all(&forge);
    let tokens = rows
        .iter()
        .flat_map(|(id, tokens)| tokens.iter().map(move |token| (id, token)));
    let accepted: Vec<_> = tokens
        .clone()
        .filter(|(_, token)| forge.verify(token).is_some())
        .map(|(id, _)| id)
        .collect();
    println!("S3 attacks: {} tried, {} failed", tokens.count(), accepted.len());
    assert!(accepted.is_empty(), "{accepted:?}");
}

#[test]
fn key_sets_with_faults_are_not_loaded() {
    let forge = Forge::new();
    let load = |keys: &[Value]| KeySet::from_jwks(&json!({ "keys": keys }).to_string());
    assert!(
        load(&[ec_jwk(&forge.es, "a"), rsa_jwk(&forge.rsa, "a")]).is_err(),
        "kid-dup-jwks"
    );
    let mut encrypting = ec_jwk(&forge.es, "a");
    encrypting["use"] = json!("enc");
    assert!(load(&[encrypting]).is_err(), "jwk-use-enc");
    let mut weak = rsa_jwk(&forge.rsa, "a");
    weak["n"] = json!(b64([0xff; 128]));
    assert!(load(&[weak]).is_err(), "jwk-weak-rsa");
}

#[test]
fn a_token_of_a_mebibyte_is_refused_at_once() {
    let forge = Forge::new();
    let token = "x".repeat(1024 * 1024);
    let start = std::time::Instant::now();
    assert!(forge.verifier.verify(&token, Timestamp::from_millis(0)).is_err());
    assert!(start.elapsed() < std::time::Duration::from_millis(5));
}

#[test]
fn every_row_of_the_attack_list_is_tried() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("SWEEPLINE_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let path = data.join("security/jwt_payloads/attacks.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: there is no {}", path.display());
        return;
    };
    let list: Value = serde_json::from_str(&text).unwrap();
    let listed: BTreeSet<&str> = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    let forge = Forge::new();
    let mut tried: BTreeSet<&str> = all(&forge).iter().map(|(id, _)| *id).collect();
    tried.extend(AT_THE_API);
    tried.extend(["kid-dup-jwks", "jwk-use-enc", "jwk-weak-rsa"]);
    let missing: Vec<_> = listed.difference(&tried).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
