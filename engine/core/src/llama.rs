//! The sizes of a Llama, the family of models that SmolLM2 belongs to, and the names of its weights.

use serde::{Deserialize, Serialize};

/// The sizes of a model, and the few numbers that its arithmetic needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LlamaConfig {
    /// Different tokens.
    pub vocab_size: usize,
    /// Blocks.
    pub n_layers: usize,
    /// Query heads per block.
    pub n_heads: usize,
    /// Key and value heads per block; several query heads share one.
    pub n_kv_heads: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Width of a head; an even number, because positions turn pairs.
    pub d_head: usize,
    /// Width inside the feed-forward layers.
    pub d_ff: usize,
    /// The longest text, in tokens.
    pub context: usize,
    /// The base of the rotary positions: the larger, the slower the slowest pair turns.
    pub rope_base: f64,
    /// Added to the mean square, so that a vector of zeros does not divide by zero.
    pub rms_eps: f64,
    /// Whether the token embedding is read backwards as the output layer.
    pub tied_head: bool,
}

/// The largest sizes that are run here.
pub const LIMITS: LlamaConfig = LlamaConfig {
    vocab_size: 1 << 18,
    n_layers: 128,
    n_heads: 128,
    n_kv_heads: 128,
    d_model: 8192,
    d_head: 512,
    d_ff: 32_768,
    context: 1 << 20,
    rope_base: 1e9,
    rms_eps: 0.1,
    tied_head: true,
};

impl LlamaConfig {
    /// SmolLM2-135M as its files describe it.
    pub const SMOLLM2: Self = Self {
        vocab_size: 49_152,
        n_layers: 30,
        n_heads: 9,
        n_kv_heads: 3,
        d_model: 576,
        d_head: 64,
        d_ff: 1536,
        context: 8192,
        rope_base: 1e5,
        rms_eps: 1e-5,
        tied_head: true,
    };

    /// Whether such a model can be.
    ///
    /// # Errors
    /// A sentence that names the size and what it may be.
    pub fn validate(&self) -> Result<(), String> {
        for (name, size, most) in [
            ("vocab_size", self.vocab_size, LIMITS.vocab_size),
            ("n_layers", self.n_layers, LIMITS.n_layers),
            ("n_heads", self.n_heads, LIMITS.n_heads),
            ("n_kv_heads", self.n_kv_heads, LIMITS.n_kv_heads),
            ("d_model", self.d_model, LIMITS.d_model),
            ("d_head", self.d_head, LIMITS.d_head),
            ("d_ff", self.d_ff, LIMITS.d_ff),
            ("context", self.context, LIMITS.context),
        ] {
            if size == 0 || size > most {
                return Err(format!("{name} is {size}; it must be from 1 to {most}."));
            }
        }
        if !self.n_heads.is_multiple_of(self.n_kv_heads) {
            return Err(format!(
                "n_heads ({}) must be a multiple of n_kv_heads ({}), so that each of these serves as many query heads.",
                self.n_heads, self.n_kv_heads
            ));
        }
        if !self.d_head.is_multiple_of(2) {
            return Err(format!("d_head is {}; rotary positions turn pairs, so it must be even.", self.d_head));
        }
        if !(1.0..=LIMITS.rope_base).contains(&self.rope_base) {
            return Err(format!("rope_base is {}; it must be from 1 to {}.", self.rope_base, LIMITS.rope_base));
        }
        if !(0.0..=LIMITS.rms_eps).contains(&self.rms_eps) {
            return Err(format!("rms_eps is {}; it must be from 0 to {}.", self.rms_eps, LIMITS.rms_eps));
        }
        Ok(())
    }

    /// Every weight's name, as llama.cpp names it, and its shape, outermost size first: a matrix is `[outputs, inputs]`.
    pub fn weights(&self) -> Vec<(String, Vec<usize>)> {
        let d = self.d_model;
        let (queries, keys) = (self.n_heads * self.d_head, self.n_kv_heads * self.d_head);
        let mut all = vec![("token_embd.weight".to_owned(), vec![self.vocab_size, d])];
        for layer in 0..self.n_layers {
            let block = [
                ("attn_norm", vec![d]),
                ("attn_q", vec![queries, d]),
                ("attn_k", vec![keys, d]),
                ("attn_v", vec![keys, d]),
                ("attn_output", vec![d, queries]),
                ("ffn_norm", vec![d]),
                ("ffn_gate", vec![self.d_ff, d]),
                ("ffn_up", vec![self.d_ff, d]),
                ("ffn_down", vec![d, self.d_ff]),
            ];
            all.extend(block.map(|(name, shape)| (format!("blk.{layer}.{name}.weight"), shape)));
        }
        all.push(("output_norm.weight".to_owned(), vec![d]));
        if !self.tied_head {
            all.push(("output.weight".to_owned(), vec![self.vocab_size, d]));
        }
        all
    }

    /// Numbers that training adjusted.
    pub fn parameters(&self) -> u64 {
        self.weights().iter().map(|(_, shape)| shape.iter().product::<usize>() as u64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMOL: LlamaConfig = LlamaConfig::SMOLLM2;

    #[test]
    fn smollm2_has_135_million_parameters() {
        assert_eq!(SMOL.validate(), Ok(()));
        assert_eq!((SMOL.weights().len(), SMOL.parameters()), (272, 134_515_008));
        let own = LlamaConfig { tied_head: false, ..SMOL };
        assert_eq!(own.parameters() - SMOL.parameters(), 49_152 * 576);
    }

    #[test]
    fn sizes_that_make_no_model_are_named() {
        let refuse = |config: LlamaConfig| config.validate().unwrap_err();
        assert!(refuse(LlamaConfig { n_layers: 0, ..SMOL }).starts_with("n_layers is 0"));
        assert!(refuse(LlamaConfig { d_ff: 1 << 20, ..SMOL }).starts_with("d_ff is 1048576"));
        assert!(refuse(LlamaConfig { n_kv_heads: 2, ..SMOL }).contains("multiple of n_kv_heads (2)"));
        assert!(refuse(LlamaConfig { d_head: 63, ..SMOL }).contains("even"));
        assert!(refuse(LlamaConfig { rope_base: f64::NAN, ..SMOL }).contains("rope_base is NaN"));
        assert!(refuse(LlamaConfig { rms_eps: -1.0, ..SMOL }).contains("rms_eps is -1"));
    }
}
