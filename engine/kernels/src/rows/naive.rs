//! The definitions, one number after another, in double precision.

/// See [`super::dot`].
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.len() {
        sum += f64::from(a[i]) * f64::from(b[i]);
    }
    sum
}

/// See [`super::add_scaled`].
pub fn add_scaled(to: &[f32], scale: f32, from: &[f32]) -> Vec<f64> {
    (0..to.len()).map(|i| f64::from(to[i]) + f64::from(scale) * f64::from(from[i])).collect()
}

/// See [`super::add_product`].
pub fn add_product(y: &[f32], x: &[f32], weight: &[f32]) -> Vec<f64> {
    let column = |j: usize| (0..x.len()).map(|i| f64::from(x[i]) * f64::from(weight[i * y.len() + j])).sum::<f64>();
    (0..y.len()).map(|j| f64::from(y[j]) + column(j)).collect()
}

/// See [`super::add_outer`].
pub fn add_outer(to: &[f32], x: &[f32], y: &[f32]) -> Vec<f64> {
    let term = |at: usize| f64::from(x[at / y.len()]) * f64::from(y[at % y.len()]);
    (0..to.len()).map(|at| f64::from(to[at]) + term(at)).collect()
}
