//! Weights in the order in which registers read them.

use super::{Block, Codes, LONGEST, OUTPUTS, QUAD, Strip, Weights, naive::unpack};

/// A layer's weights, laid out once: strips of eight outputs, and in a strip four or eight inputs of each output side by
/// side.
///
/// It takes the bytes of the [`Weights`], and what fills up the last strip and, in groups of an uneven size, each group.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    inputs: usize,
    outputs: usize,
    group: usize,
    /// Whether a weight has four bits.
    pub(super) four: bool,
    /// `[strips, steps]`: each group begins with a step of its own.
    blocks: Vec<Block>,
    /// `[strips, groups]`.
    scales: Vec<[f32; OUTPUTS]>,
    /// `[strips, groups]`, or empty where all are zero.
    zeros: Vec<[i8; OUTPUTS]>,
}

impl Layer {
    /// Lays out weights.
    ///
    /// # Panics
    /// If the shapes do not fit, or rows are empty or longer than [`LONGEST`].
    pub fn new(weights: Weights) -> Self {
        let Weights { inputs, group, codes, scales, zeros } = weights;
        assert!(
            (1..=LONGEST).contains(&inputs) && group > 0,
            "between 1 and {LONGEST} inputs, and groups that are not empty"
        );
        let groups = inputs.div_ceil(group);
        let outputs = scales.len() / groups;
        assert_eq!(scales.len(), outputs * groups, "a scale for each group of each output");
        assert!(zeros.is_empty() || zeros.len() == scales.len(), "a zero for each scale, or none");
        let (length, kept, four) = match codes {
            Codes::Eight(codes) => (inputs, codes.len(), false),
            Codes::Four(bytes) => (inputs.div_ceil(2), bytes.len(), true),
        };
        assert_eq!(kept, outputs * length, "whole numbers for each output");
        let code = |output: usize, input: usize| match codes {
            Codes::Eight(codes) => codes[output * length + input].wrapping_sub(i8::MIN).cast_unsigned(),
            Codes::Four(bytes) => (unpack(bytes[output * length + input / 2])[input % 2] + 8).cast_unsigned(),
        };
        let mut made = Self {
            inputs,
            outputs,
            group: group.min(inputs),
            four,
            blocks: Vec::new(),
            scales: in_strips(scales, groups),
            zeros: in_strips(zeros, groups),
        };
        for strip in 0..made.strips() {
            for begin in (0..inputs).step_by(made.group) {
                let end = inputs.min(begin + made.group);
                for first in (begin..end).step_by(made.wide()) {
                    let code = |output: usize, input: usize| {
                        if output < outputs && input < end { code(output, input) } else { 0 }
                    };
                    let both = |output: usize, input: usize| {
                        let above = if four { code(output, input + QUAD) << 4 } else { 0 };
                        code(output, input) | above
                    };
                    made.blocks.push([0, 1].map(|half| {
                        std::array::from_fn(|at| both(strip * OUTPUTS + half * 4 + at / QUAD, first + at % QUAD))
                    }));
                }
            }
        }
        made
    }

    /// How many inputs there are.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// What this takes in memory.
    pub fn bytes(&self) -> usize {
        size_of_val(self.blocks.as_slice()) + size_of_val(self.scales.as_slice()) + size_of_val(self.zeros.as_slice())
    }

    /// The numbers of one output, `[inputs]`: what its whole numbers stand for.
    ///
    /// # Panics
    /// If there is no such output, or `to` has another length.
    pub fn read_row(&self, output: usize, to: &mut [f32]) {
        assert!(output < self.outputs && to.len() == self.inputs, "a number for each input of an output");
        let (strip, lane) = (self.strip(output / OUTPUTS), output % OUTPUTS);
        let blocks = strip.blocks.chunks(strip.in_group);
        for (group, (numbers, blocks)) in to.chunks_mut(self.group).zip(blocks).enumerate() {
            let zero = self.above() + strip.zeros.get(group).map_or(0, |zeros| i32::from(zeros[lane]));
            for (numbers, block) in numbers.chunks_mut(self.wide()).zip(blocks) {
                for (at, number) in numbers.iter_mut().enumerate() {
                    let byte = block[lane / 4][lane % 4 * QUAD + at % QUAD];
                    let code = if !self.four { byte } else { byte >> (at / QUAD * 4) & 15 };
                    *number = strip.scales[group][lane] * (i32::from(code) - zero) as f32;
                }
            }
        }
    }

    /// How far above the whole numbers the bytes stand.
    pub(super) fn above(&self) -> i32 {
        if self.four { 8 } else { 128 }
    }

    /// Inputs of a step.
    pub(super) fn wide(&self) -> usize {
        if self.four { 2 * QUAD } else { QUAD }
    }

    pub(super) fn group(&self) -> usize {
        self.group
    }

    pub(super) fn groups(&self) -> usize {
        self.inputs.div_ceil(self.group)
    }

    /// Steps of a group, but perhaps of the last.
    pub(super) fn in_group(&self) -> usize {
        self.group.div_ceil(self.wide())
    }

    /// Steps of a row.
    pub(super) fn steps(&self) -> usize {
        let whole = self.groups() - 1;
        whole * self.in_group() + (self.inputs - whole * self.group).div_ceil(self.wide())
    }

    pub(super) fn strips(&self) -> usize {
        self.outputs.div_ceil(OUTPUTS)
    }

    pub(super) fn strip(&self, at: usize) -> Strip<'_> {
        let (steps, groups) = (self.steps(), self.groups());
        let zeros = if self.zeros.is_empty() { &[][..] } else { &self.zeros[at * groups..][..groups] };
        Strip {
            blocks: &self.blocks[at * steps..][..steps],
            in_group: self.in_group(),
            scales: &self.scales[at * groups..][..groups],
            zeros,
        }
    }
}

/// `[outputs, groups]` as `[strips, groups, 8]`, filled up with zeros.
fn in_strips<T: Copy + Default>(numbers: &[T], groups: usize) -> Vec<[T; OUTPUTS]> {
    let strip = |rows: &[T]| {
        let group = |group| std::array::from_fn(|lane| rows.get(lane * groups + group).copied().unwrap_or_default());
        (0..groups).map(group).collect::<Vec<_>>()
    };
    numbers.chunks(groups * OUTPUTS).flat_map(strip).collect()
}
