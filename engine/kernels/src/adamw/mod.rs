//! AdamW (Loshchilov and Hutter 2017) over a stretch of parameters, in one pass.

pub mod naive;

use crate::lanes::{F32x4, fours, fours_mut};

/// What one step needs to know beside the numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// How far to go.
    pub learning_rate: f32,
    /// Pull towards zero, per unit of learning rate; zero for biases, gains and embeddings.
    pub weight_decay: f32,
    /// Factor on the gradient, from clipping.
    pub grad_scale: f32,
    /// Which step this is, from one: the means start at zero, which is corrected for.
    pub count: u32,
    /// How much the running means of the gradient and of its square keep of what they were.
    pub betas: [f32; 2],
    /// Keeps the division finite.
    pub eps: f32,
}

/// Moves `params` against `grads` and updates both running means; all slices have one length.
///
/// # Panics
/// If the lengths differ.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn update(params: &mut [f32], grads: &[f32], mean: &mut [f32], square: &mut [f32], step: &Step) {
    let n = params.len();
    assert!(grads.len() == n && mean.len() == n && square.len() == n, "AdamW: lengths");
    let s = F32x4::splat;
    let [mean_scale, square_scale] = step.betas.map(|beta| s(1.0 / (1.0 - beta.powi(step.count as i32))));
    let [mean_kept, square_kept] = step.betas.map(s);
    let [mean_taken, square_taken] = step.betas.map(|beta| s(1.0 - beta));
    let keep = s(1.0 - step.learning_rate * step.weight_decay);
    let rate = s(-step.learning_rate);
    let one = |p: F32x4, g: F32x4, m: F32x4, v: F32x4| {
        let g = g * s(step.grad_scale);
        let m = m.madd(mean_kept, g * mean_taken);
        let v = v.madd(square_kept, g * g * square_taken);
        let direction = m * mean_scale / ((v * square_scale).sqrt() + s(step.eps));
        (p.madd(keep, direction * rate), m, v)
    };
    let ((p4, p), (g4, g), (m4, m), (v4, v)) = (fours_mut(params), fours(grads), fours_mut(mean), fours_mut(square));
    for (((p, g), m), v) in p4.iter_mut().zip(g4).zip(m4).zip(v4) {
        let (to_p, to_m, to_v) = one(F32x4::load(p), F32x4::load(g), F32x4::load(m), F32x4::load(v));
        to_p.store(p);
        to_m.store(m);
        to_v.store(v);
    }
    for (((p, g), m), v) in p.iter_mut().zip(g).zip(m).zip(v) {
        let (to_p, to_m, to_v) = one(s(*p), s(*g), s(*m), s(*v));
        [*p, *m, *v] = [to_p, to_m, to_v].map(|x| x.to_array()[0]);
    }
}

/// The sum of the squares of all numbers, in double precision: finite unless a number is not.
pub fn sum_of_squares(numbers: &[f32]) -> f64 {
    let (many, rest) = numbers.as_chunks::<64>();
    // Short sums in single precision, long ones in double.
    let short = |few: &[f32]| few.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
    many.iter().map(|few| short(few)).sum::<f64>() + short(rest)
}
