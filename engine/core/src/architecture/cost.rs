//! What a model costs: bytes to keep it, to train it and to write with it, and operations for each token.

use super::Architecture;

/// How a number is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Four bytes.
    F32,
    /// Two bytes.
    F16,
    /// One byte; the scales that belong to it are not counted.
    Int8,
}

impl Number {
    /// From the largest to the smallest.
    pub const ALL: [Self; 3] = [Self::F32, Self::F16, Self::Int8];

    /// Bytes of one number.
    pub fn bytes(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
            Self::Int8 => 1,
        }
    }

    /// As programmers write it.
    pub fn label(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Int8 => "int8",
        }
    }
}

/// Numbers that a forward pass must keep for the backward pass, for a batch of full contexts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activations {
    /// What grows with the tokens: inputs of norms and linear layers.
    pub per_token: u64,
    /// The attention weights, which grow with the square of the context.
    pub attention: u64,
    /// One score for each token of the vocabulary at each position.
    pub logits: u64,
}

impl Activations {
    /// All of them.
    pub fn numbers(&self) -> u64 {
        self.per_token + self.attention + self.logits
    }
}

/// Floating-point operations for one token; a multiply-add counts as two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flops {
    /// The weight matrices of all blocks.
    pub blocks: f64,
    /// Scores and weighted sums of attention, the mean over all positions of a full context.
    pub attention: f64,
    /// From the residual stream to the scores.
    pub head: f64,
}

impl Flops {
    /// The forward pass.
    pub fn forward(&self) -> f64 {
        self.blocks + self.attention + self.head
    }

    /// Forward and backward: the backward pass multiplies each matrix twice (Kaplan et al. 2020, section 2.1).
    pub fn training(&self) -> f64 {
        3.0 * self.forward()
    }
}

impl Architecture {
    /// Bytes of the weights.
    pub fn weight_bytes(&self, number: Number) -> u64 {
        self.parameters() * number.bytes()
    }

    /// Bytes of AdamW's two running averages, in f32 (Loshchilov and Hutter 2019).
    pub fn adamw_bytes(&self) -> u64 {
        2 * self.weight_bytes(Number::F32)
    }

    /// Bytes that training in f32 keeps for each step whatever the batch: weights, gradients, both averages.
    pub fn training_state_bytes(&self) -> u64 {
        2 * self.weight_bytes(Number::F32) + self.adamw_bytes()
    }

    /// What a training step keeps of its forward pass, as Korthikanti et al. 2022 count it, without dropout.
    pub fn activations(&self, batch: usize) -> Activations {
        let [batch, tokens, d, f, layers] =
            [batch, self.context, self.d_model, self.d_ff, self.n_layers].map(|size| size as u64);
        // Two inputs and two outputs of norms; queries, keys, values; what the projection takes; both sides of the GELU.
        let block = 4 * d + 3 * d + d + 2 * f;
        // The last norm's input and output.
        let end = 2 * d;
        Activations {
            per_token: batch * tokens * (layers * block + end),
            attention: batch * layers * self.n_heads as u64 * tokens * tokens,
            logits: batch * tokens * self.vocab as u64,
        }
    }

    /// Bytes of the keys and values of one text of a full context.
    pub fn kv_cache_bytes(&self, number: Number) -> u64 {
        let [tokens, d, layers] = [self.context, self.d_model, self.n_layers].map(|size| size as u64);
        2 * layers * tokens * d * number.bytes()
    }

    /// Operations of one token.
    pub fn flops(&self) -> Flops {
        let [vocab, context, d, f, layers] =
            [self.vocab, self.context, self.d_model, self.d_ff, self.n_layers].map(|size| size as f64);
        Flops {
            blocks: layers * 2.0 * (4.0 * d * d + 2.0 * d * f),
            // A token sees (context + 1) / 2 tokens in the mean; each costs 2d for the score and 2d for the sum.
            attention: layers * 4.0 * d * f64::midpoint(context, 1.0),
            head: 2.0 * d * vocab,
        }
    }

    /// The rule of thumb: six operations for each parameter and token (Kaplan et al. 2020, section 2.1).
    pub fn six_n(&self) -> f64 {
        6.0 * self.parameters() as f64
    }

    /// About how many tokens suit this size: twenty for each parameter (Hoffmann et al. 2022).
    pub fn suitable_tokens(&self) -> f64 {
        20.0 * self.parameters() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Architecture = Architecture::GPT2_SMALL;

    #[test]
    fn bytes_follow_from_the_parameters() {
        assert_eq!(Number::ALL.map(|number| SMALL.weight_bytes(number)), [497_759_232, 248_879_616, 124_439_808]);
        assert_eq!(SMALL.training_state_bytes(), 16 * SMALL.parameters());
        // 2 · 12 layers · 1024 tokens · 768 · 2 bytes = 36 MiB.
        assert_eq!(SMALL.kv_cache_bytes(Number::F16), 36 << 20);
    }

    #[test]
    fn activations_are_the_published_formula_without_dropout() {
        // Korthikanti et al. 2022, equation 1: s·b·h·(34 + 5·a·s/h) bytes a layer in 16 bits, of which masks of
        // dropout (1 + 1 of the 34, 1 of the 5) and its output (2 of the 5) do not exist here: 32 and 2 bytes are left.
        let (b, s, h, a, l) = (4, 1024, 768, 12, 12);
        let bytes = l * (32 * s * b * h + 2 * a * s * s * b);
        let kept = SMALL.activations(4);
        assert_eq!(2 * (kept.per_token - 4 * 1024 * 2 * 768 + kept.attention), bytes);
        assert_eq!(kept.logits, 4 * 1024 * 50_257);
    }

    #[test]
    fn six_n_is_near_the_count_for_a_large_model_and_misses_for_a_long_context() {
        let ratio = |model: Architecture| model.flops().training() / model.six_n();
        assert!((ratio(SMALL) - 1.07).abs() < 0.005, "{}", ratio(SMALL));
        assert!((ratio(Architecture::gpt2(48, 25, 1600)) - 1.05).abs() < 0.01);
        let long = Architecture { context: 131_072, learned_positions: false, ..SMALL };
        assert!(ratio(long) > 10.0, "attention outgrows the weights");
        assert_eq!(SMALL.flops().blocks, 2.0 * 12.0 * 12.0 * 768.0 * 768.0);
    }
}
