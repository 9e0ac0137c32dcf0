//! The arithmetic of a GPT-2-shaped model: every tensor, every byte and every operation, from its settings alone.

mod cost;
mod flow;
mod presets;
mod small;

pub use cost::{Activations, Flops, Number};
pub use flow::Flow;
pub use presets::{PRESETS, Preset};
pub use small::Scaled;

/// The settings of a decoder-only transformer, in the words of GPT-2.
///
/// ```
/// use engine_core::architecture::Architecture;
/// assert_eq!(Architecture::GPT2_SMALL.parameters(), 124_439_808);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Architecture {
    /// Different tokens.
    pub vocab: usize,
    /// The most tokens it sees at once.
    pub context: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Heads of each block; they share `d_model` evenly.
    pub n_heads: usize,
    /// Blocks, one after another.
    pub n_layers: usize,
    /// Width inside the MLP; GPT-2 takes four times `d_model`.
    pub d_ff: usize,
    /// Whether the output layer is the token embedding once more.
    pub tied: bool,
    /// Whether linear layers and layer norms add a vector at the end.
    pub bias: bool,
    /// Whether positions have a table of learned vectors.
    pub learned_positions: bool,
}

/// A part of the model that a learner can point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One vector for each token of the vocabulary.
    TokenEmbedding,
    /// One vector for each position.
    PositionEmbedding,
    /// The norm in front of attention.
    FirstNorm,
    /// Queries, keys, values, and the projection back.
    Attention,
    /// The norm in front of the MLP.
    SecondNorm,
    /// Two linear layers with a GELU between.
    Mlp,
    /// The norm behind the last block.
    FinalNorm,
    /// From the residual stream to one score per token.
    Head,
}

impl Part {
    /// Every part, in the order in which a token passes through them.
    pub const ALL: [Self; 8] = [
        Self::TokenEmbedding,
        Self::PositionEmbedding,
        Self::FirstNorm,
        Self::Attention,
        Self::SecondNorm,
        Self::Mlp,
        Self::FinalNorm,
        Self::Head,
    ];

    /// Whether each block has one of its own.
    pub fn in_block(self) -> bool {
        matches!(self, Self::FirstNorm | Self::Attention | Self::SecondNorm | Self::Mlp)
    }
}

/// One weight tensor, or as many alike as there are blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Where it belongs.
    pub part: Part,
    /// As GPT-2's own files call it, without the number of the block.
    pub name: &'static str,
    /// `[rows, columns]`; a vector has one row.
    pub shape: [usize; 2],
    /// How many of them there are: one for each block, or one.
    pub copies: usize,
}

impl Weight {
    /// Numbers in all copies.
    pub fn numbers(&self) -> u64 {
        let [rows, columns] = self.shape.map(|size| size as u64);
        rows * columns * self.copies as u64
    }
}

/// Why no model has these settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A size is zero or too large to count with here.
    Size {
        /// Which one.
        name: &'static str,
        /// What it is.
        value: usize,
        /// What it may be at most.
        most: usize,
    },
    /// The heads cannot share the width evenly.
    Heads {
        /// The width.
        d_model: usize,
        /// The heads.
        n_heads: usize,
        /// The nearest number of heads that divides the width.
        fits: usize,
    },
}

impl Architecture {
    /// The smallest model of Radford et al. 2019.
    pub const GPT2_SMALL: Self = Self::gpt2(12, 12, 768);

    /// A model of the GPT-2 family.
    pub const fn gpt2(n_layers: usize, n_heads: usize, d_model: usize) -> Self {
        Self {
            vocab: 50_257,
            context: 1024,
            d_model,
            n_heads,
            n_layers,
            d_ff: 4 * d_model,
            tied: true,
            bias: true,
            learned_positions: true,
        }
    }

    /// Whether there can be such a model.
    ///
    /// # Errors
    /// The first setting that is impossible.
    pub fn validate(&self) -> Result<(), Fault> {
        let sizes = [
            ("vocab", self.vocab, 1_000_000),
            ("context", self.context, 1_000_000),
            ("d_model", self.d_model, 65_536),
            ("n_heads", self.n_heads, 1024),
            ("n_layers", self.n_layers, 1000),
            ("d_ff", self.d_ff, 1_000_000),
        ];
        if let Some((name, value, most)) = sizes.into_iter().find(|(_, value, most)| !(1..=*most).contains(value)) {
            return Err(Fault::Size { name, value, most });
        }
        if !self.d_model.is_multiple_of(self.n_heads) {
            let divides = |heads: &usize| self.d_model.is_multiple_of(*heads);
            let nearest = (1..=self.d_model).filter(divides).min_by_key(|heads| heads.abs_diff(self.n_heads));
            return Err(Fault::Heads { d_model: self.d_model, n_heads: self.n_heads, fits: nearest.unwrap_or(1) });
        }
        Ok(())
    }

    // ANCHOR: tensors
    /// Every weight tensor; those of a block stand once, with as many copies as there are blocks.
    pub fn weights(&self) -> Vec<Weight> {
        let (d, f) = (self.d_model, self.d_ff);
        let mut all = Vec::new();
        let mut add = |part: Part, name, shape| {
            let copies = if part.in_block() { self.n_layers } else { 1 };
            all.push(Weight { part, name, shape, copies });
        };
        add(Part::TokenEmbedding, "wte.weight", [self.vocab, d]);
        if self.learned_positions {
            add(Part::PositionEmbedding, "wpe.weight", [self.context, d]);
        }
        add(Part::FirstNorm, "ln_1.weight", [1, d]);
        add(Part::Attention, "attn.c_attn.weight", [d, 3 * d]);
        add(Part::Attention, "attn.c_proj.weight", [d, d]);
        add(Part::SecondNorm, "ln_2.weight", [1, d]);
        add(Part::Mlp, "mlp.c_fc.weight", [d, f]);
        add(Part::Mlp, "mlp.c_proj.weight", [f, d]);
        add(Part::FinalNorm, "ln_f.weight", [1, d]);
        if self.bias {
            add(Part::FirstNorm, "ln_1.bias", [1, d]);
            add(Part::Attention, "attn.c_attn.bias", [1, 3 * d]);
            add(Part::Attention, "attn.c_proj.bias", [1, d]);
            add(Part::SecondNorm, "ln_2.bias", [1, d]);
            add(Part::Mlp, "mlp.c_fc.bias", [1, f]);
            add(Part::Mlp, "mlp.c_proj.bias", [1, d]);
            add(Part::FinalNorm, "ln_f.bias", [1, d]);
        }
        if !self.tied {
            add(Part::Head, "lm_head.weight", [d, self.vocab]);
        }
        all
    }

    /// How many numbers training adjusts.
    pub fn parameters(&self) -> u64 {
        self.weights().iter().map(Weight::numbers).sum()
    }
    // ANCHOR_END: tensors

    /// Parameters of one part, in all blocks together.
    pub fn parameters_of(&self, part: Part) -> u64 {
        self.weights().iter().filter(|weight| weight.part == part).map(Weight::numbers).sum()
    }

    /// The share of the parameters that lies in the blocks, between 0 and 1.
    pub fn block_share(&self) -> f64 {
        let blocks: u64 = Part::ALL.into_iter().filter(|part| part.in_block()).map(|p| self.parameters_of(p)).sum();
        blocks as f64 / self.parameters() as f64
    }

    /// Width of one head.
    pub fn d_head(&self) -> usize {
        self.d_model / self.n_heads.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GptConfig;

    #[test]
    fn the_family_has_the_published_counts() {
        // The checkpoints of Radford et al. 2019, counted as `sum(p.numel())` of the reference library.
        let counts = [
            (12, 12, 768, 124_439_808),
            (24, 16, 1024, 354_823_168),
            (36, 20, 1280, 774_030_080),
            (48, 25, 1600, 1_557_611_200),
        ];
        for (layers, heads, width, count) in counts {
            let model = Architecture::gpt2(layers, heads, width);
            assert_eq!((model.parameters(), model.validate()), (count, Ok(())));
        }
    }

    #[test]
    fn the_parts_sum_to_the_whole_and_switches_add_what_they_name() {
        let model = Architecture::GPT2_SMALL;
        let sum: u64 = Part::ALL.into_iter().map(|part| model.parameters_of(part)).sum();
        assert_eq!(sum, model.parameters());
        let untied = Architecture { tied: false, ..model };
        assert_eq!(untied.parameters() - model.parameters(), 50_257 * 768);
        let rotary = Architecture { learned_positions: false, ..model };
        assert_eq!(model.parameters() - rotary.parameters(), 1024 * 768);
        let plain = Architecture { bias: false, ..model };
        assert_eq!(
            model.parameters() - plain.parameters(),
            12 * 11 * 768 + 768,
            "11 vectors of d_model a block, 1 behind"
        );
    }

    #[test]
    fn the_engines_own_models_are_counted_alike() {
        for (vocab_size, n_layers, n_heads, d_model, context, tied_head) in
            [(74, 1, 2, 32, 32, true), (65, 4, 4, 128, 128, false), (512, 3, 6, 96, 64, true)]
        {
            let engine = GptConfig { vocab_size, n_layers, n_heads, d_model, context, tied_head };
            let model = Architecture {
                vocab: vocab_size,
                context,
                tied: tied_head,
                ..Architecture::gpt2(n_layers, n_heads, d_model)
            };
            assert_eq!(model.parameters(), engine.parameters() as u64);
            let mut shapes: Vec<[usize; 2]> = engine.tensors().into_iter().map(|(_, shape)| shape).collect();
            let mut ours: Vec<[usize; 2]> =
                model.weights().iter().flat_map(|weight| vec![weight.shape; weight.copies]).collect();
            shapes.sort_unstable();
            ours.sort_unstable();
            assert_eq!(ours, shapes, "tensor by tensor");
        }
    }

    #[test]
    fn impossible_settings_are_named_with_a_way_out() {
        let odd = Architecture { n_heads: 10, ..Architecture::GPT2_SMALL };
        assert_eq!(odd.validate(), Err(Fault::Heads { d_model: 768, n_heads: 10, fits: 8 }));
        let none = Architecture { n_layers: 0, ..Architecture::GPT2_SMALL };
        assert_eq!(none.validate(), Err(Fault::Size { name: "n_layers", value: 0, most: 1000 }));
    }
}
