//! Weights in the order in which registers read them.

use super::{Block, Codes, LONGEST, OUTPUTS, QUAD, Strip, Weights, naive::unpack};

/// A layer's weights, laid out once: strips of eight outputs, and in a strip four inputs of each output side by side.
///
/// It takes the bytes of the [`Weights`], and what fills up the last strip and, in groups of an uneven size, each group.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    inputs: usize,
    outputs: usize,
    group: usize,
    /// Whether a weight has four bits.
    pub(super) four: bool,
    /// `[strips, steps, 2 or 1]`: a step is four inputs, and each group begins with one of its own.
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
        made.blocks.reserve_exact(made.strips() * made.steps() * made.in_step());
        for strip in 0..made.strips() {
            for begin in (0..inputs).step_by(made.group) {
                let end = inputs.min(begin + made.group);
                for first in (begin..end).step_by(QUAD) {
                    let half = |half: usize| -> Block {
                        std::array::from_fn(|at| {
                            let (output, input) = (strip * OUTPUTS + half * 4 + at / QUAD, first + at % QUAD);
                            if output < outputs && input < end { code(output, input) } else { 0 }
                        })
                    };
                    let [low, high] = [half(0), half(1)];
                    if four {
                        made.blocks.push(std::array::from_fn(|at| low[at] | high[at] << 4));
                    } else {
                        made.blocks.extend([low, high]);
                    }
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
        for (group, numbers) in to.chunks_mut(self.group).enumerate() {
            let zero = self.above() + strip.zeros.get(group).map_or(0, |zeros| i32::from(zeros[lane]));
            for (step, numbers) in numbers.chunks_mut(QUAD).enumerate() {
                let (step, place) = (group * self.in_group() + step, lane % 4 * QUAD);
                for (at, number) in numbers.iter_mut().enumerate() {
                    let code = match self.four {
                        false => strip.blocks[2 * step + lane / 4][place + at],
                        true => strip.blocks[step][place + at] >> (lane / 4 * 4) & 15,
                    };
                    *number = strip.scales[group][lane] * (i32::from(code) - zero) as f32;
                }
            }
        }
    }

    /// How far above the whole numbers the bytes stand.
    pub(super) fn above(&self) -> i32 {
        if self.four { 8 } else { 128 }
    }

    /// Blocks of a step.
    fn in_step(&self) -> usize {
        if self.four { 1 } else { 2 }
    }

    pub(super) fn group(&self) -> usize {
        self.group
    }

    pub(super) fn groups(&self) -> usize {
        self.inputs.div_ceil(self.group)
    }

    /// Steps of a group, but perhaps of the last.
    pub(super) fn in_group(&self) -> usize {
        self.group.div_ceil(QUAD)
    }

    /// Steps of a row.
    pub(super) fn steps(&self) -> usize {
        let whole = self.groups() - 1;
        whole * self.in_group() + (self.inputs - whole * self.group).div_ceil(QUAD)
    }

    pub(super) fn strips(&self) -> usize {
        self.outputs.div_ceil(OUTPUTS)
    }

    pub(super) fn strip(&self, at: usize) -> Strip<'_> {
        let (blocks, groups) = (self.steps() * self.in_step(), self.groups());
        let zeros = if self.zeros.is_empty() { &[][..] } else { &self.zeros[at * groups..][..groups] };
        Strip {
            blocks: &self.blocks[at * blocks..][..blocks],
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
