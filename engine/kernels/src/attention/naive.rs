//! The definition, in double precision, one number after the other.

use super::Shape;

/// Returns `mixed: [batch, tokens, d_model]` and `weights: [batch, n_heads, tokens, tokens]`.
pub fn forward(shape: Shape, qkv: &[f32]) -> (Vec<f32>, Vec<f32>) {
    forward_where(shape, qkv, |i| i + 1)
}

/// The same without a mask.
pub fn forward_open(shape: Shape, qkv: &[f32]) -> (Vec<f32>, Vec<f32>) {
    forward_where(shape, qkv, |_| shape.tokens)
}

/// Query `i` sees the first `seen(i)` keys.
fn forward_where(shape: Shape, qkv: &[f32], seen: impl Fn(usize) -> usize) -> (Vec<f32>, Vec<f32>) {
    let Shape { batch, tokens, n_heads, d_head } = shape;
    let (mut mixed, mut weights) = (vec![0.0f32; shape.mixed_len()], vec![0.0f32; shape.weights_len()]);
    for b in 0..batch {
        for h in 0..n_heads {
            for i in 0..tokens {
                let p = row_of_weights(shape, qkv, [b, h, i], seen(i));
                for (j, p) in p.iter().enumerate() {
                    weights[((b * n_heads + h) * tokens + i) * tokens + j] = *p as f32;
                }
                for c in 0..d_head {
                    let sum: f64 = p.iter().enumerate().map(|(j, p)| p * at(shape, qkv, 2, [b, j, h, c])).sum();
                    mixed[(b * tokens + i) * shape.d_model() + h * d_head + c] = sum as f32;
                }
            }
        }
    }
    (mixed, weights)
}

/// Returns the gradient of `qkv`.
pub fn backward(shape: Shape, qkv: &[f32], grad_mixed: &[f32]) -> Vec<f32> {
    let Shape { batch, tokens, n_heads, d_head } = shape;
    let scale = 1.0 / (d_head as f64).sqrt();
    let mut grads = vec![0.0f64; qkv.len()];
    for b in 0..batch {
        for h in 0..n_heads {
            for i in 0..tokens {
                let p = row_of_weights(shape, qkv, [b, h, i], i + 1);
                let d_out = |c: usize| f64::from(grad_mixed[(b * tokens + i) * shape.d_model() + h * d_head + c]);
                let d_p: Vec<f64> = (0..p.len())
                    .map(|j| (0..d_head).map(|c| d_out(c) * at(shape, qkv, 2, [b, j, h, c])).sum())
                    .collect();
                let mean: f64 = p.iter().zip(&d_p).map(|(p, d)| p * d).sum();
                for (j, p) in p.iter().enumerate() {
                    let d_s = p * (d_p[j] - mean) * scale;
                    for c in 0..d_head {
                        grads[index(shape, 2, [b, j, h, c])] += p * d_out(c);
                        grads[index(shape, 0, [b, i, h, c])] += d_s * at(shape, qkv, 1, [b, j, h, c]);
                        grads[index(shape, 1, [b, j, h, c])] += d_s * at(shape, qkv, 0, [b, i, h, c]);
                    }
                }
            }
        }
    }
    grads.into_iter().map(|x| x as f32).collect()
}

/// The weights of query `i`: one for each of the first `seen` keys.
fn row_of_weights(shape: Shape, qkv: &[f32], [b, h, i]: [usize; 3], seen: usize) -> Vec<f64> {
    let scale = 1.0 / (shape.d_head as f64).sqrt();
    let dot = |j: usize| -> f64 {
        (0..shape.d_head).map(|c| at(shape, qkv, 0, [b, i, h, c]) * at(shape, qkv, 1, [b, j, h, c])).sum()
    };
    let scores: Vec<f64> = (0..seen).map(|j| dot(j) * scale).collect();
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e: Vec<f64> = scores.iter().map(|s| (s - largest).exp()).collect();
    let sum: f64 = e.iter().sum();
    e.iter().map(|e| e / sum).collect()
}

fn index(shape: Shape, which: usize, [b, t, h, c]: [usize; 4]) -> usize {
    ((b * shape.tokens + t) * 3 + which) * shape.d_model() + h * shape.d_head + c
}

fn at(shape: Shape, qkv: &[f32], which: usize, place: [usize; 4]) -> f64 {
    f64::from(qkv[index(shape, which, place)])
}
