//! Products of a layer with what flows into it: in whole numbers, or in floats.

use super::{
    Layer, OUTPUTS, QUAD, Strip,
    inputs::{Inputs, SAMPLES},
    register::Register,
    sums,
};
use crate::{lanes::F32x4, matmul::by_strips};
use std::cell::RefCell;

thread_local! {
    /// Room for whole numbers and for floats, kept from one product to the next.
    static ROOM: RefCell<(Inputs, Vec<f32>)> = RefCell::default();
}

impl Layer {
    /// `out += x · weightsᵀ`, where each row of `x` is rounded to whole numbers from -127 to 127, with a scale of its own
    /// that reaches to the number furthest from zero. Numbers that are none count as 0.
    ///
    /// # Shapes
    /// - `x`: `[samples, inputs]`
    /// - `out`: `[samples, outputs]`
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn add_rounded(&self, x: &[f32], out: &mut [f32]) {
        self.check(x.len(), out.len());
        ROOM.with_borrow_mut(|(room, _)| {
            room.round(self, x);
            self.add(room, out);
        });
    }

    /// `out += x · weightsᵀ` for whole numbers `x: [samples, inputs]`, each row with a scale of its own.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn add_whole(&self, x: &[i8], x_scales: &[f32], out: &mut [f32]) {
        self.check(x.len(), out.len());
        assert_eq!(x.len(), x_scales.len() * self.inputs(), "a scale for each sample");
        ROOM.with_borrow_mut(|(room, _)| {
            room.take(self, x, x_scales);
            self.add(room, out);
        });
    }

    /// `out += x · weightsᵀ` in floats: weights are read back a few at a time, in registers or in a strip of eight outputs.
    ///
    /// # Shapes
    /// - `x`: `[samples, inputs]`
    /// - `out`: `[samples, outputs]`
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn add_floats(&self, x: &[f32], out: &mut [f32]) {
        let samples = self.check(x.len(), out.len());
        if samples < SAMPLES {
            ROOM.with_borrow_mut(|(_, room)| {
                for (x, out) in x.chunks_exact(self.inputs()).zip(out.chunks_exact_mut(self.outputs())) {
                    if self.four { self.row::<1>(x, room, out) } else { self.row::<2>(x, room, out) }
                }
            });
        } else {
            let strip = |at: usize, to: &mut [f32]| self.read_strip(at, to);
            by_strips([samples, self.inputs(), self.outputs()], x, out, strip);
        }
    }

    fn check(&self, x: usize, out: usize) -> usize {
        let samples = x / self.inputs();
        assert_eq!(x, samples * self.inputs(), "whole rows of inputs");
        assert_eq!(out, samples * self.outputs(), "a place for each result");
        samples
    }

    fn add(&self, x: &Inputs, out: &mut [f32]) {
        if self.four { self.tiles::<1>(x, out) } else { self.tiles::<2>(x, out) }
    }

    /// All tiles; a step has `B` blocks.
    #[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
    fn tiles<const B: usize>(&self, x: &Inputs, out: &mut [f32]) {
        let (way, samples, outputs) = (sums::way(), x.scales.len(), self.outputs());
        for number in 0..self.strips() {
            let strip = self.strip(number);
            let columns = number * OUTPUTS..outputs.min((number + 1) * OUTPUTS);
            let mut sample = 0;
            while sample < samples {
                let to = &mut out[sample * outputs..];
                if samples - sample >= SAMPLES {
                    let [words, totals] = x.tile::<SAMPLES>(sample);
                    let tile = sums::tile::<B, SAMPLES>(way, strip, words, totals);
                    for s in 0..SAMPLES {
                        put(tile[s], x.scales[sample + s], &mut to[s * outputs..][columns.clone()]);
                    }
                    sample += SAMPLES;
                } else {
                    let [words, totals] = x.tile::<1>(sample);
                    let [sums] = sums::tile::<B, 1>(way, strip, words, totals);
                    put(sums, x.scales[sample], &mut to[columns.clone()]);
                    sample += 1;
                }
            }
        }
    }

    /// One sample in floats; a step has `B` blocks.
    #[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
    fn row<const B: usize>(&self, x: &[f32], room: &mut Vec<f32>, out: &mut [f32]) {
        room.clear();
        let mut totals = Vec::with_capacity(self.groups());
        for group in x.chunks(self.group()) {
            totals.push(group.iter().sum());
            for step in group.chunks(QUAD) {
                room.extend((0..QUAD).map(|at| step.get(at).map_or(0.0, |x| x * PARTS[at].factor)));
            }
        }
        let (x, _) = room.as_chunks::<QUAD>();
        for (number, out) in out.chunks_mut(OUTPUTS).enumerate() {
            put(float_sums::<B>(self.strip(number), self.above(), x, &totals), 1.0, out);
        }
    }

    /// A strip's numbers, `[inputs, 8]`.
    fn read_strip(&self, at: usize, to: &mut [f32]) {
        if self.four { self.strip(at).read::<1>(self, to) } else { self.strip(at).read::<2>(self, to) }
    }
}

/// How one input's numbers come out of the four bytes that each output has.
struct Part {
    shift: u32,
    mask: u32,
    /// What is left where it lies is too large by a power of two: the input makes that good, without rounding.
    factor: f32,
}

/// The four of a step. The last would be a sign if it were left there.
const PARTS: [Part; QUAD] = [
    Part { shift: 0, mask: 0xff, factor: 1.0 },
    Part { shift: 0, mask: 0xff00, factor: 1.0 / 256.0 },
    Part { shift: 0, mask: 0xff_0000, factor: 1.0 / 65_536.0 },
    Part { shift: 24, mask: 0xff, factor: 1.0 },
];

/// Which bits of each byte belong to half a strip, where a step has `B` blocks, and how many times too large they are.
const fn bits<const B: usize>(half: usize) -> (u32, f32) {
    match (B, half) {
        (2, _) => (0xffff_ffff, 1.0),
        (_, 0) => (0x0f0f_0f0f, 1.0),
        _ => (0xf0f0_f0f0, 16.0),
    }
}

impl Strip<'_> {
    /// How far the bytes of a group stand above zero.
    fn float_zeros(&self, group: usize, above: i32) -> [F32x4; 2] {
        let zeros = self.zeros.get(group).copied().unwrap_or_default();
        halves(&zeros.map(|zero| (i32::from(zero) + above) as f32))
    }

    /// All numbers, `[inputs, 8]`; a step has `B` blocks.
    fn read<const B: usize>(&self, layer: &Layer, to: &mut [f32]) {
        let (to, _) = to.as_chunks_mut::<OUTPUTS>();
        let groups = to.chunks_mut(layer.group()).zip(self.blocks.as_chunks::<B>().0.chunks(self.in_group));
        for (group, (to, blocks)) in groups.enumerate() {
            let (scales, zeros) = (halves(&self.scales[group]), self.float_zeros(group, layer.above()));
            for (to, block) in to.chunks_mut(QUAD).zip(blocks) {
                let registers = [Register::load(&block[0]), Register::load(&block[1 % B])];
                for (at, to) in to.iter_mut().enumerate() {
                    for (half, to) in to.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                        let (bits, times) = bits::<B>(half);
                        let codes = registers[half].part(8 * at as u32, bits & 255) * F32x4::splat(1.0 / times);
                        (scales[half] * (codes - zeros[half])).store(to);
                    }
                }
            }
        }
    }
}

/// The sums of one sample; a step has `B` blocks, `x` are the inputs times the factors of their parts, `totals` what those
/// of each group add up to.
#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn float_sums<const B: usize>(strip: Strip, above: i32, x: &[[f32; QUAD]], totals: &[f32]) -> [F32x4; 2] {
    let mut sums = [F32x4::zero(); 2];
    for (group, blocks) in strip.blocks.as_chunks::<B>().0.chunks(strip.in_group).enumerate() {
        let x = &x[group * strip.in_group..][..blocks.len()];
        // A sum waits for the one before it: two of them side by side keep a processor busy.
        let mut products = [[F32x4::zero(); 2]; 2];
        for (block, x) in blocks.iter().zip(x) {
            let registers = [Register::load(&block[0]), Register::load(&block[1 % B])];
            for (at, part) in PARTS.iter().enumerate() {
                let x = F32x4::splat(x[at]);
                for half in 0..2 {
                    let codes = registers[half].part(part.shift, part.mask & bits::<B>(half).0);
                    products[at % 2][half] = codes.madd(x, products[at % 2][half]);
                }
            }
        }
        let (scales, zeros) = (halves(&strip.scales[group]), strip.float_zeros(group, above));
        let total = F32x4::splat(totals[group]);
        for half in 0..2 {
            let products = (products[0][half] + products[1][half]) * F32x4::splat(1.0 / bits::<B>(half).1);
            sums[half] = sums[half] + scales[half] * (products - zeros[half] * total);
        }
    }
    sums
}

/// Eight numbers in two registers.
#[inline(always)]
pub(super) fn halves(&[a, b, c, d, e, f, g, h]: &[f32; OUTPUTS]) -> [F32x4; 2] {
    [F32x4::load(&[a, b, c, d]), F32x4::load(&[e, f, g, h])]
}

/// Adds a strip's sums times `scale` to the up to eight results that there are.
#[inline(always)]
fn put(sums: [F32x4; 2], scale: f32, out: &mut [f32]) {
    let sums = sums.map(|sum| sum * F32x4::splat(scale));
    if let Ok(out) = <&mut [f32; OUTPUTS]>::try_from(&mut *out) {
        for (out, sum) in out.as_chunks_mut::<4>().0.iter_mut().zip(sums) {
            (F32x4::load(out) + sum).store(out);
        }
    } else {
        let both = sums.map(F32x4::to_array);
        out.iter_mut().zip(both.as_flattened()).for_each(|(out, sum)| *out += sum);
    }
}
