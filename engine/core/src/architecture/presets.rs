//! Models to start from and to compare with.

use super::Architecture;

/// A model with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// For links and tests.
    pub key: &'static str,
    /// As people call it.
    pub name: &'static str,
    /// Its settings.
    pub model: Architecture,
}

/// A model of Glassbox on *Pride and Prejudice*, whose text has 74 different characters.
const fn glassbox(n_layers: usize, n_heads: usize, d_model: usize, context: usize) -> Architecture {
    Architecture { vocab: 74, context, ..Architecture::gpt2(n_layers, n_heads, d_model) }
}

/// From small to large: the sizes of the training lab, nanoGPT on single characters, and the four of GPT-2.
pub const PRESETS: [Preset; 9] = [
    Preset { key: "nano", name: "Glassbox nano", model: glassbox(1, 2, 32, 32) },
    Preset { key: "tiny", name: "Glassbox tiny", model: glassbox(2, 4, 48, 32) },
    Preset { key: "small", name: "Glassbox small", model: glassbox(2, 4, 64, 32) },
    Preset { key: "medium", name: "Glassbox medium", model: glassbox(4, 4, 128, 64) },
    Preset {
        key: "nanogpt",
        name: "nanoGPT, characters",
        model: Architecture { vocab: 65, context: 256, bias: false, ..Architecture::gpt2(6, 6, 384) },
    },
    Preset { key: "gpt2", name: "GPT-2 small", model: Architecture::GPT2_SMALL },
    Preset { key: "gpt2-medium", name: "GPT-2 medium", model: Architecture::gpt2(24, 16, 1024) },
    Preset { key: "gpt2-large", name: "GPT-2 large", model: Architecture::gpt2(36, 20, 1280) },
    Preset { key: "gpt2-xl", name: "GPT-2 XL", model: Architecture::gpt2(48, 25, 1600) },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_possible_and_grow() {
        assert!(PRESETS.iter().all(|preset| preset.model.validate().is_ok()));
        assert!(PRESETS.is_sorted_by_key(|preset| preset.model.parameters()));
        assert_eq!(PRESETS[0].model.parameters(), 16_160, "as the lesson of the training lab says");
    }

    #[test]
    fn nanogpt_prints_the_same() {
        // Its program prints "number of parameters: 10.65M" for this configuration; it leaves positions out.
        let nano = PRESETS[4].model;
        assert_eq!(Architecture { learned_positions: false, ..nano }.parameters(), 10_646_784);
        assert_eq!(nano.parameters(), 10_745_088);
    }
}
