//! What a GPT needs before it runs: memory in bytes, work in floating-point operations, counted from its sizes.

use crate::config::GptConfig;
use serde::{Deserialize, Serialize};

// ANCHOR: plan
/// What writing with a model takes, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The weights, at so many bits each.
    pub weights: u64,
    /// Keys and values of every token that may be seen, in 32 bits.
    pub cache: u64,
    /// Room to compute one token in, in 32 bits.
    pub work: u64,
}

/// Counts what a model needs that keeps its weights in `bits` bits and sees at most `context` tokens.
///
/// ```
/// use engine_core::{config::GptConfig, edge::plan::plan};
/// let config = GptConfig { vocab_size: 65, n_layers: 4, n_heads: 4, d_model: 128, context: 128, tied_head: true };
/// let needs = plan(&config, 32, 128);
/// assert_eq!((needs.weights, needs.cache), (4 * 818_048, 2 * 4 * 128 * 128 * 4));
/// assert_eq!(plan(&config, 8, 64).cache, needs.cache / 2);
/// ```
pub fn plan(config: &GptConfig, bits: u64, context: usize) -> Plan {
    let (d, vocab, layers) = (config.d_model as u64, config.vocab_size as u64, config.n_layers as u64);
    let shorter = (config.context - context) as u64 * d;
    Plan {
        weights: (config.parameters() as u64 - shorter) * bits / 8,
        cache: 2 * layers * context as u64 * d * 4,
        // The stream, its normalised copy, queries, keys and values, the mixed values, the MLP twice, the logits.
        work: (d + d + 3 * d + d + 4 * d + 4 * d + vocab) * 4,
    }
}

/// Multiplications and additions that one more token takes when it sees `seen` tokens, itself among them.
pub fn flops(config: &GptConfig, seen: usize) -> u64 {
    let (d, layers) = (config.d_model as u64, config.n_layers as u64);
    let products = layers * (3 + 1 + 4 + 4) * d * d + d * config.vocab_size as u64;
    let attention = layers * 2 * seen as u64 * d;
    2 * (products + attention)
}
// ANCHOR_END: plan

impl Plan {
    /// All of it.
    pub fn all(&self) -> u64 {
        self.weights + self.cache + self.work
    }
}

/// An estimate of the energy of one token in picojoules, and no measurement: every operation and every byte fetched from
/// memory at the price that Horowitz (ISSCC 2014, figure 1.1.9) gives for a chip of 45 nm. A multiplication of 32 bits
/// takes 3.7 pJ and an addition 0.9 pJ; 4 bytes from DRAM take 640 pJ. Newer chips need less, all parts alike.
pub fn picojoules(flops: u64, bytes: u64) -> f64 {
    flops as f64 * (3.7 + 0.9) / 2.0 + bytes as f64 * 640.0 / 4.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: GptConfig =
        GptConfig { vocab_size: 65, n_layers: 4, n_heads: 4, d_model: 128, context: 128, tied_head: true };

    #[test]
    fn work_agrees_with_the_known_count() {
        // `flops_per_token` counts forward and backward, three times as much, with a full context.
        assert_eq!(flops(&CONFIG, CONFIG.context) as f64 * 3.0, CONFIG.flops_per_token());
        assert!(flops(&CONFIG, 1) < flops(&CONFIG, 128));
    }

    #[test]
    fn a_shorter_context_needs_fewer_positions_too() {
        let (whole, half) = (plan(&CONFIG, 32, 128), plan(&CONFIG, 32, 64));
        assert_eq!(whole.weights - half.weights, 64 * 128 * 4);
        assert_eq!(whole.all() - half.all(), 64 * 128 * 4 + whole.cache / 2);
    }

    #[test]
    fn fetching_costs_more_than_computing() {
        assert!((picojoules(2, 0) - 4.6).abs() < 1e-9 && (picojoules(0, 4) - 640.0).abs() < 1e-9);
    }
}
