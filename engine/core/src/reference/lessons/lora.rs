//! LoRA by hand: one row of numbers through a frozen matrix and the two thin ones beside it.

// ANCHOR: lora
/// `x · W + scale · (x · Aᵀ) · Bᵀ`, one row of numbers.
///
/// # Shapes
/// - `x`: `[inputs]`
/// - `w`: `[inputs][outputs]`, frozen
/// - `a`: `[rank][inputs]`, `b`: `[outputs][rank]`, learned
pub fn with_adapter(x: &[f64], w: &[Vec<f64>], a: &[Vec<f64>], b: &[Vec<f64>], scale: f64) -> Vec<f64> {
    let thin: Vec<f64> = a.iter().map(|row| dot(row, x)).collect();
    let beside = b.iter().map(|row| scale * dot(row, &thin));
    beside.enumerate().map(|(j, beside)| frozen(x, w, j) + beside).collect()
}

/// `W + scale · (B · A)ᵀ`: the adapter added into the matrix, once and for all.
pub fn merged(w: &[Vec<f64>], a: &[Vec<f64>], b: &[Vec<f64>], scale: f64) -> Vec<Vec<f64>> {
    let mut merged = w.to_vec();
    for (i, row) in merged.iter_mut().enumerate() {
        for (j, weight) in row.iter_mut().enumerate() {
            let product: f64 = a.iter().zip(&b[j]).map(|(a, b)| a[i] * b).sum();
            *weight += scale * product;
        }
    }
    merged
}
// ANCHOR_END: lora

/// One output of the frozen matrix.
fn frozen(x: &[f64], w: &[Vec<f64>], output: usize) -> f64 {
    x.iter().zip(w).map(|(x, row)| x * row[output]).sum()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_it_gives_the_same() {
        let (w, x) = (vec![vec![1.0, 0.0, 2.0], vec![-1.0, 3.0, 0.5]], [2.0, 1.0]);
        let (a, b) = (vec![vec![1.0, -2.0]], vec![vec![0.5], vec![0.0], vec![4.0]]);
        let beside = with_adapter(&x, &w, &a, &b, 2.0);
        let none: Vec<Vec<f64>> = vec![vec![0.0; 2]];
        assert_eq!(beside, with_adapter(&x, &merged(&w, &a, &b, 2.0), &none, &b, 2.0));
        // Here A makes nothing of x: 2 · 1 - 1 · 2 = 0.
        assert_eq!(beside, [1.0, 3.0, 4.5]);
        let other = with_adapter(&[1.0, 1.0], &w, &a, &b, 2.0);
        assert_eq!(other, [0.0 - 1.0, 3.0, 2.5 - 8.0]);
    }
}
