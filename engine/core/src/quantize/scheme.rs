//! What can be chosen: how many bits, who shares a scale, where zero is, how far a scale reaches.

use serde::{Deserialize, Serialize};

/// Bits of one whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Width {
    /// A byte each.
    Int8,
    /// Two to a byte.
    Int4,
}

impl Width {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Int8, Self::Int4];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::Int4 => "int4",
        }
    }

    /// How many.
    pub fn bits(self) -> u32 {
        match self {
            Self::Int8 => 8,
            Self::Int4 => 4,
        }
    }

    /// The largest whole number: 127 or 7.
    pub fn most(self) -> i8 {
        (i8::MAX) >> (8 - self.bits())
    }

    /// Bytes of a row of `columns` of them; a row begins with a byte of its own.
    pub fn row_bytes(self, columns: usize) -> usize {
        match self {
            Self::Int8 => columns,
            Self::Int4 => columns.div_ceil(2),
        }
    }
}

/// Which numbers share a scale. The more do, the fewer bytes the scales take, and the more one large number costs the
/// others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Share {
    /// All of a matrix.
    Tensor,
    /// Those of a row.
    Row,
    /// So many side by side in a row, at least one; the last group of a row may be smaller.
    Group(usize),
}

impl Share {
    /// How many groups a matrix `[rows, columns]` has.
    pub fn groups(self, rows: usize, columns: usize) -> usize {
        match self {
            Self::Tensor => 1,
            Self::Row => rows,
            Self::Group(size) => rows * columns.div_ceil(size.max(1)),
        }
    }

    /// The group of a place, in rows of `columns`.
    pub fn group_of(self, row: usize, column: usize, columns: usize) -> usize {
        match self {
            Self::Tensor => 0,
            Self::Row => row,
            Self::Group(size) => row * columns.div_ceil(size.max(1)) + column / size.max(1),
        }
    }
}

/// Which whole number stands for zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grid {
    /// Zero does; the grid reaches equally far to both sides, and the lowest whole number, -128 or -8, is not used.
    Symmetric,
    /// Whichever lets the grid reach from the lowest number to the highest. Zero is still on the grid, so that nothing
    /// stays nothing.
    Affine,
}

impl Grid {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Symmetric, Self::Affine];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Symmetric => "symmetric",
            Self::Affine => "affine",
        }
    }
}

/// How far a grid reaches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Calibration {
    /// To the number furthest from zero: nothing is cut off.
    AbsMax,
    /// So far that this many of a hundred numbers lie within; those beyond become the outermost step.
    Percentile(f64),
}

/// How a matrix becomes whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scheme {
    /// Bits of one whole number.
    pub width: Width,
    /// Which numbers share a scale.
    pub share: Share,
    /// Where zero is.
    pub grid: Grid,
    /// How far a scale reaches.
    pub calibration: Calibration,
}

impl Scheme {
    /// Eight bits, a scale for each row.
    pub const INT8: Self =
        Self { width: Width::Int8, share: Share::Row, grid: Grid::Symmetric, calibration: Calibration::AbsMax };
    /// Four bits, a scale for 32 numbers each.
    pub const INT4: Self = Self { width: Width::Int4, share: Share::Group(32), ..Self::INT8 };
    /// For what flows through a model: `[tokens, d_model]`. Each token has a scale of its own, found while the model
    /// runs, because nobody knows beforehand how large its numbers will be (dynamic quantization).
    pub const ACTIVATIONS: Self = Self::INT8;

    /// Whether there is such a scheme.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.share == Share::Group(0) {
            return Err("A group has no number at all: choose groups of at least 1.".into());
        }
        match self.calibration {
            Calibration::Percentile(share) if !(share > 50.0 && share <= 100.0) => {
                Err(format!("A scale cannot reach to the {share}th percentile: choose more than 50, and at most 100."))
            }
            _ => Ok(()),
        }
    }

    /// What a matrix `[rows, columns]` will take.
    pub fn bytes(&self, rows: usize, columns: usize) -> Bytes {
        let groups = self.share.groups(rows, columns);
        Bytes {
            codes: rows * self.width.row_bytes(columns),
            scales: groups * size_of::<f32>(),
            zeros: if self.grid == Grid::Affine { groups } else { 0 },
        }
    }

    /// What a model takes whose matrices are `[rows, columns]` each, with `kept` numbers left as float32: biases and
    /// norms are few, and worth their bytes.
    pub fn model_bytes(&self, matrices: &[[usize; 2]], kept: usize) -> ModelBytes {
        let quantized = matrices.iter().map(|[rows, columns]| self.bytes(*rows, *columns));
        let numbers: usize = matrices.iter().map(|[rows, columns]| rows * columns).sum();
        ModelBytes {
            quantized: quantized.fold(Bytes::default(), Bytes::and),
            kept: kept * size_of::<f32>(),
            before: (numbers + kept) * size_of::<f32>(),
        }
    }
}

/// What quantized numbers take in memory, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes {
    /// The whole numbers.
    pub codes: usize,
    /// The scales, four bytes each.
    pub scales: usize,
    /// The whole numbers that stand for zero, one byte each.
    pub zeros: usize,
}

impl Bytes {
    /// All together.
    pub fn all(self) -> usize {
        self.codes + self.scales + self.zeros
    }

    /// What these and others take.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { codes: self.codes + other.codes, scales: self.scales + other.scales, zeros: self.zeros + other.zeros }
    }
}

/// What a model takes in memory, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelBytes {
    /// Its quantized matrices.
    pub quantized: Bytes,
    /// What stayed float32.
    pub kept: usize,
    /// All of it as float32.
    pub before: usize,
}

impl ModelBytes {
    /// What it takes now.
    pub fn after(&self) -> usize {
        self.quantized.all() + self.kept
    }

    /// How many times smaller it became.
    pub fn ratio(&self) -> f64 {
        self.before as f64 / self.after() as f64
    }
}
