//! What the header says of each tensor, and whether it can be true.

use super::{
    blocks::Kind,
    bytes::{Cursor, Stop},
};
use crate::clip::clip;
use std::collections::BTreeMap;

/// Names are never longer; ggml itself keeps 63 bytes.
const LONGEST_NAME: u64 = 256;
/// Sizes that a tensor may have.
const MOST_SIZES: u32 = 4;
/// Numbers that a tensor may hold.
const MOST_NUMBERS: u64 = 1 << 40;

/// One tensor of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// How its numbers are kept.
    pub kind: Kind,
    /// Sizes, outermost first. The file itself lists them the other way round.
    pub shape: Vec<u64>,
    /// Where its bytes begin, from the start of the file.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
}

impl Info {
    /// How many numbers it holds.
    pub fn numbers(&self) -> u64 {
        self.shape.iter().fold(1, |product: u64, size| product.saturating_mul(*size))
    }

    /// Reads one entry; its offset still counts from where the tensors begin.
    pub(super) fn read(cursor: &mut Cursor<'_>, number: u64) -> Result<(String, Self), Stop> {
        let at = cursor.at();
        let name = cursor.text(LONGEST_NAME, format_args!("the name of tensor {number}"))?;
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(Stop::Bad(format!(
                "The file is damaged: at byte {at}, the name of tensor {number} is empty or holds control characters. \
                 Fetch it anew."
            )));
        }
        let sizes = cursor.u32(format_args!("the number of sizes of tensor {name}"))?;
        if sizes == 0 || sizes > MOST_SIZES {
            return Err(Stop::Bad(format!(
                "The file is damaged: tensor {name} is said to have {sizes} sizes, and GGUF knows 1 to {MOST_SIZES}. \
                 Fetch it anew."
            )));
        }
        let mut shape = Vec::new();
        for _ in 0..sizes {
            shape.push(cursor.u64(format_args!("a size of tensor {name}"))?);
        }
        let row = shape.first().copied().unwrap_or(0);
        shape.reverse();
        let kind = cursor.u32(format_args!("the type of tensor {name}"))?;
        let kind = Kind::numbered(kind).map_err(|other| {
            format!(
                "Tensor {name} is kept as {other}, which cannot be read here. Choose a file with F32, F16, BF16, Q8_0, \
                 Q4_0 or Q4_1."
            )
        })?;
        let offset = cursor.u64(format_args!("the offset of tensor {name}"))?;
        let numbers = shape.iter().try_fold(1u64, |product, size| product.checked_mul(*size));
        let Some(numbers) = numbers.filter(|numbers| (1..=MOST_NUMBERS).contains(numbers)) else {
            return Err(Stop::Bad(format!(
                "The file is damaged: tensor {name} has the sizes {shape:?}, which make no number of numbers from 1 to \
                 {MOST_NUMBERS}. Fetch it anew."
            )));
        };
        let length = kind.bytes(row).and_then(|bytes| bytes.checked_mul(numbers.checked_div(row)?)).ok_or_else(|| {
            format!(
                "The file is damaged: the rows of tensor {name} have {row} numbers, and {} keeps them in blocks of {}. \
                 Fetch it anew.",
                kind.name(),
                kind.block().0
            )
        })?;
        Ok((name.to_owned(), Self { kind, shape, offset, length }))
    }
}

/// Puts every offset where it stands in the file, after all have been found to lie apart from each other.
pub fn place(tensors: &mut BTreeMap<String, Info>, start: u64, size: u64, alignment: u64) -> Result<(), String> {
    for (name, info) in tensors.iter_mut() {
        if info.offset.checked_rem(alignment) != Some(0) {
            return Err(format!(
                "The file is damaged: tensor {name} has the offset {}, which is no multiple of the file's alignment, \
                 {alignment}. Fetch it anew.",
                info.offset
            ));
        }
        let offset = start.checked_add(info.offset);
        let end = offset.and_then(|offset| offset.checked_add(info.length));
        let (Some(offset), Some(_)) = (offset, end.filter(|end| *end <= size)) else {
            return Err(format!(
                "The file is cut short or damaged: tensor {name} begins {} bytes after byte {start} and has {} bytes, \
                 but the file has only {size}. Fetch it anew.",
                info.offset, info.length
            ));
        };
        info.offset = offset;
    }
    let mut order: Vec<(&String, &Info)> = tensors.iter().collect();
    order.sort_by_key(|(_, info)| info.offset);
    for (first, second) in order.iter().zip(order.iter().skip(1)) {
        if first.1.offset.saturating_add(first.1.length) > second.1.offset {
            return Err(format!(
                "The file is damaged: the tensors {} and {} lie one over the other at byte {}. Fetch it anew.",
                clip(first.0),
                clip(second.0),
                second.1.offset
            ));
        }
    }
    Ok(())
}
