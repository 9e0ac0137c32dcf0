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
                    if self.four { self.row::<{ 2 * QUAD }>(x, room, out) } else { self.row::<QUAD>(x, room, out) }
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
        if self.four { self.tiles::<2>(x, out) } else { self.tiles::<1>(x, out) }
    }

    /// All tiles; a step has `Q` words of inputs.
    #[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
    fn tiles<const Q: usize>(&self, x: &Inputs, out: &mut [f32]) {
        let (way, samples, outputs) = (sums::way(), x.scales.len(), self.outputs());
        for number in 0..self.strips() {
            let strip = self.strip(number);
            let columns = number * OUTPUTS..outputs.min((number + 1) * OUTPUTS);
            let mut sample = 0;
            while sample < samples {
                let to = &mut out[sample * outputs..];
                if samples - sample >= SAMPLES {
                    let (words, totals) = x.tile::<Q, SAMPLES>(sample);
                    let tile = sums::tile(way, strip, words, totals);
                    for s in 0..SAMPLES {
                        put(tile[s], x.scales[sample + s], &mut to[s * outputs..][columns.clone()]);
                    }
                    sample += SAMPLES;
                } else {
                    let (words, totals) = x.tile::<Q, 1>(sample);
                    let [sums] = sums::tile(way, strip, words, totals);
                    put(sums, x.scales[sample], &mut to[columns.clone()]);
                    sample += 1;
                }
            }
        }
    }

    /// One sample in floats; a step has `N` inputs.
    #[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
    fn row<const N: usize>(&self, x: &[f32], room: &mut Vec<f32>, out: &mut [f32]) {
        room.clear();
        let mut totals = Vec::with_capacity(self.groups());
        for group in x.chunks(self.group()) {
            totals.push(group.iter().sum());
            for step in group.chunks(N) {
                for (at, part) in Part::all::<N>().into_iter().enumerate() {
                    room.push(if at < step.len() { step[at] * part.factor } else { 0.0 });
                }
            }
        }
        let (x, _) = room.as_chunks::<N>();
        for (number, out) in out.chunks_mut(OUTPUTS).enumerate() {
            put(float_sums(self.strip(number), self.above(), x, &totals), 1.0, out);
        }
    }

    /// A strip's numbers, `[inputs, 8]`.
    fn read_strip(&self, at: usize, to: &mut [f32]) {
        let strip = self.strip(at);
        let (to, _) = to.as_chunks_mut::<OUTPUTS>();
        let groups = to.chunks_mut(self.group()).zip(strip.blocks.chunks(strip.in_group));
        for (group, (to, blocks)) in groups.enumerate() {
            let (scales, zeros) = (halves(&strip.scales[group]), strip.float_zeros(group, self.above()));
            for (to, block) in to.chunks_mut(self.wide()).zip(blocks) {
                let registers = [Register::load(&block[0]), Register::load(&block[1])];
                for (at, to) in to.iter_mut().enumerate() {
                    let (shift, mask) = if self.four { (lies_at(at), 15) } else { (lies_at(at), 255) };
                    for (half, to) in to.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                        let codes = registers[half].part(shift, mask);
                        (scales[half] * (codes - zeros[half])).store(to);
                    }
                }
            }
        }
    }
}

/// Where the bits of an input of a step begin, in the four bytes of an output.
const fn lies_at(at: usize) -> u32 {
    (at % QUAD * 8 + at / QUAD * 4) as u32
}

/// How the number of one input comes out of the four bytes of an output.
#[derive(Clone, Copy)]
struct Part {
    shift: u32,
    mask: u32,
    /// A part that is left where it lies is too large by a power of two: the input makes that good, without rounding.
    factor: f32,
}

impl Part {
    /// All of a step: four of eight bits, or eight of four.
    const fn all<const N: usize>() -> [Self; N] {
        let bits = if N == QUAD { 8 } else { 4 };
        let mask = (1 << bits) - 1;
        let mut all = [Self { shift: 0, mask, factor: 1.0 }; N];
        let mut at = 0;
        while at < N {
            let begin = lies_at(at);
            all[at] = if begin + bits == u32::BITS {
                // Left there, its highest bit would be a sign.
                Self { shift: begin, mask, factor: 1.0 }
            } else {
                Self { shift: 0, mask: mask << begin, factor: 1.0 / (1u32 << begin) as f32 }
            };
            at += 1;
        }
        all
    }
}

impl Strip<'_> {
    /// How far the bytes of a group stand above zero.
    fn float_zeros(&self, group: usize, above: i32) -> [F32x4; 2] {
        let zeros = self.zeros.get(group).copied().unwrap_or_default();
        halves(&zeros.map(|zero| (i32::from(zero) + above) as f32))
    }
}

/// The sums of one sample; `x` are its inputs times the factors of their parts, `totals` what those of each group add up
/// to.
#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn float_sums<const N: usize>(strip: Strip, above: i32, mut x: &[[f32; N]], totals: &[f32]) -> [F32x4; 2] {
    let parts = const { Part::all::<N>() };
    let mut sums = [F32x4::zero(); 2];
    for (group, blocks) in strip.blocks.chunks(strip.in_group).enumerate() {
        let (here, rest) = x.split_at(blocks.len());
        x = rest;
        // A sum waits for the one before it: more of them side by side keep a processor busy.
        let mut products = [[F32x4::zero(); 2]; 2];
        for (block, x) in blocks.iter().zip(here) {
            let registers = [Register::load(&block[0]), Register::load(&block[1])];
            for at in 0..N {
                let (part, x) = (parts[at], F32x4::splat(x[at]));
                let sums = &mut products[at % 2];
                for half in 0..2 {
                    sums[half] = registers[half].part(part.shift, part.mask).madd(x, sums[half]);
                }
            }
        }
        let [even, odd] = products;
        let (scales, zeros) = (halves(&strip.scales[group]), strip.float_zeros(group, above));
        let total = F32x4::splat(totals[group]);
        for half in 0..2 {
            let products = even[half] + odd[half];
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
