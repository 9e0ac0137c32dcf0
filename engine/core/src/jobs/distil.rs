//! Distilling a model of the learner's into one of half its size, beside a student that has no teacher.

use crate::{
    config::{FirstWeights, GptConfig, TrainConfig},
    distil::Mix,
    job::{Home, Job},
};
use serde::{Deserialize, Serialize};

/// The most steps of a student.
pub const MOST_STEPS: u32 = 5_000;
/// The largest teacher, in parameters.
pub const LARGEST: usize = 5_000_000;
/// Points of each curve on the validation part, beside the one before the first step.
pub const POINTS: u32 = 20;

/// Trains students on what a teacher thinks, and others without it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DistilModel {
    /// The teacher's file: see [`crate::model_file`].
    pub file: Vec<u8>,
    /// The text that all learn from; its last tenth measures the loss.
    pub text: String,
    /// How.
    pub plan: Plan,
    /// How many tokens each model writes in the end; 0 writes nothing.
    pub tokens: u32,
}

/// What is half of the teacher's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Student {
    /// The number of blocks.
    #[default]
    Layers,
    /// The width of the residual stream, and so of everything.
    Width,
}

impl Student {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Layers, Self::Width];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Layers => "layers",
            Self::Width => "width",
        }
    }

    /// The student's sizes.
    ///
    /// # Errors
    /// A sentence, if there is no half.
    pub fn of(self, teacher: &GptConfig) -> Result<GptConfig, String> {
        let GptConfig { n_layers, n_heads, d_model, .. } = *teacher;
        match self {
            Self::Layers if n_layers < 2 => {
                Err("This teacher has one block only, and half a block is none: halve its width instead.".into())
            }
            Self::Layers => Ok(GptConfig { n_layers: n_layers / 2, ..*teacher }),
            Self::Width if d_model % 2 == 1 => {
                Err(format!("This teacher is {d_model} wide, which has no half: halve its layers instead."))
            }
            Self::Width => {
                let d_model = d_model / 2;
                // Heads of a width that is not whole there would be: then fewer heads of the teacher's width.
                let n_heads = if d_model.is_multiple_of(n_heads) { n_heads } else { n_heads / 2 };
                Ok(GptConfig { d_model, n_heads, ..*teacher })
            }
        }
    }
}

/// What students begin with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Begin {
    /// Every second block of the teacher, and its embeddings, as DistilBERT (Sanh and others 2019). Only a student as
    /// wide as its teacher can.
    #[default]
    Copied,
    /// Random numbers.
    Fresh,
}

impl Begin {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Copied, Self::Fresh];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Fresh => "fresh",
        }
    }
}

/// How students are trained. With and without a teacher they begin with the same numbers and see the same batches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What is half.
    pub student: Student,
    /// What they begin with.
    pub begin: Begin,
    /// What those with a teacher aim for.
    pub mix: Mix,
    /// Steps of each.
    pub steps: u32,
    /// Sequences of a step.
    pub batch: usize,
    /// The peak learning rate.
    pub learning_rate: f32,
    /// Fixes the batches and the first numbers of the first pair; the next pair has the next seed.
    pub seed: u64,
    /// How many pairs are trained, one after another.
    pub pairs: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            student: Student::Layers,
            begin: Begin::Copied,
            mix: Mix { temperature: 2.0, soft: 0.5 },
            steps: 60,
            batch: 8,
            learning_rate: 2e-3,
            seed: 1,
            pairs: 1,
        }
    }
}

impl Plan {
    /// The settings of a pair's training, as the training lab has them.
    pub fn training(&self, pair: u32) -> TrainConfig {
        let Self { steps, batch, learning_rate, seed, .. } = *self;
        TrainConfig {
            batch,
            steps,
            learning_rate,
            warmup: (steps / 20).max(1),
            seed: seed + u64::from(pair),
            first_weights: FirstWeights::ByWidth,
            ..TrainConfig::default()
        }
    }

    /// Whether this can be trained, as far as the settings tell.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        self.mix.validate()?;
        let whole = [
            ("The number of steps", self.steps as usize, POINTS as usize, MOST_STEPS as usize),
            ("The sequences of a step", self.batch, 1, 64),
            ("The number of pairs", self.pairs as usize, 1, 5),
        ];
        for (name, value, low, high) in whole {
            if !(low..=high).contains(&value) {
                return Err(format!("{name} is {value}; choose {low} to {high}."));
            }
        }
        if !(1e-6..=0.1).contains(&self.learning_rate) {
            return Err(format!("The learning rate is {}; choose 0.000001 to 0.1.", self.learning_rate));
        }
        if self.begin == Begin::Copied && self.student == Student::Width {
            return Err(
                "Blocks can be copied only into a student as wide as its teacher: begin with random numbers, or halve the layers."
                    .into(),
            );
        }
        Ok(())
    }
}

/// One student's curve.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Steps done, and the loss on the validation part then, nats per token.
    pub points: Vec<(u32, f64)>,
    /// How far its chances are from the teacher's in the end: the mean KL divergence on the validation part, in nats, at
    /// temperature 1.
    pub apart: Option<f64>,
}

impl Curve {
    /// Where it stands.
    pub fn last(&self) -> Option<f64> {
        self.points.last().map(|(_, loss)| *loss)
    }
}

/// Two students of one seed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Its seed.
    pub seed: u64,
    /// With the teacher.
    pub taught: Curve,
    /// Without.
    pub alone: Curve,
}

/// What is known so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The teacher's loss on the validation part, nats per token.
    pub teacher: Option<f64>,
    /// Numbers of the teacher.
    pub teacher_parameters: usize,
    /// Numbers of a student.
    pub student_parameters: usize,
    /// The pairs so far, the last one perhaps under way.
    pub pairs: Vec<Pair>,
    /// What the teacher writes, and the first pair's students: with it, and without.
    pub written: Vec<String>,
    /// The taught student of the first pair, as a file.
    pub file: Option<Vec<u8>>,
}

impl Job for DistilModel {
    const NAME: &'static str = "distil-model";
    const HOME: Home = Home::Plain;
    type Update = Report;
    type Output = Report;
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEACHER: GptConfig =
        GptConfig { vocab_size: 9, n_layers: 4, n_heads: 4, d_model: 88, context: 8, tied_head: true };

    #[test]
    fn students_are_half() {
        assert_eq!(Student::Layers.of(&TEACHER).unwrap().n_layers, 2);
        let narrow = Student::Width.of(&TEACHER).unwrap();
        assert_eq!((narrow.d_model, narrow.n_heads), (44, 4));
        let odd = GptConfig { d_model: 24, n_heads: 8, ..TEACHER };
        let narrow = Student::Width.of(&odd).unwrap();
        assert_eq!((narrow.validate(), narrow.n_heads), (Ok(()), 4));
        let shallow = GptConfig { n_layers: 1, ..TEACHER };
        assert!(Student::Layers.of(&shallow).unwrap_err().contains("one block"));
        let three = GptConfig { d_model: 9, n_heads: 3, ..TEACHER };
        assert!(Student::Width.of(&three).unwrap_err().contains("9 wide"));
    }

    #[test]
    fn impossible_requests_get_a_sentence() {
        assert_eq!(Plan::default().validate(), Ok(()));
        let says = |change: fn(&mut Plan), word: &str| {
            let mut plan = Plan::default();
            change(&mut plan);
            let why = plan.validate().unwrap_err();
            assert!(why.contains(word) && why.ends_with('.'), "{why}");
        };
        says(|plan| plan.mix.temperature = 0.0, "temperature");
        says(|plan| plan.steps = 3, "20 to 5000");
        says(|plan| plan.batch = 65, "1 to 64");
        says(|plan| plan.pairs = 0, "1 to 5");
        says(|plan| plan.learning_rate = f32::NAN, "NaN");
        says(|plan| plan.student = Student::Width, "as wide as its teacher");
        assert_eq!(Plan::default().training(0).validate(), Ok(()));
    }

    #[test]
    fn keys_are_the_names_that_links_write() {
        let named = |all: String, keys: [&str; 2]| assert_eq!(all, format!("{keys:?}").replace(", ", ","));
        named(serde_json::to_string(&Student::ALL).unwrap(), Student::ALL.map(Student::key));
        named(serde_json::to_string(&Begin::ALL).unwrap(), Begin::ALL.map(Begin::key));
    }
}
