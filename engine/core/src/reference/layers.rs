//! The other layers of a GPT block, for one token's vector.

/// Added to the variance so that a constant vector does not divide by zero; PyTorch's default.
pub const LAYER_NORM_EPS: f64 = 1e-5;

/// Shifts and scales `x: [d]` to mean 0 and variance 1, then by a learned gain and bias
/// (Ba et al. 2016).
///
/// ```
/// let y = engine_core::reference::layers::layer_norm(&[1.0, 3.0], &[1.0, 1.0], &[0.0, 0.0]);
/// assert!((y[0] + 1.0).abs() < 1e-4 && (y[1] - 1.0).abs() < 1e-4);
/// ```
pub fn layer_norm(x: &[f64], gain: &[f32], bias: &[f32]) -> Vec<f64> {
    layer_norm_with(LAYER_NORM_EPS, x, gain, bias)
}

/// The same with another number added to the variance.
pub fn layer_norm_with(eps: f64, x: &[f64], gain: &[f32], bias: &[f32]) -> Vec<f64> {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let variance = x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    let scale = 1.0 / (variance + eps).sqrt();
    let learned = gain.iter().zip(bias);
    x.iter().zip(learned).map(|(v, (g, b))| (v - mean) * scale * f64::from(*g) + f64::from(*b)).collect()
}

/// `x: [rows]` times a row-major matrix `weight: [rows, columns]`, plus `bias: [columns]`.
pub fn linear(x: &[f64], weight: &[f32], bias: &[f32]) -> Vec<f64> {
    let mut y: Vec<f64> = bias.iter().map(|b| f64::from(*b)).collect();
    let columns = y.len();
    for (x, row) in x.iter().zip(weight.chunks(columns)) {
        for (y, w) in y.iter_mut().zip(row) {
            *y += x * f64::from(*w);
        }
    }
    y
}

/// `x · Φ(x)`, with Φ the normal distribution function (Hendrycks and Gimpel 2016), exact form.
pub fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + libm::erf(x / std::f64::consts::SQRT_2))
}

/// GELU in the approximation by a hyperbolic tangent (Hendrycks and Gimpel 2016), which GPT-2 was trained with.
pub fn gelu_tanh(x: f64) -> f64 {
    0.5 * x * (1.0 + libm::tanh((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x)))
}
