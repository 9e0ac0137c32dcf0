//! The forward pass, recorded: from token ids to logits, keeping what the way back needs.

use crate::{
    arena::Arena,
    device::{Gpu, Memory},
    kernels::{self, Heads, Layout, Product},
    plan::{Part, Plan, Recorder},
};
use engine_core::config::GptConfig;

/// The sizes of one pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) config: GptConfig,
    pub(crate) batch: usize,
}

impl Sizes {
    /// Tokens in the batch.
    pub(crate) fn rows(&self) -> usize {
        self.batch * self.config.context
    }

    /// Rows that buffers have; those beyond [`Self::rows`] stay zero, so that sums over rows may run
    /// in steps of four.
    pub(crate) fn stored_rows(&self) -> usize {
        self.rows().next_multiple_of(4)
    }

    /// Numbers from one row of logits to the next.
    pub(crate) fn logit_stride(&self) -> usize {
        self.config.vocab_size.next_multiple_of(4)
    }

    pub(crate) fn heads(&self) -> Heads {
        let GptConfig { n_heads, context, .. } = self.config;
        Heads { batch: self.batch, tokens: context, heads: n_heads, d_head: self.config.d_head() }
    }

    /// The product of all rows of the stream with the output layer.
    pub(crate) fn head(&self) -> Product {
        let GptConfig { vocab_size, d_model, tied_head, .. } = self.config;
        let stride = self.logit_stride();
        if !tied_head {
            let exact = Product::new(Layout::Nn, [self.rows(), d_model, vocab_size]);
            return Product { out_stride: stride, ..exact };
        }
        // The columns up to the stride are filled with whatever follows the embedding; nobody looks.
        Product::new(Layout::Nt, [self.rows(), d_model, stride])
    }
}

/// What a block computed.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) normed: Memory,
    pub(crate) statistics: Memory,
    pub(crate) qkv: Memory,
    pub(crate) mixed: Memory,
    pub(crate) log_sums: Memory,
    pub(crate) middle: Memory,
    pub(crate) middle_normed: Memory,
    pub(crate) middle_statistics: Memory,
    pub(crate) before_gelu: Memory,
    pub(crate) active: Memory,
    /// The residual stream after the block.
    pub(crate) stream: Memory,
}

/// What the forward pass computed.
#[derive(Debug)]
pub(crate) struct Activations {
    pub(crate) embedded: Memory,
    pub(crate) blocks: Vec<Block>,
    pub(crate) normed: Memory,
    pub(crate) statistics: Memory,
    pub(crate) logits: Memory,
}

impl Activations {
    pub(crate) fn new(gpu: &Gpu, sizes: &Sizes) -> Result<Self, String> {
        let d = sizes.config.d_model;
        let table = |columns: usize| gpu.buffer("the activations of one layer", sizes.stored_rows() * columns);
        let block = || {
            Ok::<_, String>(Block {
                normed: table(d)?,
                statistics: table(2)?,
                qkv: table(3 * d)?,
                mixed: table(d)?,
                log_sums: table(sizes.config.n_heads)?,
                middle: table(d)?,
                middle_normed: table(d)?,
                middle_statistics: table(2)?,
                before_gelu: table(4 * d)?,
                active: table(4 * d)?,
                stream: table(d)?,
            })
        };
        Ok(Self {
            embedded: table(d)?,
            blocks: (0..sizes.config.n_layers).map(|_| block()).collect::<Result<_, _>>()?,
            normed: table(d)?,
            statistics: table(2)?,
            logits: gpu.buffer("the logits", sizes.stored_rows() * sizes.logit_stride())?,
        })
    }

    /// The residual stream before block `layer`; after the last block, the final one.
    pub(crate) fn stream(&self, layer: usize) -> &Memory {
        if layer == 0 { &self.embedded } else { &self.blocks[layer - 1].stream }
    }
}

/// The parameters on the device.
pub(crate) struct Parameters<'a> {
    pub(crate) arena: &'a Arena,
    pub(crate) memory: &'a Memory,
}

impl<'a> Parameters<'a> {
    pub(crate) fn part(&self, name: &str) -> Part<'a> {
        let place = self.arena.place(name);
        self.memory.part(place.at, place.words)
    }

    /// A parameter of block `layer`.
    pub(crate) fn of(&self, layer: usize, name: &str) -> Part<'a> {
        self.part(&format!("blocks.{layer}.{name}"))
    }

    /// The output layer's matrix.
    pub(crate) fn head(&self, config: &GptConfig) -> Part<'a> {
        self.part(if config.tied_head { "tok_emb" } else { "head.weight" })
    }
}

/// Records the pass from `ids` to the logits.
pub(crate) fn record(
    recorder: &mut Recorder,
    sizes: &Sizes,
    parameters: &Parameters<'_>,
    ids: Part<'_>,
    activations: &Activations,
) -> Result<Plan, String> {
    let mut plan = Plan::default();
    let (rows, d) = (sizes.rows(), sizes.config.d_model);
    let p = parameters;
    let a = activations;

    let (tokens, positions) = (p.part("tok_emb"), p.part("pos_emb"));
    let embed = kernels::embed(rows, sizes.config.context, d);
    recorder.add(&mut plan, &embed, &[ids, tokens, positions, a.embedded.all()])?;

    let layer_norm = kernels::layer_norm(rows, d);
    let product = |k: usize, n: usize, extras: &[&'static str]| Product::new(Layout::Nn, [rows, k, n]).call(extras);
    for (layer, block) in a.blocks.iter().enumerate() {
        let stream = a.stream(layer).all();
        let of = |name: &str| p.of(layer, name);
        let mut add = |call: &kernels::Call, parts: &[Part<'_>]| recorder.add(&mut plan, call, parts);

        let (normed, qkv, mixed) = (block.normed.all(), block.qkv.all(), block.mixed.all());
        add(&layer_norm, &[stream, of("ln1.gain"), of("ln1.bias"), normed, block.statistics.all()])?;
        add(&product(d, 3 * d, &["BIAS"]), &[normed, of("attn.qkv.weight"), qkv, of("attn.qkv.bias")])?;
        add(&sizes.heads().forward(), &[qkv, mixed, block.log_sums.all()])?;
        let (weight, bias) = (of("attn.proj.weight"), of("attn.proj.bias"));
        let middle = block.middle.all();
        add(&product(d, d, &["BIAS", "RESIDUAL"]), &[mixed, weight, middle, bias, stream])?;

        let (normed, active) = (block.middle_normed.all(), block.active.all());
        add(&layer_norm, &[middle, of("ln2.gain"), of("ln2.bias"), normed, block.middle_statistics.all()])?;
        let (weight, bias) = (of("mlp.up.weight"), of("mlp.up.bias"));
        add(&product(d, 4 * d, &["BIAS", "GELU"]), &[normed, weight, active, bias, block.before_gelu.all()])?;
        let (weight, bias) = (of("mlp.down.weight"), of("mlp.down.bias"));
        let stream = block.stream.all();
        add(&product(4 * d, d, &["BIAS", "RESIDUAL"]), &[active, weight, stream, bias, middle])?;
    }

    let stream = a.stream(sizes.config.n_layers).all();
    let (gain, bias) = (p.part("ln_f.gain"), p.part("ln_f.bias"));
    recorder.add(&mut plan, &layer_norm, &[stream, gain, bias, a.normed.all(), a.statistics.all()])?;
    recorder.add(&mut plan, &sizes.head().call(&[]), &[a.normed.all(), p.head(&sizes.config), a.logits.all()])?;
    Ok(plan)
}
