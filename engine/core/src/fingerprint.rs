//! A short name for a run: two runs whose losses agree in every bit have the same one.

use std::fmt;

/// A hash of all losses so far (FNV-1a, Fowler, Noll and Vo), written as eight hexadecimal digits.
///
/// ```
/// use engine_core::fingerprint::Fingerprint;
/// let a: Fingerprint = [4.25, 3.5].into_iter().collect();
/// let b: Fingerprint = [4.25, 3.500_000_2].into_iter().collect();
/// assert_ne!(a, b, "the last bit counts");
/// assert_eq!(a.to_string().len(), 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(u32);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0x811c_9dc5)
    }
}

impl Fingerprint {
    /// Takes in the loss of one more step.
    pub fn add(&mut self, loss: f32) {
        for byte in loss.to_le_bytes() {
            self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
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
