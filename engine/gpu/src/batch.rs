//! What a step needs from the host, in one buffer that is written once per step.

use crate::{
    arena::ALIGN,
    device::{Gpu, Memory},
    plan::Part,
};

/// A target that counts for nothing: it fills the last batch of a validation.
pub(crate) const NO_TARGET: u32 = u32::MAX;

/// The numbers that change from step to step; the order is that of `settings` in the kernels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) step: u32,
    pub(crate) slot: u32,
    pub(crate) learning_rate: f32,
    pub(crate) mean_scale: f32,
    pub(crate) square_scale: f32,
    pub(crate) weight_decay: f32,
    pub(crate) grad_clip: f32,
}

impl Settings {
    fn words(&self) -> [u32; 7] {
        let Self { step, slot, learning_rate, mean_scale, square_scale, weight_decay, grad_clip } = *self;
        let [rate, mean, square, decay, clip] =
            [learning_rate, mean_scale, square_scale, weight_decay, grad_clip].map(f32::to_bits);
        [step, slot, rate, mean, square, decay, clip]
    }
}

/// Settings, inputs, targets, and the places of the inputs sorted by token.
#[derive(Debug)]
pub(crate) struct Batch {
    memory: Memory,
    rows: usize,
}

impl Batch {
    pub(crate) fn new(gpu: &Gpu, rows: usize) -> Result<Self, String> {
        let memory = gpu.buffer("a batch", ALIGN + 3 * rows.next_multiple_of(ALIGN))?;
        Ok(Self { memory, rows })
    }

    fn list(&self, index: usize) -> Part<'_> {
        self.memory.part(ALIGN + index * self.rows.next_multiple_of(ALIGN), self.rows)
    }

    pub(crate) fn settings(&self) -> Part<'_> {
        self.memory.part(0, ALIGN)
    }

    pub(crate) fn inputs(&self) -> Part<'_> {
        self.list(0)
    }

    pub(crate) fn targets(&self) -> Part<'_> {
        self.list(1)
    }

    pub(crate) fn order(&self) -> Part<'_> {
        self.list(2)
    }

    /// Fills the buffer; rows that are missing at the end get no target.
    pub(crate) fn write(&self, gpu: &Gpu, settings: &Settings, inputs: &[u32], targets: &[u32]) {
        let mut words = vec![0; ALIGN + 3 * self.rows.next_multiple_of(ALIGN)];
        words[..7].copy_from_slice(&settings.words());
        let mut order: Vec<u32> = (0..self.rows as u32).collect();
        let token = |row: u32| inputs.get(row as usize).copied().unwrap_or(0);
        order.sort_by_key(|row| token(*row)); // stable, so that sums keep their order
        words[self.targets().at..][..self.rows].fill(NO_TARGET);
        for (part, values) in [(self.inputs(), inputs), (self.targets(), targets), (self.order(), &order)] {
            words[part.at..][..values.len()].copy_from_slice(values);
        }
        gpu.write(&self.memory, 0, &words);
    }
}
