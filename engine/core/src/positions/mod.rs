//! Where a token stands: five ways to tell a model, and a small transformer that can be trained with each of them.

pub mod encodings;
pub mod look;
pub mod model;
pub mod task;
pub mod training;

use serde::{Deserialize, Serialize};

/// How the model is told where a token stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Not at all.
    None,
    /// Waves of many lengths are added to the token's vector.
    #[default]
    Sinusoidal,
    /// A learned vector for each position is added to the token's vector.
    Learned,
    /// Queries and keys are turned, pair of numbers by pair, by an angle that grows with the position.
    Rope,
    /// Scores are lowered in proportion to the distance, in each head by its own slope.
    Alibi,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::None, Self::Sinusoidal, Self::Learned, Self::Rope, Self::Alibi];

    /// As it is written in links and outcomes.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sinusoidal => "sinusoidal",
            Self::Learned => "learned",
            Self::Rope => "rope",
            Self::Alibi => "alibi",
        }
    }
}
