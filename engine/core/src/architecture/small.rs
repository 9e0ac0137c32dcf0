//! A model of the same build, small enough to be trained in a page.

use super::Architecture;

/// The most parameters of a model that trains in a few minutes on one core.
const MOST: u64 = 250_000;
/// Heads of a small model, where the large one has as many.
const HEADS: usize = 4;
/// The longest context that it sees.
const CONTEXT: usize = 64;
/// Single characters of an English book.
const VOCAB: usize = 74;
/// Depths that are tried; two blocks are the fewest in which one head can build on another.
const DEPTHS: [usize; 5] = [2, 3, 4, 5, 6];

/// What the training lab is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaled {
    /// Blocks.
    pub n_layers: usize,
    /// Heads.
    pub n_heads: usize,
    /// Width.
    pub d_model: usize,
    /// Tokens at once.
    pub context: usize,
}

impl Scaled {
    /// As the training lab builds it on a book: single characters, tied, with biases and learned positions.
    pub fn model(&self) -> Architecture {
        let Self { n_layers, n_heads, d_model, context } = *self;
        Architecture { vocab: VOCAB, context, ..Architecture::gpt2(n_layers, n_heads, d_model) }
    }
}

impl Architecture {
    /// The model itself where it is small enough; otherwise one whose width and depth are in about the same
    /// proportion, as large as can be trained in a page.
    pub fn scaled_down(&self) -> Scaled {
        let Self { n_layers, n_heads, d_model, context, .. } = *self;
        let own = Scaled { n_layers, n_heads, d_model, context };
        if context <= CONTEXT && own.model().parameters() <= MOST {
            return own;
        }
        let n_heads = n_heads.min(HEADS);
        let context = context.min(CONTEXT);
        let wanted = (d_model as f64 / n_layers.max(1) as f64).ln();
        let widest = |n_layers: usize| {
            let fits =
                |d_model: &usize| Scaled { n_layers, n_heads, d_model: *d_model, context }.model().parameters() <= MOST;
            // Heads are a multiple of four wide: lanes work in fours.
            (1..64).map(|times| times * 4 * n_heads).take_while(fits).last().unwrap_or(4 * n_heads)
        };
        let far = |scaled: &Scaled| ((scaled.d_model as f64 / scaled.n_layers as f64).ln() - wanted).abs();
        let all = DEPTHS.map(|n_layers| Scaled { n_layers, n_heads, d_model: widest(n_layers), context });
        all.into_iter().min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(all[0])
    }
}

#[cfg(test)]
mod tests {
    use super::super::PRESETS;
    use super::*;

    #[test]
    fn every_preset_has_a_small_one_that_the_training_lab_can_build() {
        for preset in PRESETS {
            let small = preset.model.scaled_down();
            assert_eq!(small.model().validate(), Ok(()), "{}", preset.key);
            assert!(small.model().parameters() <= MOST, "{}", preset.key);
            assert!(small.n_layers <= 24 && small.n_heads <= 32 && small.d_model <= 1024, "limits of the engine");
        }
        let nano = PRESETS[0].model;
        assert_eq!(nano.scaled_down().model(), nano, "a small one stays as it is");
    }

    #[test]
    fn wide_models_stay_wide_and_deep_ones_deep() {
        let small = Architecture::GPT2_SMALL.scaled_down();
        assert_eq!((small.n_layers, small.d_model, small.n_heads), (2, 96, 4));
        let deep = Architecture::gpt2(48, 6, 384).scaled_down();
        assert!(deep.n_layers == 6 && deep.d_model < small.d_model, "{deep:?}");
    }
}
