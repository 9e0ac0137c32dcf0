//! One new query against all keys and values so far: attention while writing.

use super::Shape;
use crate::{
    lanes::{F32x4, fours, fours_mut},
    matmul::dot,
    softmax::softmax,
};

/// `out = Σⱼ softmax(query · key[j] / √d_head) · value[j]`, head by head.
///
/// `query`, `out: [d_model]`; `keys`, `values: [tokens, d_model]`, all of which may be looked at.
///
/// # Panics
/// If the lengths do not fit.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn attend(query: &[f32], keys: &[f32], values: &[f32], n_heads: usize, out: &mut [f32]) {
    let d_model = query.len();
    let d_head = d_model / n_heads;
    let tokens = keys.len() / d_model;
    assert!(keys.len() == values.len() && keys.len() == tokens * d_model && out.len() == d_model, "lengths");
    let shape = Shape { batch: 1, tokens, n_heads, d_head };
    let mut weights = vec![0.0; tokens];
    for (head, (query, out)) in query.chunks_exact(d_head).zip(out.chunks_exact_mut(d_head)).enumerate() {
        let from = head * d_head;
        for (weight, key) in weights.iter_mut().zip(keys.chunks_exact(d_model)) {
            *weight = dot(query, &key[from..from + d_head]);
        }
        softmax(&mut weights, shape.scale());
        out.fill(0.0);
        for (&weight, value) in weights.iter().zip(values.chunks_exact(d_model)) {
            let ((v4, v), (o4, o)) = (fours(&value[from..from + d_head]), fours_mut(out));
            let lanes = F32x4::splat(weight);
            for (out, value) in o4.iter_mut().zip(v4) {
                lanes.madd(F32x4::load(value), F32x4::load(out)).store(out);
            }
            for (out, value) in o.iter_mut().zip(v) {
                *out += weight * value;
            }
        }
    }
}
