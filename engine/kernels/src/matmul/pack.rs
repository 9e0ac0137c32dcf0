//! Copying blocks of the factors into the order in which the tile kernel reads them.

use super::View;

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
            // `WIDE` rows are read along, side by side.
            let rows: [&[f32]; WIDE] = std::array::from_fn(|r| &from.data[start + r * from.row..][..columns]);
            for (p, to) in to.iter_mut().enumerate() {
                for (to, row) in to.iter_mut().zip(&rows) {
                    *to = row[p];
                }
            }
        } else {
            for (p, to) in to.iter_mut().enumerate() {
                *to = std::array::from_fn(|r| from.data[start + r * from.row + p * from.column]);
            }
        }
    }
}
