//! Copying blocks of the factors into the order in which the tile kernel reads them.

use super::View;
use crate::lanes::F32x4;

/// Copies `rows × columns` of `from`, beginning at `(i0, p0)`, in strips of `WIDE` rows: each strip
/// column by column, filled up with zeros. `[ceil(rows / WIDE)][columns][WIDE]`.
pub(super) fn strips<const WIDE: usize>(from: View, [i0, p0]: [usize; 2], [rows, columns]: [usize; 2], to: &mut [f32]) {
    for (strip, to) in to.chunks_exact_mut(columns * WIDE).take(rows.div_ceil(WIDE)).enumerate() {
        let first = strip * WIDE;
        let here = WIDE.min(rows - first);
        let start = (i0 + first) * from.row + p0 * from.column;
        let (to, _) = to.as_chunks_mut::<WIDE>();
        if here < WIDE {
            for (p, to) in to.iter_mut().enumerate() {
                *to =
                    std::array::from_fn(
                        |r| {
                            if r < here { from.data[start + r * from.row + p * from.column] } else { 0.0 }
                        },
                    );
            }
        } else if from.row == 1 {
            // The strip's numbers lie side by side already.
            for (p, to) in to.iter_mut().enumerate() {
                let at = start + p * from.column;
                to.copy_from_slice(&from.data[at..at + WIDE]);
            }
        } else if from.column == 1 {
            let rows: [&[f32]; WIDE] = std::array::from_fn(|r| &from.data[start + r * from.row..][..columns]);
            turn(&rows, to);
        } else {
            for (p, to) in to.iter_mut().enumerate() {
                *to = std::array::from_fn(|r| from.data[start + r * from.row + p * from.column]);
            }
        }
    }
}

/// Writes `WIDE` rows as columns: four by four, by shuffling registers, and the rest one by one.
#[inline]
fn turn<const WIDE: usize>(rows: &[&[f32]; WIDE], to: &mut [[f32; WIDE]]) {
    let (blocks, rest) = to.as_chunks_mut::<4>();
    let done = blocks.len() * 4;
    for (quarter, rows) in rows.as_chunks::<4>().0.iter().enumerate() {
        let rows: [&[[f32; 4]]; 4] = rows.map(|row| row.as_chunks::<4>().0);
        for (b, block) in blocks.iter_mut().enumerate() {
            let columns = F32x4::transpose(rows.map(|row| F32x4::load(&row[b])));
            for (to, column) in block.iter_mut().zip(columns) {
                column.store(&mut to.as_chunks_mut::<4>().0[quarter]);
            }
        }
    }
    for (p, to) in rest.iter_mut().enumerate() {
        for (to, row) in to.iter_mut().zip(rows) {
            *to = row[done + p];
        }
    }
}
