//! Attention without a mask: every token looks at all tokens of its sequence, those after it too (an encoder).

use super::{Shape, by_column, by_row};
use crate::{
    matmul::{Out, product_of_views},
    softmax::softmax,
};

/// `mixed[i] = Σⱼ weights[i, j] · value[j]`, head by head, with `weights[i] = softmax(query[i] · key[j] / √d_head)`.
///
/// `qkv: [batch, tokens, 3 · d_model]` (queries, keys, values); `mixed: [batch, tokens, d_model]`. `room` holds the
/// weights of one head while they are needed.
///
/// # Panics
/// If a slice has the wrong length.
pub fn forward(shape: Shape, qkv: &[f32], mixed: &mut [f32], room: &mut Vec<f32>) {
    assert_eq!(qkv.len(), shape.qkv_len(), "attention: qkv");
    assert_eq!(mixed.len(), shape.mixed_len(), "attention: mixed");
    let (d, d_head, tokens) = (shape.d_model(), shape.d_head, shape.tokens);
    room.resize(tokens * tokens, 0.0);
    for [at_qkv, at_mixed, _] in shape.heads() {
        let (query, key) = (by_row(&qkv[at_qkv..], 3 * d), by_column(&qkv[at_qkv + d..], 3 * d));
        product_of_views([tokens, d_head, tokens], query, key, Out { data: room, row: tokens, add: false });
        for scores in room.chunks_exact_mut(tokens) {
            softmax(scores, shape.scale());
        }
        let value = by_row(&qkv[at_qkv + 2 * d..], 3 * d);
        let out = Out { data: &mut mixed[at_mixed..], row: d, add: false };
        product_of_views([tokens, tokens, d_head], by_row(room, tokens), value, out);
    }
}
