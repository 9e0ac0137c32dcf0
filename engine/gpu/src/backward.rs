//! The backward pass, recorded: from the logits' gradient to the gradients of all parameters.

use crate::{
    device::{Gpu, Memory},
    forward::{Activations, Parameters, Sizes},
    kernels::{self, Layout, Product},
    plan::{Part, Plan, Recorder},
};

/// Room for gradients of activations; every block uses the same.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// Of the residual stream.
    stream: Memory,
    /// Of a layer norm's result, and of the mixed values.
    normed: Memory,
    qkv: Memory,
    before_gelu: Memory,
    /// Per query and head, what attention's two halves share.
    products: Memory,
    /// Of the layer norms' gains and biases, by workgroup.
    shares: Memory,
}

impl Scratch {
    pub(crate) fn new(gpu: &Gpu, sizes: &Sizes) -> Result<Self, String> {
        let d = sizes.config.d_model;
        let table = |columns: usize| gpu.buffer("the gradients of one layer", sizes.stored_rows() * columns);
        let layer_norms = 2 * sizes.config.n_layers + 1;
        let shares = layer_norms * kernels::layer_norm_groups(sizes.rows()) * 2 * d;
        Ok(Self {
            stream: table(d)?,
            normed: table(d)?,
            qkv: table(3 * d)?,
            before_gelu: table(4 * d)?,
            products: table(sizes.config.n_heads)?,
            shares: gpu.buffer("the gradients of the layer norms", shares)?,
        })
    }
}

/// What the backward pass reads besides the activations: token ids, and their places sorted by token.
pub(crate) struct Tokens<'a> {
    pub(crate) ids: Part<'a>,
    pub(crate) order: Part<'a>,
}

/// Records the way from the logits' gradient (in the logits' place) to `gradients`.
pub(crate) fn record(
    recorder: &mut Recorder,
    sizes: &Sizes,
    parameters: &Parameters<'_>,
    gradients: &Parameters<'_>,
    tokens: &Tokens<'_>,
    (activations, scratch): (&Activations, &Scratch),
) -> Result<Plan, String> {
    let mut plan = Plan::default();
    if !sizes.config.tied_head {
        // Only the tokens of the batch write to the embedding's gradient.
        plan.clear(gradients.part("tok_emb"));
    }
    let (rows, d, config) = (sizes.rows(), sizes.config.d_model, &sizes.config);
    let (p, g, a) = (parameters, gradients, activations);
    let back = Steps { sizes };
    let stream = scratch.stream.all();
    let normed = scratch.normed.all();
    let shares = scratch.shares.all();
    let mut add = |call: &kernels::Call, parts: &[Part<'_>]| recorder.add(&mut plan, call, parts);

    let logits = a.logits.all();
    add(&back.head(), &[logits, p.head(config), normed])?;
    if config.tied_head {
        add(&back.tied_weight(), &[logits, a.normed.all(), g.head(config)])?;
    } else {
        add(&back.head_weight(), &[a.normed.all(), logits, g.head(config)])?;
    }
    let last = a.stream(config.n_layers).all();
    let call = kernels::layer_norm_backward(rows, d, 2 * config.n_layers, false);
    add(&call, &[last, a.statistics.all(), p.part("ln_f.gain"), normed, stream, shares])?;

    for (layer, block) in a.blocks.iter().enumerate().rev() {
        let of = |name: &str| p.of(layer, name);
        let for_the = |name: &str| g.of(layer, name);

        let wide = scratch.before_gelu.all();
        let parts = [stream, of("mlp.down.weight"), wide, block.before_gelu.all()];
        add(&back.input(d, 4 * d, &["SLOPE"]), &parts)?;
        let parts = [block.active.all(), stream, for_the("mlp.down.weight"), for_the("mlp.down.bias")];
        add(&back.weight(4 * d, d), &parts)?;
        add(&back.input(4 * d, d, &[]), &[wide, of("mlp.up.weight"), normed])?;
        let parts = [block.middle_normed.all(), wide, for_the("mlp.up.weight"), for_the("mlp.up.bias")];
        add(&back.weight(d, 4 * d), &parts)?;
        let call = kernels::layer_norm_backward(rows, d, 2 * layer + 1, true);
        let statistics = block.middle_statistics.all();
        add(&call, &[block.middle.all(), statistics, of("ln2.gain"), normed, stream, shares])?;

        add(&back.input(d, d, &[]), &[stream, of("attn.proj.weight"), normed])?;
        let parts = [block.mixed.all(), stream, for_the("attn.proj.weight"), for_the("attn.proj.bias")];
        add(&back.weight(d, d), &parts)?;
        let (qkv, log_sums, down) = (block.qkv.all(), block.log_sums.all(), scratch.qkv.all());
        let (mixed, products) = (block.mixed.all(), scratch.products.all());
        add(&sizes.heads().backward_query(), &[qkv, normed, log_sums, down, mixed, products])?;
        add(&sizes.heads().backward_key(), &[qkv, normed, log_sums, down, products])?;
        add(&back.input(3 * d, d, &[]), &[down, of("attn.qkv.weight"), normed])?;
        let parts = [block.normed.all(), down, for_the("attn.qkv.weight"), for_the("attn.qkv.bias")];
        add(&back.weight(d, 3 * d), &parts)?;
        let call = kernels::layer_norm_backward(rows, d, 2 * layer, true);
        let (before, statistics) = (a.stream(layer).all(), block.statistics.all());
        add(&call, &[before, statistics, of("ln1.gain"), normed, stream, shares])?;
    }

    let place = g.arena.layer_norms;
    let call = kernels::layer_norm_gains(rows, d, 2 * config.n_layers + 1, g.arena.layer_norm_stride);
    add(&call, &[shares, g.memory.part(place.at, place.words)])?;
    let call = kernels::embed_backward(rows, config.context, d);
    add(&call, &[tokens.ids, tokens.order, stream, g.part("tok_emb"), g.part("pos_emb")])?;
    Ok(plan)
}

/// The products of the way back.
struct Steps<'a> {
    sizes: &'a Sizes,
}

impl Steps<'_> {
    /// The gradient of a linear layer's input: `up · weightᵀ`, with `up: [rows, k]` and `weight: [n, k]`.
    fn input(&self, k: usize, n: usize, extras: &[&'static str]) -> kernels::Call {
        Product::new(Layout::Nt, [self.sizes.rows(), k, n]).call(extras)
    }

    /// The gradients of a linear layer's weight `[m, n]` (`inputᵀ · up`) and bias (the sum of `up`'s rows).
    fn weight(&self, m: usize, n: usize) -> kernels::Call {
        Product::new(Layout::Tn, [m, self.sizes.stored_rows(), n]).call(&["SUMS"])
    }

    /// The gradient of the output layer's input.
    fn head(&self) -> kernels::Call {
        let (rows, d, stride) = (self.sizes.rows(), self.sizes.config.d_model, self.sizes.logit_stride());
        if self.sizes.config.tied_head {
            // The logits' gradient is zero beyond the vocabulary.
            return Product::new(Layout::Nn, [rows, stride, d]).call(&[]);
        }
        let exact = Product::new(Layout::Nt, [rows, self.sizes.config.vocab_size, d]);
        Product { a_stride: stride, ..exact }.call(&[])
    }

    /// The gradient of a head that is the token embedding: `upᵀ · input`.
    fn tied_weight(&self) -> kernels::Call {
        let (rows, stride) = (self.sizes.stored_rows(), self.sizes.logit_stride());
        let exact = Product::new(Layout::Tn, [self.sizes.config.vocab_size, rows, self.sizes.config.d_model]);
        Product { a_stride: stride, ..exact }.call(&[])
    }

    /// The gradient of a head of its own: `inputᵀ · up`.
    fn head_weight(&self) -> kernels::Call {
        let (rows, stride) = (self.sizes.stored_rows(), self.sizes.logit_stride());
        let exact = Product::new(Layout::Tn, [self.sizes.config.d_model, rows, self.sizes.config.vocab_size]);
        Product { b_stride: stride, ..exact }.call(&[])
    }
}
