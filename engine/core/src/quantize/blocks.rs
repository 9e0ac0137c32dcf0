//! Four bits a number with a table of sixteen levels, as QLoRA keeps what it does not train (Dettmers et al. 2023).
//!
//! Numbers that follow one another form a block with one scale, the number furthest from zero; each is kept as the level
//! nearest to it. The scales themselves can be kept in eight bits.

use super::{Calibration, Grid, Matrix, Quantized, Scheme, Share, Width, codes::pack, quantize};
use kernels::int8::naive::unpack;
use serde::{Deserialize, Serialize};

/// Numbers of one block, as in QLoRA.
pub const BLOCK: usize = 64;

/// Scales that share a scale of their own, as in QLoRA.
pub const SCALES: usize = 256;

/// Where the sixteen levels lie, between -1 and 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Levels {
    /// Where numbers of a bell curve are dense, the levels are too (NF4).
    #[default]
    Normal,
    /// Equally far apart: the fifteen whole numbers from -7 to 7, divided by 7.
    Even,
}

// ANCHOR: levels
/// The levels of NF4, which divide a bell curve into parts that are equally likely (Dettmers et al. 2023, appendix E).
const NORMAL: [f32; 16] = [
    -1.0,
    -0.696_192_8,
    -0.525_073_05,
    -0.394_917_5,
    -0.284_441_38,
    -0.184_773_43,
    -0.091_050_036,
    0.0,
    0.079_580_3,
    0.160_930_2,
    0.246_112_3,
    0.337_915_24,
    0.440_709_83,
    0.562_617,
    0.722_956_84,
    1.0,
];
// ANCHOR_END: levels

impl Levels {
    /// The sixteen levels, from the lowest up.
    pub fn table(self) -> [f32; 16] {
        match self {
            Self::Normal => NORMAL,
            // The sixteenth whole number, -8, is not used: the lowest level stands twice.
            Self::Even => std::array::from_fn(|at| (at as f32 - 8.0).max(-7.0) / 7.0),
        }
    }
}

/// Numbers in four bits each.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    levels: Levels,
    len: usize,
    /// The number of a level less 8, two to a byte.
    codes: Vec<u8>,
    scales: Scales,
}

/// One number a block.
#[derive(Debug, Clone, PartialEq)]
enum Scales {
    /// As they are.
    Plain(Vec<f32>),
    /// Their mean, and what each differs from it, in eight bits.
    Double { mean: f32, rest: Quantized },
}

impl Blocks {
    /// Keeps each number as the nearest level of its block; `double` keeps the scales in eight bits too.
    ///
    /// # Errors
    /// A sentence, if there is no number, or one is not finite.
    pub fn of(numbers: &[f32], levels: Levels, double: bool) -> Result<Self, String> {
        Matrix { columns: numbers.len(), data: numbers }.validate()?;
        let furthest = |block: &[f32]| block.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        let scales = Scales::of(numbers.chunks(BLOCK).map(furthest).collect(), double)?;
        // ANCHOR: encode
        let table = levels.table();
        let nearest = |x: f32, scale: f32| {
            let x = if scale > 0.0 { x / scale } else { 0.0 };
            let far = |at: &usize| (table[*at] - x).abs();
            let best = (0..16).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or_default();
            best as i8 - 8
        };
        // Rounded by the scale that is kept, not by the one that was found.
        let blocks = numbers.chunks(BLOCK).zip(scales.values());
        let codes: Vec<i8> = blocks.flat_map(|(block, scale)| block.iter().map(move |x| nearest(*x, scale))).collect();
        // ANCHOR_END: encode
        let pairs = codes.chunks(2).map(|pair| pack(pair[0], pair.get(1).copied().unwrap_or(0)));
        Ok(Self { levels, len: numbers.len(), codes: pairs.collect(), scales })
    }

    /// The numbers as they are kept.
    pub fn values(&self) -> Vec<f32> {
        let table = self.levels.table();
        let mut values = Vec::with_capacity(self.len + 1);
        for (bytes, scale) in self.codes.chunks(BLOCK / 2).zip(self.scales.values()) {
            let scaled = table.map(|level| level * scale);
            values.extend(bytes.iter().flat_map(|byte| unpack(*byte)).map(|code| scaled[(code + 8) as usize]));
        }
        values.truncate(self.len);
        values
    }

    /// Bytes that all of it takes.
    pub fn bytes(&self) -> usize {
        self.codes.len() + self.scales.bytes()
    }
}

impl Scales {
    fn of(scales: Vec<f32>, double: bool) -> Result<Self, String> {
        if !double {
            return Ok(Self::Plain(scales));
        }
        let mean = (scales.iter().map(|x| f64::from(*x)).sum::<f64>() / scales.len() as f64) as f32;
        let off: Vec<f32> = scales.iter().map(|x| x - mean).collect();
        let (share, calibration) = (Share::Group(SCALES), Calibration::AbsMax);
        let scheme = Scheme { width: Width::Int8, share, grid: Grid::Symmetric, calibration };
        Ok(Self::Double { mean, rest: quantize(Matrix { columns: off.len(), data: &off }, scheme)? })
    }

    fn values(&self) -> Vec<f32> {
        match self {
            Self::Plain(scales) => scales.clone(),
            // A block of nearly nothing must not turn its signs around.
            Self::Double { mean, rest } => rest.values().into_iter().map(|off| (mean + off).max(0.0)).collect(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Plain(scales) => size_of_val(scales.as_slice()),
            Self::Double { rest, .. } => size_of::<f32>() + rest.bytes().all(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};

    fn bell(count: usize) -> Vec<f32> {
        let mut rng = Rng::new(4, Stream::Init);
        (0..count).map(|_| 0.02 * rng.normal()).collect()
    }

    fn error(numbers: &[f32], levels: Levels, double: bool) -> f64 {
        let kept = Blocks::of(numbers, levels, double).unwrap().values();
        assert_eq!(kept.len(), numbers.len());
        let squares = |pairs: &mut dyn Iterator<Item = f32>| pairs.map(|x| f64::from(x).powi(2)).sum::<f64>();
        let off = squares(&mut numbers.iter().zip(&kept).map(|(a, b)| a - b));
        (off / squares(&mut numbers.iter().copied())).sqrt()
    }

    #[test]
    fn levels_rise_and_hold_zero_and_both_ends() {
        for levels in [Levels::Normal, Levels::Even] {
            let table = levels.table();
            assert!(table.is_sorted() && table[0] == -1.0 && table[15] == 1.0 && table.contains(&0.0));
            let kept = Blocks::of(&table, levels, false).unwrap();
            assert_eq!(kept.values(), table, "a level is kept as it is");
        }
    }

    #[test]
    fn normal_levels_lose_less_of_a_bell_curve_and_eight_bits_are_enough_for_scales() {
        let numbers = bell(64 * 1024);
        let [normal, even] = [Levels::Normal, Levels::Even].map(|levels| error(&numbers, levels, false));
        assert!(normal < 0.95 * even && normal > 0.05, "{normal}, {even}");
        let double = error(&numbers, Levels::Normal, true);
        assert!((double / normal - 1.0).abs() < 0.02, "{double}, {normal}");
    }

    #[test]
    fn bytes_are_those_of_the_paper() {
        let numbers = bell(64 * 1024);
        let bits = |double| 8.0 * Blocks::of(&numbers, Levels::Normal, double).unwrap().bytes() as f64 / 65_536.0;
        // 4 + 32/64, and 4 + 8/64 + 32/(64·256), to which the mean adds four bytes in all.
        assert_eq!(bits(false), 4.5);
        assert!((bits(true) - (4.0 + 0.125 + 32.0 / 16_384.0)).abs() < 1e-3, "{}", bits(true));
    }

    #[test]
    fn odd_lengths_and_blocks_of_zeros_come_back() {
        let mut numbers = bell(131);
        numbers[64..128].fill(0.0);
        for double in [false, true] {
            let kept = Blocks::of(&numbers, Levels::Normal, double).unwrap().values();
            assert!(kept.len() == 131 && kept[64..128].iter().all(|x| *x == 0.0));
        }
        assert!(Blocks::of(&[], Levels::Even, true).is_err() && Blocks::of(&[f32::NAN], Levels::Even, true).is_err());
    }
}
