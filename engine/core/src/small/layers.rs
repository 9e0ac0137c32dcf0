//! The layers of the small models in single precision, forwards and backwards, on rows of numbers.

use kernels::rows;
pub(crate) use kernels::rows::{add_scaled, dot};

/// A matrix and a bias; its numbers are `[inputs, outputs]` and then `[outputs]`, from `at` on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Linear {
    pub at: usize,
    pub inputs: usize,
    pub outputs: usize,
}

impl Linear {
    /// How many numbers it has.
    pub fn count(self) -> usize {
        (self.inputs + 1) * self.outputs
    }

    /// `x` and the result are `[tokens, inputs]` and `[tokens, outputs]`.
    pub fn forward(self, params: &[f32], x: &[f32]) -> Vec<f32> {
        let (weight, bias) = params[self.at..self.at + self.count()].split_at(self.inputs * self.outputs);
        let mut y = bias.repeat(x.len() / self.inputs);
        for (x, y) in x.chunks_exact(self.inputs).zip(y.chunks_exact_mut(self.outputs)) {
            rows::add_product(y, x, weight);
        }
        y
    }

    /// Adds the gradients of its numbers to `grads` and answers that of `x`.
    pub fn backward(self, params: &[f32], x: &[f32], d_y: &[f32], grads: &mut [f32]) -> Vec<f32> {
        let weight = &params[self.at..self.at + self.inputs * self.outputs];
        let (d_weight, d_bias) = grads[self.at..self.at + self.count()].split_at_mut(self.inputs * self.outputs);
        let mut d_x = vec![0.0; x.len()];
        let tokens = x.chunks_exact(self.inputs).zip(d_y.chunks_exact(self.outputs));
        for ((x, d_y), d_x) in tokens.zip(d_x.chunks_exact_mut(self.inputs)) {
            add_scaled(d_bias, 1.0, d_y);
            rows::add_outer(d_weight, x, d_y);
            rows::dots(d_x, weight, d_y);
        }
        d_x
    }
}

/// Keeps the division finite.
const EPS: f32 = 1e-6;

/// Each row divided by the root of its mean square, and what each was divided by.
pub(crate) fn normed(x: &[f32], width: usize) -> (Vec<f32>, Vec<f32>) {
    let sizes: Vec<f32> = x.chunks_exact(width).map(|row| (dot(row, row) / width as f32 + EPS).sqrt()).collect();
    let y = x.chunks_exact(width).zip(&sizes).flat_map(|(row, size)| row.iter().map(move |x| x / size)).collect();
    (y, sizes)
}

/// Adds the gradient of [`normed`]'s input to `d_x`, from its results and their gradient.
pub(crate) fn normed_backward(y: &[f32], sizes: &[f32], d_y: &[f32], d_x: &mut [f32]) {
    let width = y.len() / sizes.len().max(1);
    let rows = y.chunks_exact(width).zip(d_y.chunks_exact(width)).zip(sizes);
    for (((y, d_y), size), d_x) in rows.zip(d_x.chunks_exact_mut(width)) {
        let along = dot(y, d_y) / width as f32;
        for ((d_x, y), d_y) in d_x.iter_mut().zip(y).zip(d_y) {
            *d_x += (d_y - y * along) / size;
        }
    }
}

/// Turns scores into shares of one, in place. Software floating point: every machine gets the same bits.
pub(crate) fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = libm::expf(*score - most);
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
}
