//! The feed-forward layer of a transformer block, for one token (Vaswani et al. 2017, section 3.3; GELU as in GPT-2).

use std::f64::consts::PI;

// ANCHOR: feed_forward
/// Widens a token's vector, bends every number, narrows it again.
///
/// `x: [d_model]`, `w1: [d_model, d_ff]`, `b1: [d_ff]`, `w2: [d_ff, d_model]`, `b2: [d_model]`.
///
/// ```
/// use engine_core::reference::feed_forward::feed_forward;
/// // One neuron that asks "is it large?": 0 for -10, and 10 passes.
/// let layer = |x| feed_forward(&[x], &[vec![1.0]], &[0.0], &[vec![1.0]], &[0.0]);
/// assert!(layer(-10.0)[0].abs() < 1e-9 && (layer(10.0)[0] - 10.0).abs() < 1e-9);
/// ```
pub fn feed_forward(x: &[f64], w1: &[Vec<f64>], b1: &[f64], w2: &[Vec<f64>], b2: &[f64]) -> Vec<f64> {
    let wide = affine(x, w1, b1);
    let bent: Vec<f64> = wide.iter().map(|&h| gelu(h)).collect();
    affine(&bent, w2, b2)
}

/// `x` times the matrix `w`, plus `b`.
fn affine(x: &[f64], w: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let column = |j: usize| -> f64 { x.iter().zip(w).map(|(x, row)| x * row[j]).sum() };
    b.iter().enumerate().map(|(j, bias)| column(j) + bias).collect()
}

/// Lets large numbers pass, holds negative ones back, and bends smoothly in between.
pub fn gelu(x: f64) -> f64 {
    let inner = (2.0 / PI).sqrt() * (x + 0.044715 * x * x * x);
    0.5 * x * (1.0 + libm::tanh(inner))
}
// ANCHOR_END: feed_forward

/// The slope of [`gelu`].
pub fn gelu_slope(x: f64) -> f64 {
    let scale = (2.0 / PI).sqrt();
    let tanh = libm::tanh(scale * (x + 0.044715 * x * x * x));
    0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh * tanh) * scale * (1.0 + 3.0 * 0.044715 * x * x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::layers;

    #[test]
    fn gpt_2s_form_stays_close_to_the_exact_one() {
        for step in -60..=60 {
            let x = f64::from(step) / 10.0;
            assert!((gelu(x) - layers::gelu(x)).abs() < 5e-4, "{x}");
            let slope = (gelu(x + 1e-6) - gelu(x - 1e-6)) / 2e-6;
            assert!((gelu_slope(x) - slope).abs() < 1e-8, "{x}");
        }
    }

    #[test]
    fn a_layer_by_hand() {
        let w1 = [vec![1.0, -1.0, 0.0], vec![0.0, 2.0, 1.0]];
        let w2 = [vec![1.0, 0.0], vec![0.0, 1.0], vec![2.0, -1.0]];
        let y = feed_forward(&[1.0, 0.5], &w1, &[0.0, 0.0, -0.5], &w2, &[0.1, 0.2]);
        // Wide: 1, 0, 0; only the first neuron fires.
        assert!((y[0] - (gelu(1.0) + 0.1)).abs() < 1e-12 && (y[1] - 0.2).abs() < 1e-12);
    }
}
