//! An embedding layer: the look-up, its way back, and the same table as the output layer.

// ANCHOR: embedding
/// A row of the table for each token. `table` is `[vocabulary, d_model]`; the result `[tokens, d_model]`.
pub fn embed(table: &[Vec<f64>], tokens: &[usize]) -> Vec<Vec<f64>> {
    tokens.iter().map(|token| table[*token].clone()).collect()
}

/// The gradient of the table, from that of what was looked up: each token's goes to its own row.
///
/// ```
/// use engine_core::reference::lessons::embedding::embed_backward;
/// let rows = embed_backward(3, &[2, 0, 2], &[vec![1.0], vec![2.0], vec![4.0]]);
/// assert_eq!(rows, [[2.0], [0.0], [5.0]]); // token 2 stood there twice, token 1 never
/// ```
pub fn embed_backward(vocabulary: usize, tokens: &[usize], d_rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let d_model = d_rows.first().map_or(0, Vec::len);
    let mut d_table = vec![vec![0.0; d_model]; vocabulary];
    for (token, d_row) in tokens.iter().zip(d_rows) {
        for (sum, d) in d_table[*token].iter_mut().zip(d_row) {
            *sum += d;
        }
    }
    d_table
}

/// A score for each token of the vocabulary: the finished vector compared with every row of the same table.
pub fn tied_logits(table: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    table.iter().map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
}
// ANCHOR_END: embedding

#[cfg(test)]
mod tests {
    use super::*;

    /// Looking up is multiplying with a one-hot vector, forwards and backwards.
    #[test]
    fn a_look_up_is_a_product_with_one_hot_vectors() {
        let table: Vec<Vec<f64>> = (0..7).map(|i| (0..3).map(|j| f64::from(i * 3 + j) - 9.5).collect()).collect();
        let tokens = [6, 0, 3, 3, 6, 6];
        let one_hot = |token: usize| (0..7).map(move |at| f64::from(u8::from(at == token)));
        let product = |token: usize| -> Vec<f64> {
            (0..3).map(|j| one_hot(token).zip(&table).map(|(x, row)| x * row[j]).sum()).collect()
        };
        assert_eq!(embed(&table, &tokens), tokens.map(product));
        let d_rows: Vec<Vec<f64>> =
            (0..6).map(|i| (0..3).map(|j| f64::from(i) - 0.5 * f64::from(j)).collect()).collect();
        // The gradient of a matrix is (input)ᵀ · (gradient of the output).
        let transposed = |row: usize, j: usize| -> f64 {
            tokens.iter().zip(&d_rows).map(|(token, d)| f64::from(u8::from(*token == row)) * d[j]).sum()
        };
        let wanted: Vec<Vec<f64>> = (0..7).map(|row| (0..3).map(|j| transposed(row, j)).collect()).collect();
        assert_eq!(embed_backward(7, &tokens, &d_rows), wanted);
    }
}
