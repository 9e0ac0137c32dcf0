//! A frozen matrix with two thin ones beside it that learn: LoRA (Hu et al. 2021), and QLoRA where the frozen one is kept
//! in four bits (Dettmers et al. 2023).

use super::Matrix;
use engine_core::{quantize::blocks::Blocks, rng::Rng};
use kernels::matmul::{Shape, matmul, matmul_add};
use std::borrow::Cow;

/// What is frozen, `[inputs, outputs]`.
pub enum Frozen {
    /// As floats.
    Float(Vec<f32>),
    /// In four bits; floats are made of them for each product and dropped after it.
    Four(Blocks),
}

impl Frozen {
    fn values(&self) -> Cow<'_, [f32]> {
        match self {
            Self::Float(values) => Cow::Borrowed(values),
            Self::Four(blocks) => Cow::Owned(blocks.values()),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Float(values) => size_of_val(values.as_slice()),
            Self::Four(blocks) => blocks.bytes(),
        }
    }
}

/// `W + scale · (B · A)ᵀ`.
pub struct Adapter {
    shape: [usize; 2],
    frozen: Frozen,
    rank: usize,
    scale: f32,
    /// `A: [rank, inputs]`, then `B: [outputs, rank]`.
    learned: Vec<f32>,
}

impl Adapter {
    /// A new one: `A` by chance, evenly within one over the root of its inputs, and `B` zero, so that at first nothing
    /// changes. With a rank of zero the frozen matrix stands alone.
    pub fn new(shape: [usize; 2], frozen: Frozen, rank: usize, scale: f32, rng: &mut Rng) -> Self {
        let [inputs, outputs] = shape;
        let most = 1.0 / (inputs as f32).sqrt();
        let mut learned: Vec<f32> = (0..rank * inputs).map(|_| (2.0 * rng.uniform() as f32 - 1.0) * most).collect();
        learned.resize(rank * (inputs + outputs), 0.0);
        Self { shape, frozen, rank, scale, learned }
    }

    /// One that was learned before: `A`, then `B`.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn with(shape: [usize; 2], frozen: Frozen, rank: usize, scale: f32, learned: Vec<f32>) -> Self {
        assert_eq!(learned.len(), rank * (shape[0] + shape[1]), "A and B");
        Self { shape, frozen, rank, scale, learned }
    }

    fn a(&self) -> &[f32] {
        &self.learned[..self.rank * self.shape[0]]
    }

    fn b(&self) -> &[f32] {
        &self.learned[self.rank * self.shape[0]..]
    }

    /// `scale · grad_out · B`, `[rows, rank]`: the gradient between the two thin matrices.
    fn between(&self, grad_out: &[f32]) -> Vec<f32> {
        let rows = grad_out.len() / self.shape[1];
        let mut between = vec![0.0; rows * self.rank];
        matmul(Shape::nn(rows, self.shape[1], self.rank), grad_out, self.b(), &mut between);
        self.scaled(between)
    }

    fn scaled(&self, mut numbers: Vec<f32>) -> Vec<f32> {
        numbers.iter_mut().for_each(|x| *x *= self.scale);
        numbers
    }

    // ANCHOR: thin
    /// `scale · x · Aᵀ`, `[rows, rank]`: what the first thin matrix makes of the inputs.
    fn thin(&self, x: &[f32]) -> Vec<f32> {
        let rows = x.len() / self.shape[0];
        let mut thin = vec![0.0; rows * self.rank];
        matmul(Shape::nt(rows, self.shape[0], self.rank), x, self.a(), &mut thin);
        self.scaled(thin)
    }
    // ANCHOR_END: thin
}

/// `scale · (B · A)ᵀ`, `[inputs, outputs]`: what learned numbers, `A` then `B`, add to a matrix.
pub fn added([inputs, outputs]: [usize; 2], rank: usize, scale: f32, learned: &[f32]) -> Vec<f32> {
    let mut added = vec![0.0; inputs * outputs];
    if rank > 0 {
        let (a, b) = learned.split_at(rank * inputs);
        let a: Vec<f32> = (0..inputs).flat_map(|i| (0..rank).map(move |r| scale * a[r * inputs + i])).collect();
        matmul(Shape::nt(inputs, rank, outputs), &a, b, &mut added);
    }
    added
}

impl Matrix for Adapter {
    fn shape(&self) -> [usize; 2] {
        self.shape
    }

    fn values(&self) -> Vec<f32> {
        let mut values = added(self.shape, self.rank, self.scale, &self.learned);
        kernels::lanes::add_to(&mut values, &self.frozen.values());
        values
    }

    fn bytes(&self) -> usize {
        self.frozen.bytes() + size_of_val(self.learned.as_slice())
    }

    // ANCHOR: product
    fn add_product(&self, x: &[f32], out: &mut [f32]) {
        let [inputs, outputs] = self.shape;
        let rows = x.len() / inputs;
        matmul_add(Shape::nn(rows, inputs, outputs), x, &self.frozen.values(), out);
        if self.rank > 0 {
            matmul_add(Shape::nt(rows, self.rank, outputs), &self.thin(x), self.b(), out);
        }
    }
    // ANCHOR_END: product

    fn grad_input(&self, grad_out: &[f32], grad_x: &mut [f32]) {
        let [inputs, outputs] = self.shape;
        let rows = grad_out.len() / outputs;
        matmul(Shape::nt(rows, outputs, inputs), grad_out, &self.frozen.values(), grad_x);
        if self.rank > 0 {
            matmul_add(Shape::nn(rows, self.rank, inputs), &self.between(grad_out), self.a(), grad_x);
        }
    }

    fn learned(&self) -> &[f32] {
        &self.learned
    }

    fn learned_mut(&mut self) -> &mut [f32] {
        &mut self.learned
    }

    fn add_grads(&self, x: &[f32], grad_out: &[f32], grads: &mut [f32]) {
        let [inputs, outputs] = self.shape;
        let rows = x.len() / inputs;
        let (to_a, to_b) = grads.split_at_mut(self.rank * inputs);
        matmul_add(Shape::tn(self.rank, rows, inputs), &self.between(grad_out), x, to_a);
        matmul_add(Shape::tn(outputs, rows, self.rank), grad_out, &self.thin(x), to_b);
    }
}
