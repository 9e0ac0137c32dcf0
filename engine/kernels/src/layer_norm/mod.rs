//! Layer norm (Ba, Kiros and Hinton 2016): every row gets mean 0 and variance 1, then a gain and a bias.

pub mod naive;

use crate::lanes::{F32x4, fours, fours_mut};

/// What the backward pass needs of each row: its mean and one over its standard deviation.
pub type Statistics = [f32; 2];

/// `out = (x - mean) / sqrt(variance + eps) · gain + bias`, row by row; `x`, `out: [rows, width]`,
/// `gain`, `bias: [width]`, `stats: [rows]`.
///
/// # Panics
/// If a slice has the wrong length.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn forward(x: &[f32], gain: &[f32], bias: &[f32], eps: f32, out: &mut [f32], stats: &mut [Statistics]) {
    let width = gain.len();
    assert!(bias.len() == width && x.len() == out.len() && x.len() == width * stats.len(), "layer norm: lengths");
    for ((x, out), stats) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)).zip(stats) {
        let mean = sum(x, |x| x) / width as f32;
        let means = F32x4::splat(mean);
        let variance = sum(x, |x| (x - means) * (x - means)) / width as f32;
        let scale = 1.0 / (variance + eps).sqrt();
        *stats = [mean, scale];
        let scales = F32x4::splat(scale);
        let ((x4, x), (o4, o), (g4, g), (b4, b)) = (fours(x), fours_mut(out), fours(gain), fours(bias));
        for (((x, out), gain), bias) in x4.iter().zip(o4).zip(g4).zip(b4) {
            let normal = (F32x4::load(x) - means) * scales;
            normal.madd(F32x4::load(gain), F32x4::load(bias)).store(out);
        }
        for (((x, out), gain), bias) in x.iter().zip(o).zip(g).zip(b) {
            *out = (x - mean) * scale * gain + bias;
        }
    }
}

/// The gradient of `x`, written to `grad_x`; those of gain and bias are added to `grad_gain` and `grad_bias`.
///
/// With `n = (x - mean) / std` and `g = grad_out · gain`: `grad_x = (g - mean(g) - n · mean(g · n)) / std`.
///
/// # Panics
/// If a slice has the wrong length.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn backward(
    x: &[f32],
    gain: &[f32],
    stats: &[Statistics],
    grad_out: &[f32],
    grad_x: &mut [f32],
    [grad_gain, grad_bias]: [&mut [f32]; 2],
) {
    let width = gain.len();
    assert!(x.len() == width * stats.len() && grad_out.len() == x.len() && grad_x.len() == x.len(), "lengths");
    let rows = x.chunks_exact(width).zip(grad_out.chunks_exact(width)).zip(grad_x.chunks_exact_mut(width)).zip(stats);
    for (((x, grad_out), grad_x), &[mean, scale]) in rows {
        let (means, scales) = (F32x4::splat(mean), F32x4::splat(scale));
        let ((x4, xr), (d4, dr), (g4, gr)) = (fours(x), fours(grad_out), fours(gain));
        let ((gg4, ggr), (gb4, gbr)) = (fours_mut(grad_gain), fours_mut(grad_bias));
        let mut sums = [F32x4::zero(); 2];
        for ((((x, d), gain), to_gain), to_bias) in x4.iter().zip(d4).zip(g4).zip(gg4).zip(gb4) {
            let normal = (F32x4::load(x) - means) * scales;
            let d = F32x4::load(d);
            let g = d * F32x4::load(gain);
            sums = [sums[0] + g, g.madd(normal, sums[1])];
            d.madd(normal, F32x4::load(to_gain)).store(to_gain);
            (F32x4::load(to_bias) + d).store(to_bias);
        }
        let mut sums = sums.map(F32x4::sum);
        for ((((x, d), gain), to_gain), to_bias) in xr.iter().zip(dr).zip(gr).zip(ggr).zip(gbr) {
            let normal = (x - mean) * scale;
            sums[0] += d * gain;
            sums[1] += d * gain * normal;
            *to_gain += d * normal;
            *to_bias += d;
        }
        let [mean_g, mean_gn] = sums.map(|sum| sum / width as f32);
        let (mg, mgn) = (F32x4::splat(mean_g), F32x4::splat(mean_gn));
        let (to4, tor) = fours_mut(grad_x);
        for (((x, d), gain), to) in x4.iter().zip(d4).zip(g4).zip(to4) {
            let normal = (F32x4::load(x) - means) * scales;
            let g = F32x4::load(d) * F32x4::load(gain);
            ((g - mg - normal * mgn) * scales).store(to);
        }
        for (((x, d), gain), to) in xr.iter().zip(dr).zip(gr).zip(tor) {
            let normal = (x - mean) * scale;
            *to = (d * gain - mean_g - normal * mean_gn) * scale;
        }
    }
}

/// The sum of `f` of every number of a row.
#[inline]
fn sum(row: &[f32], f: impl Fn(F32x4) -> F32x4) -> f32 {
    let (many, rest) = fours(row);
    let mut sums = F32x4::zero();
    for four in many {
        sums = sums + f(F32x4::load(four));
    }
    let rest: f32 = rest.iter().map(|&x| f(F32x4::splat(x)).to_array()[0]).sum();
    sums.sum() + rest
}
