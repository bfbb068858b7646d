//! Portable grey maps (Netpbm PGM, plain `P2` and raw `P5`).

use crate::grid::{Grid, GridError};
use crate::tile::CellIndex;

/// Why bytes are not a PGM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PgmError {
    /// The first two bytes are neither `P2` nor `P5`.
    #[error("the picture starts with neither P2 nor P5")]
    Magic,
    /// A number of the header or of a plain picture is missing, no number or out of range.
    #[error("{field} is missing or no number up to {max}")]
    Number {
        /// What the number says.
        field: &'static str,
        /// The largest value allowed.
        max: u32,
    },
    /// The pixels end early or are followed by others.
    #[error("the picture has {found} bytes of pixels instead of {expected}")]
    PixelCount {
        /// Bytes there are.
        found: usize,
        /// Bytes that the size asks for.
        expected: usize,
    },
    /// The picture is too large.
    #[error("the picture has no size that fits a map")]
    Size(#[from] GridError),
}

const MAX_SIDE: u32 = 65_535;

/// Reads a PGM as values scaled to 0–255; rows count from the bottom of the picture up, the lower left pixel is (0, 0).
///
/// # Errors
/// [`PgmError`] if the header is wrong, the picture too large, or the pixels too few or too many.
pub fn read(bytes: &[u8]) -> Result<Grid<u8>, PgmError> {
    let (magic, body) = bytes.split_first_chunk::<2>().ok_or(PgmError::Magic)?;
    let mut body = body;
    let is_raw = match magic {
        b"P2" => false,
        b"P5" => true,
        _ => return Err(PgmError::Magic),
    };
    let width = number(&mut body, "width", MAX_SIDE)? as usize;
    let height = number(&mut body, "height", MAX_SIDE)? as usize;
    let max = number(&mut body, "the largest value", 255)?.max(1);
    // The size is checked before anything is read into it.
    let blank = Grid::filled(CellIndex::new(0, 0), width, height, ())?;
    let values = if is_raw {
        raw_values(body, width * height)?
    } else {
        plain_values(body, width * height, max)?
    };
    let scaled: Vec<u8> = values
        .iter()
        .map(|value| (u32::from(*value).min(max) * 255 / max) as u8)
        .collect();
    let rows = scaled.chunks_exact(width.max(1)).rev();
    Ok(Grid::from_cells(
        blank.origin(),
        width,
        height,
        rows.flatten().copied().collect(),
    )?)
}

/// Writes a raw PGM, the highest row first.
pub fn write(picture: &Grid<u8>) -> Vec<u8> {
    let mut bytes = format!("P5\n{} {}\n255\n", picture.width(), picture.height()).into_bytes();
    picture.rows().rev().for_each(|row| bytes.extend(row));
    bytes
}

fn raw_values(body: &[u8], expected: usize) -> Result<Vec<u8>, PgmError> {
    // Exactly one white-space byte ends the header.
    let pixels = body.get(1..).unwrap_or_default();
    if pixels.len() != expected {
        return Err(PgmError::PixelCount {
            found: pixels.len(),
            expected,
        });
    }
    Ok(pixels.to_vec())
}

fn plain_values(mut body: &[u8], expected: usize, max: u32) -> Result<Vec<u8>, PgmError> {
    (0..expected)
        .map(|_| number(&mut body, "a pixel", max).map(|value| value as u8))
        .collect()
}

/// Takes the next number off `body`, skipping white space and comments before it.
fn number(body: &mut &[u8], field: &'static str, max: u32) -> Result<u32, PgmError> {
    skip_blanks(body);
    let digits = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = body.split_at_checked(digits).unwrap_or((body, &[]));
    *body = rest;
    let value = std::str::from_utf8(number)
        .ok()
        .and_then(|digits| digits.parse().ok());
    value
        .filter(|value| *value <= max)
        .ok_or(PgmError::Number { field, max })
}

fn skip_blanks(body: &mut &[u8]) {
    loop {
        *body = body.trim_ascii_start();
        if body.first() != Some(&b'#') {
            return;
        }
        let comment = body.iter().take_while(|byte| **byte != b'\n').count();
        *body = body.get(comment..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_and_raw_pictures_are_read_bottom_row_first() {
        let plain = read(b"P2 # a comment\n2 2\n# another\n4\n0 1 2 4").unwrap();
        assert_eq!(plain.cells(), [127, 255, 0, 63]);
        let raw = read(b"P5\n2 2\n255\n\x00\x01\x02\x04").unwrap();
        assert_eq!(raw.cells(), [2, 4, 0, 1]);
    }

    #[test]
    fn wrong_sizes_are_refused_by_name() {
        assert_eq!(read(b"P6 1 1 255 ..."), Err(PgmError::Magic));
        assert_eq!(
            read(b"P5 x 1 255 ."),
            Err(PgmError::Number {
                field: "width",
                max: MAX_SIDE
            })
        );
        assert_eq!(
            read(b"P5 2 1 255\n."),
            Err(PgmError::PixelCount {
                found: 1,
                expected: 2
            })
        );
        assert!(matches!(read(b"P5 65535 65535 255\n."), Err(PgmError::Size(_))));
    }

    proptest! {
        #[test]
        fn every_picture_survives_its_encoding(
            width in 1usize..20, height in 1usize..20, cells in proptest::collection::vec(any::<u8>(), 400),
        ) {
            let cells = cells[..width * height].to_vec();
            let picture = Grid::from_cells(CellIndex::new(0, 0), width, height, cells).unwrap();
            prop_assert_eq!(read(&write(&picture)).unwrap(), picture);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = read(&bytes);
            let _ = read(&[b"P2 3 3 9 ", bytes.as_slice()].concat());
        }
    }
}
