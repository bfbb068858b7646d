//! Wrong bytes of a binary form, made from right ones.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

/// What a bomb becomes, bytes: what 48 KiB of deflate can become.
const BOMB: usize = 48 * 1024 * 1024;

/// The payloads of a class of [`Classes::binary`](crate::Classes::binary), made from one that is right.
///
/// `compressed` puts something else in the place of what is compressed in it.
pub fn binary(class: &str, good: &[u8], compressed: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    match class {
        "zstd/gzip bomb (1 KB -> 1 GB)" => bombs()
            .iter()
            .flat_map(|bomb| [compressed(bomb), bomb.clone()])
            .collect(),
        "truncated frame at every byte" => (0..good.len()).map(|end| good[..end].to_vec()).collect(),
        "window size 2 GB" => {
            let frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0x01, 0x00, 0x00];
            vec![compressed(&frame), frame.to_vec()]
        }
        "checksum wrong" => (0..good.len()).map(|at| with(good, at, &[!good[at]])).collect(),
        "RLE run length past end" => (1..good.len())
            .map(|at| with(good, at - 1, &[0xFF, 0xFF]))
            .collect(),
        "version byte unknown" => [0, 2, 0x7F, 0xFF].map(|version| with(good, 0, &[version])).into(),
        "concatenated frames" => vec![
            [good, good].concat(),
            [good, good, good].concat(),
            [good, &[0]].concat(),
        ],
        "base64 with spaces / bad padding" => {
            let text = STANDARD.encode(good);
            let spaced = text.replace('A', " A");
            [
                text.clone(),
                spaced,
                format!("{text}="),
                URL_SAFE_NO_PAD.encode(good),
            ]
            .map(String::into_bytes)
            .into()
        }
        other => panic!("{other}: nobody has said what this class of bytes is"),
    }
}

/// Texts that are no base64 for `good`.
pub fn not_base64(good: &[u8]) -> Vec<String> {
    let text = STANDARD.encode(good);
    let unpadded = text.trim_end_matches('=').to_owned();
    vec![
        text.replacen(|_: char| true, " ", 1),
        format!("{text}="),
        format!("{unpadded}==="),
        format!("{text}\n"),
        "%".into(),
        "A".into(),
    ]
}

fn with(good: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut spoilt = good.to_vec();
    for (slot, byte) in spoilt.iter_mut().skip(at).zip(bytes) {
        *slot = *byte;
    }
    spoilt
}

/// Zeros without end, nearly: raw deflate, zlib, gzip.
fn bombs() -> [Vec<u8>; 3] {
    let zeros = vec![0; BOMB];
    let mut raw = DeflateEncoder::new(Vec::new(), Compression::best());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    raw.write_all(&zeros).unwrap();
    zlib.write_all(&zeros).unwrap();
    gzip.write_all(&zeros).unwrap();
    [
        raw.finish().unwrap(),
        zlib.finish().unwrap(),
        gzip.finish().unwrap(),
    ]
}
