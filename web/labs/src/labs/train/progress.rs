//! What has happened in a training so far: the curves, the newest numbers, the samples.

use kit::t;
use crate::widgets::lines::{LineData, Reference, Series};
use engine_core::{
    fingerprint::Fingerprint,
    jobs::train::{MergeLearned, Sample, StepDone, TrainUpdate, TrainingOpened},
    loss_words::{self, Level},
};

/// So many samples and merges are kept for showing.
const KEPT: usize = 6;

/// The newest numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    /// Steps done.
    pub step: u32,
    /// Training loss, evened out over some steps.
    pub loss: Option<f32>,
    /// Validation loss.
    pub val_loss: Option<f32>,
    /// Training tokens per second, evened out.
    pub tokens_per_s: f64,
    /// Until the schedule ends.
    pub seconds_left: Option<f64>,
    /// Of the newest step.
    pub learning_rate: f32,
    /// Of the newest step, before clipping.
    pub grad_norm: f32,
    /// Of all losses so far.
    pub fingerprint: Fingerprint,
}

/// A training as the page knows it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// As the engine opened it.
    pub opened: Option<TrainingOpened>,
    train: Vec<(f64, f64)>,
    val: Vec<(f64, f64)>,
    /// Milliseconds of each of the newest steps, evened out.
    ms: Option<f64>,
    /// The newest numbers.
    pub numbers: Numbers,
    /// The newest samples, newest first.
    pub samples: Vec<Sample>,
    /// The newest merges of the tokenizer, newest first.
    pub merges: Vec<MergeLearned>,
}

impl Progress {
    /// Begins again with what the engine opened, curves included.
    pub fn open(&mut self, opened: TrainingOpened) {
        // Steps count from one: the first loss is that of step 1.
        self.train = opened.train_loss.iter().enumerate().map(|(i, y)| ((i + 1) as f64, f64::from(*y))).collect();
        self.val = opened.val_loss.iter().map(|(step, y)| (f64::from(*step), f64::from(*y))).collect();
        self.samples.retain(|sample| sample.step <= opened.step);
        let recent = opened.train_loss.iter().rev().take(10);
        let loss = recent.clone().sum::<f32>() / recent.len().max(1) as f32;
        self.numbers = Numbers {
            step: opened.step,
            loss: (!opened.train_loss.is_empty()).then_some(loss),
            val_loss: opened.val_loss.last().map(|v| v.1),
            fingerprint: opened.train_loss.iter().copied().collect(),
            ..Numbers::default()
        };
        self.ms = None;
        self.opened = Some(opened);
    }

    /// Takes in an update; answers whether it was a checkpoint, which is not for showing.
    pub fn take(&mut self, update: TrainUpdate) -> Option<(u32, Vec<u8>)> {
        match update {
            TrainUpdate::Step(step) => self.step(step),
            TrainUpdate::Validation { step, loss } => {
                self.numbers.val_loss = Some(loss);
                self.val.retain(|point| point.0 < f64::from(step));
                self.val.push((f64::from(step), f64::from(loss)));
            }
            TrainUpdate::Sample(sample) => {
                self.samples.insert(0, sample);
                self.samples.truncate(KEPT);
            }
            TrainUpdate::Checkpoint { step, file } => return Some((step, file)),
        }
        None
    }

    /// Takes in a merge of the tokenizer.
    pub fn merge(&mut self, merge: MergeLearned) {
        self.merges.insert(0, merge);
        self.merges.truncate(KEPT);
    }

    fn step(&mut self, done: StepDone) {
        self.train.push((f64::from(done.step), f64::from(done.loss)));
        // Single batches jump about; a running mean shows where it is going.
        let smooth = |old: Option<f64>, new: f64, share: f64| old.map_or(new, |old| old + (new - old) * share);
        let ms = smooth(self.ms, done.ms, 0.1);
        self.ms = Some(ms);
        let tokens = done.tokens_per_s * done.ms;
        let total = self.opened.as_ref().map_or(0, |opened| opened.training.steps);
        let mut fingerprint = self.numbers.fingerprint;
        fingerprint.add(done.loss);
        self.numbers = Numbers {
            step: done.step,
            loss: Some(smooth(self.numbers.loss.map(f64::from), f64::from(done.loss), 0.1) as f32),
            val_loss: self.numbers.val_loss,
            tokens_per_s: tokens / ms,
            seconds_left: Some(f64::from(total.saturating_sub(done.step)) * ms / 1e3),
            learning_rate: done.learning_rate,
            grad_norm: done.grad_norm,
            fingerprint,
        };
    }

    /// Step and validation loss of every evaluation.
    pub fn validation(&self) -> &[(f64, f64)] {
        &self.val
    }

    /// The loss curves.
    pub fn lines(&self) -> LineData {
        let references = self.opened.as_ref().map_or(Vec::new(), |opened| {
            vec![
                Reference { label: t!("train.guessing_ln", vocab_size = opened.config.vocab_size), y: f64::from(opened.uniform_loss) },
                Reference { label: t!("train.token_frequencies_only").into(), y: f64::from(opened.unigram_loss) },
                Reference { label: t!("train.trigram").into(), y: f64::from(opened.trigram_loss) },
            ]
        });
        LineData {
            x_name: t!("train.step_axis").into(),
            y_name: t!("train.loss_nats_per").into(),
            series: vec![
                Series { name: t!("train.training_loss").into(), points: self.train.clone() },
                Series { name: t!("train.validation_loss").into(), points: self.val.clone() },
            ],
            references,
        }
    }

    /// Where the loss stands: by the validation loss if there is one, which cannot be learned by heart.
    pub fn level(&self) -> Option<Level> {
        let opened = self.opened.as_ref()?;
        let loss = self.numbers.loss?;
        let trusted = self.numbers.val_loss.map_or(loss, |val| val.max(loss));
        // A training loss near zero beside a high validation loss is a text learned by heart.
        let low = loss_words::level(loss, opened.config.vocab_size, opened.unigram_loss);
        Some(if low == Level::Memorising { low } else { loss_words::level(trusted, opened.config.vocab_size, opened.unigram_loss) })
    }

    /// The step since which every measured validation loss has been below the trigram model's.
    pub fn beaten_since(&self) -> Option<u32> {
        let trigram = f64::from(self.opened.as_ref()?.trigram_loss);
        let (step, _) = self.val.iter().rev().take_while(|(_, loss)| *loss < trigram).last()?;
        Some(*step as u32)
    }

    /// The newest validation loss, if it is a number.
    pub fn val_loss(&self) -> Option<f32> {
        self.numbers.val_loss.filter(|loss| loss.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::config::{GptConfig, TrainConfig};

    fn opened() -> TrainingOpened {
        TrainingOpened {
            config: GptConfig { vocab_size: 65, n_layers: 1, n_heads: 1, d_model: 8, context: 8, tied_head: true },
            training: TrainConfig { steps: 100, ..TrainConfig::default() },
            step: 2,
            parameters: 1000,
            train_tokens: 900,
            val_tokens: 100,
            uniform_loss: 65f32.ln(),
            unigram_loss: 3.3,
            trigram_loss: 2.2,
            memory: 1,
            train_loss: vec![4.2, 4.0],
            val_loss: vec![(0, 4.2)],
        }
    }

    fn done(step: u32, loss: f32) -> TrainUpdate {
        TrainUpdate::Step(StepDone { step, loss, learning_rate: 1e-3, grad_norm: 1.0, ms: 10.0, tokens_per_s: 6400.0 })
    }

    #[test]
    fn curves_go_on_where_a_checkpoint_left_off() {
        let mut progress = Progress::default();
        progress.open(opened());
        assert_eq!(progress.take(done(3, 3.0)), None);
        progress.take(TrainUpdate::Validation { step: 3, loss: 3.1 });
        let lines = progress.lines();
        assert_eq!(lines.series[0].points.last(), Some(&(3.0, 3.0)));
        assert_eq!(lines.series[0].points[0], (1.0, f64::from(4.2f32)));
        assert_eq!(lines.series[1].points.len(), 2);
        assert_eq!(lines.references.len(), 3);
        assert!((progress.numbers.tokens_per_s - 6400.0).abs() < 1e-6);
        assert!((progress.numbers.seconds_left.unwrap() - 0.97).abs() < 1e-9);
    }

    #[test]
    fn a_checkpoint_is_handed_on() {
        let mut progress = Progress::default();
        assert_eq!(progress.take(TrainUpdate::Checkpoint { step: 20, file: vec![1] }), Some((20, vec![1])));
    }

    #[test]
    fn the_trigram_model_is_beaten_since_the_loss_stayed_below() {
        let mut progress = Progress::default();
        progress.open(opened());
        assert_eq!(progress.beaten_since(), None);
        for (step, loss) in [(10, 2.1), (20, 2.3), (30, 2.1), (40, 2.0)] {
            progress.take(TrainUpdate::Validation { step, loss });
        }
        assert_eq!(progress.beaten_since(), Some(30));
        progress.take(TrainUpdate::Validation { step: 50, loss: f32::NAN });
        assert_eq!(progress.beaten_since(), None);
    }

    #[test]
    fn words_trust_the_validation_loss() {
        let mut progress = Progress::default();
        progress.open(opened());
        progress.numbers = Numbers { loss: Some(1.0), val_loss: Some(3.2), ..Numbers::default() };
        assert_eq!(progress.level(), Some(Level::Pairs));
        progress.numbers.loss = Some(0.1);
        assert_eq!(progress.level(), Some(Level::Memorising));
    }
}
