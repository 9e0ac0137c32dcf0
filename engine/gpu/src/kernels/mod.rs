//! The kernels, each a WGSL file in this folder, and the constants each of them needs.
//!
//! Read `matmul.wgsl` first (`packed.wgsl` is its twin for whole numbers), then forward (`embed`, `layer_norm`, `attention`, `cross_entropy`), backward
//! (the files with `backward`), the optimizer (`squares`, `verdict`, `adamw`), and decoding (`decode_*`).

use crate::plan::Kernel;
use engine_core::adamw::{BETAS, EPS};

const GELU: &str = include_str!("gelu.wgsl");
const MATMUL: &str = include_str!("matmul.wgsl");
const PACKED: &str = include_str!("packed.wgsl");
const EMBED: &str = include_str!("embed.wgsl");
const EMBED_BACKWARD: &str = include_str!("embed_backward.wgsl");
const LAYER_NORM_PARTS: &str = include_str!("layer_norm_parts.wgsl");
const LAYER_NORM: &str = include_str!("layer_norm.wgsl");
const LAYER_NORM_BACKWARD: &str = include_str!("layer_norm_backward.wgsl");
const LAYER_NORM_GAINS: &str = include_str!("layer_norm_gains.wgsl");
const ATTENTION_PARTS: &str = include_str!("attention_parts.wgsl");
const ATTENTION: &str = include_str!("attention.wgsl");
const ATTENTION_BACKWARD_PARTS: &str = include_str!("attention_backward_parts.wgsl");
const ATTENTION_BACKWARD_QUERY: &str = include_str!("attention_backward_query.wgsl");
const ATTENTION_BACKWARD_KEY: &str = include_str!("attention_backward_key.wgsl");
const CROSS_ENTROPY: &str = include_str!("cross_entropy.wgsl");
const LOSS_SUM: &str = include_str!("loss_sum.wgsl");
const SQUARES: &str = include_str!("squares.wgsl");
const VERDICT: &str = include_str!("verdict.wgsl");
const ADAMW: &str = include_str!("adamw.wgsl");
const DECODE_LINEAR: &str = include_str!("decode_linear.wgsl");
const DECODE_ATTENTION: &str = include_str!("decode_attention.wgsl");
const DECODE_PICK: &str = include_str!("decode_pick.wgsl");

/// Rows that one workgroup of the layer norms takes.
const LAYER_NORM_ROWS: usize = 16;
/// Rows and columns that one workgroup of the matrix product takes.
const MATMUL_TILE: [usize; 2] = [64, 32];
/// Workgroups that share the sum of squares.
pub(crate) const SQUARE_GROUPS: usize = 64;
/// The most workgroups of AdamW; each thread takes several cells of a large model.
const ADAMW_GROUPS: usize = 4096;

/// How many workgroups cover `count` things.
fn groups(count: usize, per_group: usize) -> usize {
    count.div_ceil(per_group)
}

/// A kernel and the grid it is started with.
pub(crate) struct Call {
    pub(crate) kernel: Kernel,
    pub(crate) groups: [usize; 3],
}

impl Call {
    fn with_numbers(mut self, numbers: &[(&'static str, f32)]) -> Self {
        self.kernel.numbers.extend(numbers);
        self
    }
}

fn call(
    name: &'static str,
    sources: &[&'static str],
    constants: &[(&'static str, usize)],
    features: &[&'static str],
    groups: [usize; 3],
) -> Call {
    let (sources, constants) = (sources.to_vec(), constants.to_vec());
    let kernel = Kernel { name, sources, constants, numbers: Vec::new(), features: features.to_vec() };
    Call { kernel, groups }
}

/// Which of the two factors is stored transposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A is `[m, k]`, B is `[k, n]`.
    Nn,
    /// A is `[m, k]`, B is `[n, k]`.
    Nt,
    /// A is `[k, m]`, B is `[k, n]`.
    Tn,
}

/// A matrix product `[m, k] · [k, n]`, where each stored matrix has rows as long as its stride.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    pub(crate) layout: Layout,
    pub(crate) m: usize,
    pub(crate) k: usize,
    pub(crate) n: usize,
    pub(crate) a_stride: usize,
    pub(crate) b_stride: usize,
    pub(crate) out_stride: usize,
}

impl Product {
    /// Of matrices whose rows have no gaps.
    pub(crate) fn new(layout: Layout, [m, k, n]: [usize; 3]) -> Self {
        let a_stride = if layout == Layout::Tn { m } else { k };
        let b_stride = if layout == Layout::Nt { k } else { n };
        Self { layout, m, k, n, a_stride, b_stride, out_stride: n }
    }

    /// `extras` are the features of `matmul.wgsl` beyond the layout.
    pub(crate) fn call(&self, extras: &[&'static str]) -> Call {
        let Self { layout, m, k, n, a_stride, b_stride, out_stride } = *self;
        let mut features = extras.to_vec();
        match layout {
            Layout::Nn => {}
            Layout::Nt => features.push("RIGHT_T"),
            Layout::Tn => features.push("LEFT_T"),
        }
        if [k, n, a_stride, b_stride, out_stride].iter().any(|size| !size.is_multiple_of(4)) {
            features.push("RAGGED");
        }
        let constants =
            [("M", m), ("K", k), ("N", n), ("A_STRIDE", a_stride), ("B_STRIDE", b_stride), ("OUT_STRIDE", out_stride)];
        let grid = [groups(n, MATMUL_TILE[1]), groups(m, MATMUL_TILE[0]), 1];
        // The types of gelu.wgsl are declared by matmul.wgsl; WGSL does not mind the order.
        call("matmul", &[MATMUL, GELU], &constants, &features, grid)
    }
}

/// A product of whole numbers: `[rows, words, outputs]`, where a word holds four of a row's numbers.
pub(crate) fn packed([m, words, n]: [usize; 3], group_count: usize, four: bool, built_in: bool) -> Call {
    let constants =
        [("M", m), ("N", n), ("WORDS", words), ("GROUPS", group_count), ("GROUP_WORDS", words / group_count)];
    let features: Vec<_> =
        [(four, "FOUR"), (built_in, "DOT")].into_iter().filter_map(|(on, name)| on.then_some(name)).collect();
    call("packed", &[PACKED], &constants, &features, [groups(n, 32), groups(m, 32), 1])
}

/// `rows` embeddings of sequences of `context` tokens.
pub(crate) fn embed(rows: usize, context: usize, d_model: usize) -> Call {
    call("embed", &[EMBED], &[("T", context), ("D", d_model)], &[], [groups(d_model, 64), rows, 1])
}

/// The newest token's embedding.
pub(crate) fn embed_one(d_model: usize) -> Call {
    call("embed", &[EMBED], &[("D", d_model)], &["ONE"], [groups(d_model, 64), 1, 1])
}

pub(crate) fn embed_backward(rows: usize, context: usize, d_model: usize) -> Call {
    let constants = [("ROWS", rows), ("T", context), ("D", d_model)];
    call("embed_backward", &[EMBED_BACKWARD], &constants, &[], [groups(d_model, 64), rows + context, 1])
}

pub(crate) fn layer_norm(rows: usize, d_model: usize) -> Call {
    let grid = [layer_norm_groups(rows), 1, 1];
    call("layer_norm", &[LAYER_NORM_PARTS, LAYER_NORM], &[("ROWS", rows), ("D", d_model)], &[], grid)
}

/// Workgroups of a layer norm over `rows`, and so shares of the gradients of its gain and bias.
pub(crate) fn layer_norm_groups(rows: usize) -> usize {
    groups(rows, LAYER_NORM_ROWS)
}

/// The way back through layer norm number `index`; `add` keeps what is in the result already.
pub(crate) fn layer_norm_backward(rows: usize, d_model: usize, index: usize, add: bool) -> Call {
    let count = layer_norm_groups(rows);
    let constants = [("ROWS", rows), ("D", d_model), ("GROUPS", count), ("LAYER_NORM", index)];
    let features: &[&str] = if add { &["ADD"] } else { &[] };
    call("layer_norm_backward", &[LAYER_NORM_PARTS, LAYER_NORM_BACKWARD], &constants, features, [count, 1, 1])
}

/// Adds up the shares of `count` layer norms; a gain's or bias's gradient takes `stride` numbers.
pub(crate) fn layer_norm_gains(rows: usize, d_model: usize, count: usize, stride: usize) -> Call {
    let constants = [("D", d_model), ("GROUPS", layer_norm_groups(rows)), ("STRIDE", stride)];
    call("layer_norm_gains", &[LAYER_NORM_GAINS], &constants, &[], [groups(2 * d_model, 64), count, 1])
}

/// The sizes that every kernel of attention is compiled for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heads {
    pub(crate) batch: usize,
    pub(crate) tokens: usize,
    pub(crate) heads: usize,
    pub(crate) d_head: usize,
}

impl Heads {
    fn call(&self, name: &'static str, sources: &[&'static str]) -> Call {
        let Self { batch, tokens, heads, d_head } = *self;
        let tile = tokens.next_multiple_of(4).min(64);
        let constants = [("T", tokens), ("HEADS", heads), ("D_HEAD", d_head), ("D", heads * d_head), ("TILE", tile)];
        let features: &[&str] = if d_head.is_multiple_of(4) { &[] } else { &["RAGGED"] };
        call(name, sources, &constants, features, [groups(tokens, tile), heads, batch])
    }

    pub(crate) fn forward(&self) -> Call {
        self.call("attention", &[ATTENTION_PARTS, ATTENTION])
    }

    pub(crate) fn backward_query(&self) -> Call {
        let sources = [ATTENTION_PARTS, ATTENTION_BACKWARD_PARTS, ATTENTION_BACKWARD_QUERY];
        self.call("attention_backward_query", &sources)
    }

    pub(crate) fn backward_key(&self) -> Call {
        let sources = [ATTENTION_PARTS, ATTENTION_BACKWARD_PARTS, ATTENTION_BACKWARD_KEY];
        self.call("attention_backward_key", &sources)
    }

    /// The newest token over the KV-cache.
    pub(crate) fn decode(&self) -> Call {
        let Self { tokens, heads, d_head, .. } = *self;
        let constants = [("T", tokens), ("D_HEAD", d_head), ("D", heads * d_head)];
        call("decode_attention", &[DECODE_ATTENTION], &constants, &[], [heads, 1, 1])
    }
}

/// The loss of each row of `[rows, stride]` logits and its gradient in their place.
pub(crate) fn cross_entropy(rows: usize, vocab_size: usize, stride: usize) -> Call {
    let lanes = if vocab_size <= 512 { 4 } else { 64 };
    let constants = [("ROWS", rows), ("V", vocab_size), ("STRIDE", stride), ("LANES", lanes)];
    call("cross_entropy", &[CROSS_ENTROPY], &constants, &[], [groups(rows, 64 / lanes), 1, 1])
}

/// The sum of `rows` losses, divided by `count`.
pub(crate) fn loss_sum(rows: usize, count: usize) -> Call {
    call("loss_sum", &[LOSS_SUM], &[("ROWS", rows), ("COUNT", count)], &[], [1, 1, 1])
}

pub(crate) fn squares(words: usize) -> Call {
    let constants = [("CELLS", words / 4), ("GROUPS", SQUARE_GROUPS)];
    call("squares", &[SQUARES], &constants, &[], [SQUARE_GROUPS, 1, 1])
}

pub(crate) fn verdict() -> Call {
    call("verdict", &[VERDICT], &[("GROUPS", SQUARE_GROUPS)], &[], [1, 1, 1])
}

/// AdamW over `words` parameters, of which the first `decaying` decay.
pub(crate) fn adamw(words: usize, decaying: usize) -> Call {
    let count = groups(words / 4, 64).min(ADAMW_GROUPS);
    let constants = [("CELLS", words / 4), ("DECAYING", decaying / 4), ("THREADS", count * 64)];
    let numbers = [("MEAN_KEPT", BETAS[0]), ("SQUARE_KEPT", BETAS[1]), ("EPS", EPS)];
    call("adamw", &[ADAMW], &constants, &[], [count, 1, 1]).with_numbers(&numbers)
}

/// One token's vector `[k]` times a matrix `[k, n]`; `extras` are the features of `decode_linear.wgsl`.
pub(crate) fn decode_linear(k: usize, n: usize, extras: &[&'static str]) -> Call {
    let mut sources = vec![DECODE_LINEAR];
    if extras.contains(&"GELU") {
        sources.extend(["alias Cell = f32;", GELU]);
    }
    call("decode_linear", &sources, &[("K", k), ("N", n)], extras, [groups(n, 16), 1, 1])
}

pub(crate) fn decode_pick(vocab_size: usize) -> Call {
    call("decode_pick", &[DECODE_PICK], &[("V", vocab_size)], &[], [1, 1, 1])
}
