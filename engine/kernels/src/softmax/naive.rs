//! The definition, in double precision.

/// See [`super::softmax`].
pub fn softmax(row: &mut [f32], scale: f32) -> f32 {
    let scaled: Vec<f64> = row.iter().map(|&x| f64::from(x) * f64::from(scale)).collect();
    let largest = scaled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scaled.iter().map(|x| (x - largest).exp()).sum();
    for (to, x) in row.iter_mut().zip(&scaled) {
        *to = ((x - largest).exp() / sum) as f32;
    }
    (largest + sum.ln()) as f32
}
