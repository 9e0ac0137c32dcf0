//! Matrices and tables that are held as whole numbers, and computed with.

use crate::gpt::{Matrix, Vocabulary};
use engine_core::{
    jobs::quantize::Activations,
    quantize::{self, Quantized, layer::ready},
};
use kernels::{
    int8::Layer,
    lanes::add_to,
    matmul::{Shape, matmul},
};

/// A layer of whole numbers.
pub(super) struct Held {
    weight: Layer,
    /// With AWQ, what each input is multiplied by; else empty.
    input_factors: Vec<f32>,
    activations: Activations,
    bytes: usize,
}

impl Held {
    /// `weight: [outputs, inputs]`, made larger for each input by `input_scales`, if there are any.
    pub(super) fn new(weight: &Quantized, input_scales: &[f32], activations: Activations) -> Self {
        let input_factors = input_scales.iter().map(|scale| 1.0 / scale).collect();
        Self {
            weight: ready(weight),
            input_factors,
            activations,
            bytes: weight.bytes().all() + size_of_val(input_scales),
        }
    }

    /// The weights as floats, `[outputs, inputs]`: what they amount to, but for `input_factors`.
    fn read_back(&self) -> Vec<f32> {
        let mut values = vec![0.0; self.weight.outputs() * self.weight.inputs()];
        for (output, row) in values.chunks_exact_mut(self.weight.inputs()).enumerate() {
            self.weight.read_row(output, row);
        }
        values
    }

    /// The weights that it computes with in the end, `[outputs, inputs]`.
    fn amounts_to(&self) -> Vec<f32> {
        let mut values = self.read_back();
        self.times_factors(&mut values);
        values
    }

    fn times_factors(&self, rows: &mut [f32]) {
        if !self.input_factors.is_empty() {
            for row in rows.chunks_exact_mut(self.weight.inputs()) {
                row.iter_mut().zip(&self.input_factors).for_each(|(x, factor)| *x *= factor);
            }
        }
    }

    /// `out += x · W`, in whole numbers or in floats.
    fn add_to(&self, x: &[f32], out: &mut [f32]) {
        let scaled: Vec<f32>;
        let x = if self.input_factors.is_empty() {
            x
        } else {
            let mut all = x.to_vec();
            self.times_factors(&mut all);
            scaled = all;
            &scaled
        };
        match self.activations {
            Activations::Int8 => self.weight.add_rounded(x, out),
            Activations::Float => self.weight.add_floats(x, out),
        }
    }
}

impl Matrix for Held {
    fn shape(&self) -> [usize; 2] {
        [self.weight.inputs(), self.weight.outputs()]
    }

    fn values(&self) -> Vec<f32> {
        quantize::Matrix { columns: self.weight.inputs(), data: &self.amounts_to() }.transposed()
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn add_product(&self, x: &[f32], out: &mut [f32]) {
        self.add_to(x, out);
    }

    fn grad_input(&self, grad_out: &[f32], grad_x: &mut [f32]) {
        let [inputs, outputs] = self.shape();
        let rows = grad_out.len() / outputs;
        matmul(Shape::nn(rows, outputs, inputs), grad_out, &self.amounts_to(), grad_x);
    }
}

/// The table of tokens in whole numbers, `[vocab, d_model]`, and the last layer.
pub(super) struct Table {
    tokens: Held,
    /// Of a model whose output layer is its own.
    head: Option<Held>,
}

impl Table {
    pub(super) fn new(tokens: Held, head: Option<Held>) -> Self {
        Self { tokens, head }
    }
}

impl Vocabulary for Table {
    fn add_token(&self, id: u32, to: &mut [f32]) {
        let mut row = vec![0.0; to.len()];
        self.tokens.weight.read_row(id as usize, &mut row);
        add_to(to, &row);
    }

    fn logits(&self, x: &[f32], logits: &mut [f32]) {
        logits.fill(0.0);
        self.head.as_ref().unwrap_or(&self.tokens).add_to(x, logits);
    }

    fn values(&self) -> Vec<(String, Vec<f32>)> {
        let tokens = ("tok_emb".to_owned(), self.tokens.amounts_to());
        let head = self.head.iter().map(|head| ("head.weight".to_owned(), Matrix::values(head)));
        std::iter::once(tokens).chain(head).collect()
    }

    fn bytes(&self) -> usize {
        self.tokens.bytes + self.head.as_ref().map_or(0, |head| head.bytes)
    }
}
