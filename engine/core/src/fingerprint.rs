//! A short name for a text or a run: what agrees in every bit has the same one.

use std::fmt;

/// A running checksum (CRC-32, as in zip files), written as eight hexadecimal digits.
///
/// ```
/// use engine_core::fingerprint::Fingerprint;
/// let a: Fingerprint = [4.25, 3.5].into_iter().collect();
/// let b: Fingerprint = [4.25, 3.500_000_2].into_iter().collect();
/// assert_ne!(a, b, "the last bit counts");
/// assert_eq!(a.to_string(), "dc133ba2");
/// assert_eq!(Fingerprint::of("123456789").value(), 0xcbf4_3926);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(u32);

impl Fingerprint {
    /// That of a whole text.
    pub fn of(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// That of a whole file.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut all = Self::default();
        all.add_bytes(bytes);
        all
    }

    /// Takes in the loss of one more step.
    pub fn add(&mut self, loss: f32) {
        self.add_bytes(&loss.to_le_bytes());
    }

    /// Takes in whatever comes next.
    fn add_bytes(&mut self, bytes: &[u8]) {
        self.0 = !bytes.iter().fold(!self.0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| (c >> 1) ^ (0xedb8_8320 & (c & 1).wrapping_neg()))
        });
    }

    /// As files keep it.
    pub fn value(self) -> u32 {
        self.0
    }
}

impl FromIterator<f32> for Fingerprint {
    fn from_iter<I: IntoIterator<Item = f32>>(losses: I) -> Self {
        let mut all = Self::default();
        losses.into_iter().for_each(|loss| all.add(loss));
        all
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}
