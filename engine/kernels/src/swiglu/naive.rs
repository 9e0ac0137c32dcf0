//! The definition, in double precision.

/// See [`super::forward`].
pub fn forward(gate: &[f32], up: &[f32]) -> Vec<f64> {
    let one = |(gate, up): (&f32, &f32)| {
        let gate = f64::from(*gate);
        gate / (1.0 + (-gate).exp()) * f64::from(*up)
    };
    gate.iter().zip(up).map(one).collect()
}
