//! The definition, with a series for the normal distribution's function.

/// See [`super::forward`].
pub fn gelu(x: f64) -> f64 {
    x * below(x)
}

/// See [`super::forward_tanh`].
pub fn gelu_tanh(x: f64) -> f64 {
    let inside = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
    0.5 * x * (1.0 + inside.tanh())
}

/// The slope of [`gelu`].
pub fn slope(x: f64) -> f64 {
    below(x) + x * density(x)
}

fn density(x: f64) -> f64 {
    (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// `Φ(x) = 1/2 + φ(x) · (x + x³/3 + x⁵/(3·5) + …)` (Marsaglia 2004).
fn below(x: f64) -> f64 {
    if x.abs() > 8.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut sum, mut term, mut n) = (x, x, 1.0);
    while term.abs() > 1e-17 * sum.abs() {
        n += 2.0;
        term *= x * x / n;
        sum += term;
    }
    0.5 + sum * density(x)
}
