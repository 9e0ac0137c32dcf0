//! The kernels once more, slow and obvious, in double precision.

use engine_core::adamw::{BETAS, EPS};
use engine_gpu::{Layout, op::AttentionSizes};

pub fn matmul(layout: Layout, [m, k, n]: [usize; 3], a: &[f32], b: &[f32]) -> Vec<f64> {
    let at = |row: usize, i: usize| f64::from(if layout == Layout::Tn { a[i * m + row] } else { a[row * k + i] });
    let to =
        |i: usize, column: usize| f64::from(if layout == Layout::Nt { b[column * k + i] } else { b[i * n + column] });
    let cell = |row, column| (0..k).map(|i| at(row, i) * to(i, column)).sum();
    (0..m).flat_map(|row| (0..n).map(move |column| (row, column))).map(|(row, column)| cell(row, column)).collect()
}

pub fn gelu(x: f64) -> f64 {
    engine_core::reference::layers::gelu(x)
}

pub fn gelu_slope(x: f64) -> f64 {
    let density = libm::exp(-0.5 * x * x) / (2.0 * std::f64::consts::PI).sqrt();
    0.5 * (1.0 + libm::erf(x / std::f64::consts::SQRT_2)) + x * density
}

/// Mean and 1 / deviation of a row.
pub fn statistics(row: &[f32]) -> (f64, f64) {
    let n = row.len() as f64;
    let mean = row.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let variance = row.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / n;
    (mean, 1.0 / (variance + engine_core::reference::layers::LAYER_NORM_EPS).sqrt())
}

/// Gradients of x, gain and bias.
pub fn layer_norm_backward(x: &[f32], gain: &[f32], dy: &[f32]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let d = gain.len();
    let (mut dx, mut for_gain, mut for_bias) = (Vec::new(), vec![0.0; d], vec![0.0; d]);
    for (row, up) in x.chunks(d).zip(dy.chunks(d)) {
        let (mean, scale) = statistics(row);
        let n: Vec<f64> = row.iter().map(|x| (f64::from(*x) - mean) * scale).collect();
        let g: Vec<f64> = up.iter().zip(gain).map(|(u, w)| f64::from(*u) * f64::from(*w)).collect();
        let mean_g = g.iter().sum::<f64>() / d as f64;
        let mean_gn = g.iter().zip(&n).map(|(g, n)| g * n).sum::<f64>() / d as f64;
        for c in 0..d {
            dx.push(scale * (g[c] - mean_g - n[c] * mean_gn));
            for_gain[c] += f64::from(up[c]) * n[c];
            for_bias[c] += f64::from(up[c]);
        }
    }
    (dx, for_gain, for_bias)
}

/// What attention computes forward and, given the gradient of `mixed`, backward.
pub struct Attention {
    pub mixed: Vec<f64>,
    pub log_sums: Vec<f64>,
    pub products: Vec<f64>,
    pub down: Vec<f64>,
}

pub fn attention(sizes: AttentionSizes, qkv: &[f32], up: &[f32]) -> Attention {
    let AttentionSizes { batch, tokens, heads, d_head } = sizes;
    let d = heads * d_head;
    let rows = batch * tokens;
    let mut out = Attention {
        mixed: vec![0.0; rows * d],
        log_sums: vec![0.0; rows * heads],
        products: vec![0.0; rows * heads],
        down: vec![0.0; rows * 3 * d],
    };
    let scale = 1.0 / (d_head as f64).sqrt();
    for b in 0..batch {
        for h in 0..heads {
            let at = |token: usize, part: usize, c: usize| (b * tokens + token) * 3 * d + part * d + h * d_head + c;
            let get = |token: usize, part: usize, c: usize| f64::from(qkv[at(token, part, c)]);
            for i in 0..tokens {
                let row = b * tokens + i;
                let score = |j: usize| (0..d_head).map(|c| get(i, 0, c) * get(j, 1, c)).sum::<f64>() * scale;
                let scores: Vec<f64> = (0..=i).map(score).collect();
                let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = scores.iter().map(|s| (s - largest).exp()).sum();
                out.log_sums[row * heads + h] = largest + sum.ln();
                let weights: Vec<f64> = scores.iter().map(|s| (s - largest).exp() / sum).collect();
                let slope = |c: usize| f64::from(up[row * d + h * d_head + c]);
                let gains: Vec<f64> = (0..=i).map(|j| (0..d_head).map(|c| slope(c) * get(j, 2, c)).sum()).collect();
                let product: f64 = gains.iter().zip(&weights).map(|(g, w)| g * w).sum();
                out.products[row * heads + h] = product;
                for j in 0..=i {
                    let ds = weights[j] * (gains[j] - product) * scale;
                    for c in 0..d_head {
                        out.mixed[row * d + h * d_head + c] += weights[j] * get(j, 2, c);
                        out.down[at(i, 0, c)] += ds * get(j, 1, c);
                        out.down[at(j, 1, c)] += ds * get(i, 0, c);
                        out.down[at(j, 2, c)] += weights[j] * slope(c);
                    }
                }
            }
        }
    }
    out
}

/// Loss of each row, and the gradient of their mean.
pub fn cross_entropy(logits: &[f32], vocab_size: usize, targets: &[u32]) -> (Vec<f64>, Vec<f64>) {
    let (mut losses, mut slopes) = (Vec::new(), Vec::new());
    for (row, target) in logits.chunks(vocab_size).zip(targets) {
        let wide: Vec<f64> = row.iter().map(|x| f64::from(*x)).collect();
        let p = engine_core::reference::softmax::softmax(&wide);
        let known = (*target as usize) < vocab_size;
        losses.push(if known { -p[*target as usize].ln() } else { 0.0 });
        let share = if known { 1.0 / targets.len() as f64 } else { 0.0 };
        slopes.extend(p.iter().enumerate().map(|(v, p)| (p - if v == *target as usize { 1.0 } else { 0.0 }) * share));
    }
    (losses, slopes)
}

/// AdamW's numbers of one step.
#[derive(Clone, Copy)]
pub struct AdamW {
    pub learning_rate: f32,
    pub step: u32,
    pub weight_decay: f32,
    /// The gradient is multiplied by it.
    pub shorten: f64,
}

impl AdamW {
    /// 1 / (1 - beta^step), for the mean and for the square.
    pub fn corrections(&self) -> [f32; 2] {
        BETAS.map(|beta| 1.0 / (1.0 - beta.powi(self.step as i32)))
    }

    /// New parameter, mean and square.
    pub fn update(&self, [parameter, gradient, mean, square]: [f64; 4], decays: bool) -> [f64; 3] {
        let gradient = gradient * self.shorten;
        let [mean_kept, square_kept] = BETAS.map(f64::from);
        let mean = mean * mean_kept + gradient * (1.0 - mean_kept);
        let square = square * square_kept + gradient * gradient * (1.0 - square_kept);
        let [mean_scale, square_scale] = self.corrections().map(f64::from);
        let direction = mean * mean_scale / ((square * square_scale).sqrt() + f64::from(EPS));
        let rate = f64::from(self.learning_rate);
        let decay = if decays { rate * f64::from(self.weight_decay) } else { 0.0 };
        [parameter * (1.0 - decay) - direction * rate, mean, square]
    }
}
