//! The definition, in double precision.

/// See [`super::forward`].
pub fn forward(x: &[f32], gain: &[f32], eps: f32) -> Vec<f64> {
    let norm = |row: &[f32]| {
        let mean: f64 = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / row.len() as f64;
        let scale = 1.0 / (mean + f64::from(eps)).sqrt();
        row.iter().zip(gain).map(|(x, gain)| f64::from(*x) * scale * f64::from(*gain)).collect::<Vec<_>>()
    };
    x.chunks(gain.len()).flat_map(norm).collect()
}
