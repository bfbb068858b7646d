//! Reading binary payloads field by field.

use crate::{MAX_PAYLOAD_BYTES, VERSION, WireError};

/// The bytes that were not read yet.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// Behind the version byte of a payload, which must be [`VERSION`].
    pub(crate) fn of_payload(bytes: &'a [u8]) -> Result<Self, WireError> {
        if bytes.len() > MAX_PAYLOAD_BYTES {
            return Err(WireError::TooLarge { bytes: bytes.len() });
        }
        let mut reader = Self(bytes);
        let [version] = reader.take("v")?;
        if version != VERSION {
            let found = version.into();
            return Err(WireError::UnknownVersion { found });
        }
        Ok(reader)
    }

    /// The next bytes, of a field that an error names.
    pub(crate) fn take<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], WireError> {
        let (head, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(WireError::Truncated { field })?;
        self.0 = rest;
        Ok(*head)
    }
}
