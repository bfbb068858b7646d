//! RFC 8725 and its revision, clause by clause: what each forbids, and the tokens that try it.

use crate::attacks::all;
use crate::forge::Forge;

/// A clause, what it asks for, and the attacks that would get through without it.
type Clause = (&'static str, &'static str, &'static [&'static str]);

const CLAUSES: [Clause; 12] = [
    (
        "3.1",
        "one algorithm for each key, whatever the header says",
        &[
            "alg-missing",
            "alg-number",
            "alg-array",
            "rs-to-ps",
            "rs-to-rs384",
            "es-to-rs",
        ],
    ),
    (
        "3.2",
        "no token without a signature, however none is spelt",
        &[
            "alg-none-0",
            "alg-None-1",
            "alg-NONE-2",
            "alg-nOnE-3",
            "alg-noNE-4",
            "alg-none-5",
            "alg-empty-7",
        ],
    ),
    (
        "3.3",
        "the whole token or nothing of it",
        &["sig-empty", "sig-trunc", "sig-flip", "psychic-rsa", "cty-nested"],
    ),
    ("3.4", "numbers of a signature are looked at", &["es-zero"]),
    (
        "3.5",
        "no public key is taken for a shared secret",
        &["rs-to-hs-pem", "rs-to-hs-der", "rs-to-hs-jwk"],
    ),
    ("3.6", "nothing is unpacked", &["zip-def"]),
    ("3.7", "text is UTF-8", &["utf16"]),
    (
        "3.8",
        "the issuer owns the key, and the subject is one of theirs",
        &[
            "iss-missing",
            "iss-other",
            "iss-key-mismatch",
            "sub-missing",
            "exp-missing",
        ],
    ),
    (
        "3.9",
        "the audience is this API and no other",
        &["aud-missing", "aud-other", "aud-array-mixed"],
    ),
    (
        "3.10",
        "nothing in a header is trusted, fetched or looked up as it stands",
        &[
            "jwk-embedded",
            "jku",
            "x5u",
            "x5c",
            "kid-30",
            "kid-31",
            "kid-absent",
        ],
    ),
    ("3.11", "the type is said", &["typ-id-token", "typ-other"]),
    (
        "3.12",
        "one kind of token is not another",
        &["typ-id-token", "sub-other-type", "token-use"],
    ),
];

#[test]
fn every_clause_of_rfc_8725_is_held() {
    let forge = Forge::new();
    let attacks = all(&forge);
    let (mut tried, mut failed) = (0, Vec::new());
    for (clause, words, names) in CLAUSES {
        for name in names {
            let (_, tokens) = attacks.iter().find(|(id, _)| id == name).unwrap();
            tried += tokens.len();
            let accepted = tokens.iter().any(|token| forge.verify(token).is_some());
            failed.extend(accepted.then_some((clause, words, name)));
        }
    }
    println!("S3 clauses: {tried} tried, {} failed", failed.len());
    assert!(failed.is_empty(), "{failed:?}");
}
