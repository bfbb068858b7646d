//! Raw deflate with a hard bound on what comes out.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Why compressed bytes were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// The bytes are no deflate stream.
    #[error("not a deflate stream")]
    Corrupt,
    /// The stream ends before its last block does.
    #[error("the deflate stream is cut short")]
    Truncated,
    /// The stream is followed by other bytes.
    #[error("{0} bytes follow the deflate stream")]
    TrailingBytes(usize),
    /// More would come out than allowed.
    #[error("the content is larger than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
}

/// Compresses `plain` as raw deflate; the same input always gives the same bytes.
pub fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut packer = Compress::new(Compression::best(), false);
    // Stored blocks cost five bytes for each 64 KB, so this holds any output and one call is enough.
    let mut packed = Vec::with_capacity(plain.len() + plain.len() / 1024 + 64);
    let done = packer.compress_vec(plain, &mut packed, FlushCompress::Finish);
    debug_assert!(matches!(done, Ok(Status::StreamEnd)));
    packed.shrink_to_fit();
    packed
}

/// Expands one raw deflate stream that fills `packed` exactly, into at most `limit` bytes.
///
/// # Errors
/// [`InflateError`] if the bytes are not such a stream, or more would come out.
pub fn inflate(packed: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
    let mut unpacker = Decompress::new(false);
    let mut plain = Vec::new();
    let mut status = Status::Ok;
    let mut goes_on = true;
    // One byte more than allowed tells a full buffer from one that would overflow.
    while goes_on && plain.len() <= limit {
        if plain.len() == plain.capacity() {
            let more = (4 * packed.len()).max(plain.len()).max(512);
            plain.reserve_exact(more.min(limit + 1 - plain.len()));
        }
        let before = (consumed(&unpacker), plain.len());
        let rest = packed.get(consumed(&unpacker)..).unwrap_or_default();
        status = unpacker
            .decompress_vec(rest, &mut plain, FlushDecompress::None)
            .map_err(|_| InflateError::Corrupt)?;
        // What comes out may lag behind what went in, without filling the buffer.
        goes_on = status != Status::StreamEnd && before != (consumed(&unpacker), plain.len());
    }
    if plain.len() > limit {
        return Err(InflateError::TooLarge { limit });
    }
    if status != Status::StreamEnd {
        return Err(InflateError::Truncated);
    }
    match packed.len().saturating_sub(consumed(&unpacker)) {
        0 => Ok(plain),
        rest => Err(InflateError::TrailingBytes(rest)),
    }
}

fn consumed(unpacker: &Decompress) -> usize {
    usize::try_from(unpacker.total_in()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bomb_is_refused_without_being_expanded() {
        let bomb = deflate(&vec![0; 50_000_000]);
        assert_eq!(inflate(&bomb, 4096), Err(InflateError::TooLarge { limit: 4096 }));
    }

    #[test]
    fn what_expands_hundredfold_comes_out() {
        for length in [300, 8_192, 100_000] {
            let plain = b"[40,-7],".repeat(length);
            assert_eq!(inflate(&deflate(&plain), 4 * 1024 * 1024), Ok(plain));
        }
    }

    #[test]
    fn cut_and_padded_streams_are_refused() {
        let mut packed = deflate(b"some content, some content");
        assert_eq!(
            inflate(&packed[..packed.len() - 1], 100),
            Err(InflateError::Truncated)
        );
        packed.extend([1, 2]);
        assert_eq!(inflate(&packed, 100), Err(InflateError::TrailingBytes(2)));
    }

    proptest! {
        #[test]
        fn what_went_in_comes_out(plain in proptest::collection::vec(any::<u8>(), 0..5000)) {
            prop_assert_eq!(inflate(&deflate(&plain), plain.len()).unwrap(), plain);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let _ = inflate(&bytes, 4096);
        }
    }
}
