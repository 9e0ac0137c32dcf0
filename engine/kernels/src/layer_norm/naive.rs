//! The definition, in double precision.

/// See [`super::forward`].
pub fn forward(x: &[f32], gain: &[f32], bias: &[f32], eps: f32) -> Vec<f32> {
    let width = gain.len();
    let mut out = Vec::new();
    for row in x.chunks(width) {
        let (normal, _) = normalize(row, eps);
        out.extend(normal.iter().zip(gain).zip(bias).map(|((n, &g), &b)| (n * f64::from(g) + f64::from(b)) as f32));
    }
    out
}

/// The gradients of `x`, gain and bias.
pub fn backward(x: &[f32], gain: &[f32], eps: f32, grad_out: &[f32]) -> [Vec<f32>; 3] {
    let width = gain.len();
    let mut grads = [Vec::new(), vec![0.0f64; width], vec![0.0f64; width]];
    for (row, d) in x.chunks(width).zip(grad_out.chunks(width)) {
        let (normal, std) = normalize(row, eps);
        let g: Vec<f64> = d.iter().zip(gain).map(|(&d, &gain)| f64::from(d) * f64::from(gain)).collect();
        let mean_g = g.iter().sum::<f64>() / width as f64;
        let mean_gn = g.iter().zip(&normal).map(|(g, n)| g * n).sum::<f64>() / width as f64;
        for (j, &d) in d.iter().enumerate() {
            grads[0].push((g[j] - mean_g - normal[j] * mean_gn) / std);
            grads[1][j] += f64::from(d) * normal[j];
            grads[2][j] += f64::from(d);
        }
    }
    grads.map(|grad| grad.into_iter().map(|x| x as f32).collect())
}

fn normalize(row: &[f32], eps: f32) -> (Vec<f64>, f64) {
    let n = row.len() as f64;
    let mean = row.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
    let variance = row.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / n;
    let std = (variance + f64::from(eps)).sqrt();
    (row.iter().map(|&x| (f64::from(x) - mean) / std).collect(), std)
}
