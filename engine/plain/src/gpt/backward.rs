//! From the gradient of the logits to that of every number that is learned.

use super::{Gpt, LN1, LN2, POS_EMB, Pass, Slot, TOK_EMB, Which, block, forward::Normed};
use engine_core::config::GptConfig;
use kernels::{
    adamw, attention, gelu,
    lanes::add_to,
    layer_norm, linear,
    matmul::{Shape, matmul, matmul_add},
};

/// How the loss changes with every number that is learned; what is frozen has no room here.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients {
    /// All tensors in their order, then what swapped matrices learn.
    pub(super) parts: Vec<Vec<f32>>,
}

impl Gradients {
    /// Back to nothing, for the next step.
    pub fn clear(&mut self) {
        self.parts.iter_mut().for_each(|part| part.fill(0.0));
    }

    /// The length of all gradients taken as one vector; not finite if one of them is not.
    pub fn norm(&self) -> f32 {
        self.parts.iter().map(|part| adamw::sum_of_squares(part)).sum::<f64>().sqrt() as f32
    }

    /// Bytes that are held.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| size_of_val(part.as_slice())).sum()
    }
}

impl Gpt {
    /// Room for the gradients of what is learned, all zero.
    pub fn gradients(&self) -> Gradients {
        Gradients { parts: (0..self.parts()).map(|part| vec![0.0; self.learned(part)]).collect() }
    }

    /// The gradient of one tensor by name, if it is learned.
    pub fn gradient<'a>(&self, grads: &'a Gradients, name: &str) -> Option<&'a [f32]> {
        let at = self.tensors.iter().position(|tensor| tensor.name == name && tensor.trains)?;
        Some(&grads.parts[at])
    }

    /// Adds to `grads` how a loss changes, from how it changes with the logits of `pass`, `[windows · tokens, vocab]`.
    ///
    /// # Panics
    /// If `grads` were made before something was swapped or frozen, or lengths do not fit.
    pub fn backward(&self, pass: &Pass, grad_logits: &[f32], grads: &mut Gradients) {
        assert_eq!(grad_logits.len(), pass.logits.len(), "a gradient for each logit");
        let windows = pass.ids.len() / pass.tokens;
        let grad = self.unembed_backward(&pass.last.out, grad_logits, grads);
        let mut grad = self.norm_backward(self.ln_f(), &pass.last, &grad, grads);
        for (layer, kept) in pass.blocks.iter().enumerate().rev() {
            let slot = |which| Slot { layer, which };
            let active = self.linear_backward(slot(Which::Down), &kept.active, &grad, grads);
            let mut inside = vec![0.0; active.len()];
            gelu::backward(&kept.inside, &active, &mut inside);
            let second = self.linear_backward(slot(Which::Up), &kept.second.out, &inside, grads);
            add_to(&mut grad, &self.norm_backward(block(layer) + LN2, &kept.second, &second, grads));

            let mixed = self.linear_backward(slot(Which::Proj), &kept.mixed, &grad, grads);
            let mut qkv = vec![0.0; kept.qkv.len()];
            let shape = self.attention_shape(windows, grad.len());
            attention::backward(shape, &kept.qkv, &kept.weights, &mixed, &mut qkv);
            let first = self.linear_backward(slot(Which::Qkv), &kept.first.out, &qkv, grads);
            add_to(&mut grad, &self.norm_backward(block(layer) + LN1, &kept.first, &first, grads));
        }
        self.embed_backward(pass, &grad, grads);
    }

    /// The gradient of what a linear layer was given; adds those of its numbers.
    fn linear_backward(&self, slot: Slot, x: &[f32], grad_out: &[f32], grads: &mut Gradients) -> Vec<f32> {
        let [inputs, outputs] = slot.shape(&self.config);
        let rows = x.len() / inputs;
        let mut grad_x = vec![0.0; x.len()];
        match self.swapped(slot) {
            None => {
                let weight = &mut grads.parts[slot.weight()];
                if !weight.is_empty() {
                    matmul_add(Shape::tn(inputs, rows, outputs), x, grad_out, weight);
                }
                linear::grad_input(grad_out, self.values(slot.weight()), outputs, &mut grad_x);
            }
            Some(matrix) => {
                let own = &mut grads.parts[self.tensors.len() + slot.index()];
                if !own.is_empty() {
                    matrix.add_grads(x, grad_out, own);
                }
                matrix.grad_input(grad_out, &mut grad_x);
            }
        }
        let bias = &mut grads.parts[slot.bias()];
        if !bias.is_empty() {
            grad_out.chunks_exact(outputs).for_each(|row| add_to(bias, row));
        }
        grad_x
    }

    /// The gradient of what a norm was given; adds those of its gain and bias.
    fn norm_backward(&self, at: usize, normed: &Normed, grad_out: &[f32], grads: &mut Gradients) -> Vec<f32> {
        let [gain, _] = self.norm(at);
        let mut grad_x = vec![0.0; grad_out.len()];
        // The kernel finds all three at once; what is frozen is found and thrown away.
        let mut own = [vec![0.0; gain.len()], vec![0.0; gain.len()]];
        let [to_gain, to_bias] = &mut own;
        layer_norm::backward(&normed.x, gain, &normed.stats, grad_out, &mut grad_x, [to_gain, to_bias]);
        for (to, own) in grads.parts[at..].iter_mut().zip(own) {
            if !to.is_empty() {
                add_to(to, &own);
            }
        }
        grad_x
    }

    /// The gradient of the last norm's output.
    fn unembed_backward(&self, stream: &[f32], grad_logits: &[f32], grads: &mut Gradients) -> Vec<f32> {
        let GptConfig { d_model, vocab_size, .. } = self.config;
        let rows = stream.len() / d_model;
        let mut grad = vec![0.0; stream.len()];
        match self.head() {
            Some(head) => {
                linear::grad_input(grad_logits, self.values(head), vocab_size, &mut grad);
                if self.learned(head) > 0 {
                    matmul_add(Shape::tn(d_model, rows, vocab_size), stream, grad_logits, &mut grads.parts[head]);
                }
            }
            None => {
                matmul(Shape::nn(rows, vocab_size, d_model), grad_logits, self.values(TOK_EMB), &mut grad);
                if self.learned(TOK_EMB) > 0 {
                    matmul_add(Shape::tn(vocab_size, rows, d_model), grad_logits, stream, &mut grads.parts[TOK_EMB]);
                }
            }
        }
        grad
    }

    fn embed_backward(&self, pass: &Pass, grad: &[f32], grads: &mut Gradients) {
        let d = self.config.d_model;
        for (row, (grad, &id)) in grad.chunks_exact(d).zip(&pass.ids).enumerate() {
            for (part, at) in [(TOK_EMB, id as usize), (POS_EMB, row % pass.tokens)] {
                if let Some(to) = grads.parts[part].get_mut(at * d..(at + 1) * d) {
                    add_to(to, grad);
                }
            }
        }
    }
}
