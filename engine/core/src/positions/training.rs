//! Training the small model under one scheme, in pieces, and what is measured meanwhile.

use super::{
    Scheme,
    model::{D_MODEL, Model, N_HEADS},
    task::{Example, Task, VOCABULARY, written},
};
use crate::{
    rng::{Rng, Stream},
    small::adam::{self, Numbers},
};
use serde::{Deserialize, Serialize};

/// Texts of one step.
pub const BATCH: usize = 16;
/// Texts on which the curve is measured, of each length.
const PROBED: usize = 128;
/// Measured so often in one run, besides the start.
pub const POINTS: u32 = 40;
/// Streams of texts that no step learns from.
const HELD_OUT: u32 = u32::MAX - 1_000_000;
/// Texts beyond the trained length are so many times as long.
pub const FARTHER: usize = 2;

/// Everything that decides how a run goes, but the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// What is learned.
    pub task: Task,
    /// Tokens of each text.
    pub tokens: usize,
    /// Layers of the model.
    pub layers: usize,
    /// Steps of the whole run.
    pub steps: u32,
    /// The length of a step at its peak.
    pub learning_rate: f32,
    /// How long the waves and turns are.
    pub base: f64,
    /// Fixes the first numbers and every text.
    pub seed: u64,
}

impl Setup {
    /// The text with this number among those that nothing is learned from.
    pub fn held_out(&self, number: u32, tokens: usize) -> Example {
        self.task.example(tokens, &mut Rng::new(self.seed, Stream::Batch(HELD_OUT + number)))
    }

    /// The share of tokens that a model blind to order has right on average at best.
    pub fn blind(&self) -> f64 {
        let texts = (0..PROBED as u32).map(|number| self.held_out(number, self.tokens));
        let chances: Vec<f64> = texts.flat_map(|example| self.task.blind(&example)).collect();
        chances.iter().sum::<f64>() / chances.len().max(1) as f64
    }
}

/// How much of what was asked is right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Tokens, as a share of those that were asked.
    pub tokens: f64,
    /// Texts in which every asked token is right.
    pub exact: f64,
}

/// Counts for a [`Share`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Tally {
    right: f64,
    asked: f64,
    whole: f64,
    texts: f64,
}

impl Tally {
    fn add(&mut self, example: &Example, said: &[usize]) {
        let asked = example.wanted.iter().zip(said).filter_map(|(wanted, said)| wanted.map(|w| w == *said));
        let (right, all) = asked.fold((0.0, 0.0), |(right, all), is| (right + f64::from(u8::from(is)), all + 1.0));
        self.right += right;
        self.asked += all;
        self.whole += f64::from(u8::from(right == all));
        self.texts += 1.0;
    }

    fn share(self) -> Share {
        Share { tokens: self.right / self.asked.max(1.0), exact: self.whole / self.texts.max(1.0) }
    }
}

/// What is measured at one step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Steps so far.
    pub step: u32,
    /// The mean loss of the steps since the last point; of the first point, that of the texts it is measured on.
    pub loss: f64,
    /// On texts of the trained length that were not learned from.
    pub near: Share,
    /// On texts twice as long.
    pub far: Share,
}

/// A run between two points: enough to go on from, with the same bits as if it had not stopped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Every number of the model.
    pub params: Vec<f32>,
    /// The running mean of each gradient.
    pub means: Vec<f32>,
    /// The running mean of each gradient's square.
    pub squares: Vec<f32>,
    /// The curve so far.
    pub points: Vec<Point>,
}

/// A closer look at the model as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Glance {
    /// For texts twice as long: at each position the share of right tokens; not a number where nothing is asked.
    pub by_position: Vec<f64>,
    /// `[layers · heads][distance]`: which share each head gives on average to the token so far back, in texts of the
    /// trained length.
    pub by_distance: Vec<Vec<f64>>,
    /// A text twice as long.
    pub text: String,
    /// What should be said of it; a dot where nothing is asked.
    pub wanted: String,
    /// What the model says.
    pub said: String,
    /// What is added to the token at each position, `[FARTHER · tokens, D_MODEL]`; empty where nothing is.
    pub added: Vec<f32>,
    /// How far a chance at the last token moves at most when the tokens before it change places.
    pub shuffled: f64,
}

/// One training.
pub struct Run {
    setup: Setup,
    model: Model,
    kept: Kept,
    grads: Vec<f32>,
    step: u32,
    /// Texts of this step that are done.
    done: usize,
    /// The losses since the last point.
    losses: (f64, f64),
}

impl Run {
    /// Begins, or goes on where `from` stopped.
    pub fn new(setup: Setup, scheme: Scheme, from: Option<Kept>) -> Self {
        let model = Model::new(scheme, setup.layers, setup.tokens * FARTHER, setup.base);
        let kept = from.unwrap_or_else(|| Kept {
            params: model.init(setup.seed),
            means: vec![0.0; model.count()],
            squares: vec![0.0; model.count()],
            points: Vec::new(),
        });
        let step = kept.points.last().map_or(0, |point| point.step);
        Self { setup, grads: vec![0.0; model.count()], model, kept, step, done: 0, losses: (0.0, 0.0) }
    }

    /// Whether a kept run is one of this model.
    pub fn fits(&self) -> bool {
        let Kept { params, means, squares, .. } = &self.kept;
        [params, means, squares].iter().all(|part| part.len() == self.model.count())
    }

    /// Steps so far.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// The run as it is: only whole between two steps, at a point.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Learns from one text; the numbers move after every [`BATCH`]th.
    pub fn learn(&mut self) {
        // Each text has a stream of its own.
        let number = self.step * BATCH as u32 + self.done as u32;
        let example = self.setup.task.example(self.setup.tokens, &mut Rng::new(self.setup.seed, Stream::Batch(number)));
        let pass = self.model.forward(&self.kept.params, &example.tokens);
        self.losses.0 += pass.loss(&example);
        self.losses.1 += 1.0;
        self.model.backward(&self.kept.params, &example, &pass, 1.0 / BATCH as f32, &mut self.grads);
        self.done += 1;
        if self.done == BATCH {
            self.move_numbers();
            (self.done, self.step) = (0, self.step + 1);
        }
    }

    /// One step of Adam.
    fn move_numbers(&mut self) {
        let Setup { learning_rate, steps, .. } = self.setup;
        let Kept { params, means, squares, .. } = &mut self.kept;
        let rate = adam::rate(learning_rate, steps, self.step);
        adam::take_step(Numbers { params, means, squares }, &mut self.grads, rate, self.step);
    }

    /// Whether the curve gets a point now.
    pub fn at_point(&self) -> bool {
        let at = |step: u32| u64::from(step) * u64::from(POINTS) / u64::from(self.setup.steps.max(1));
        let new = self.kept.points.last().is_none_or(|last| at(self.step) > at(last.step));
        self.done == 0 && new
    }

    /// Whether the run is at its end, with its last point.
    pub fn is_done(&self) -> bool {
        self.kept.points.last().is_some_and(|last| last.step >= self.setup.steps)
    }

    /// Goes on until a point of the curve at `step` or later, without a pause: for tests.
    pub fn go_on(&mut self, step: u32) -> Glance {
        loop {
            if self.at_point() {
                let mut measure = self.measure();
                while !measure.go_on(self) {}
                self.point(&measure);
                if self.step >= step.min(self.setup.steps) {
                    return self.glance(&measure);
                }
            }
            self.learn();
        }
    }

    /// Begins to measure: ask it until it answers, and hand the answer to [`Run::point`].
    pub fn measure(&self) -> Measure {
        Measure { next: 0, near: Tally::default(), far: Tally::default(), glance: Sums::default(), loss: 0.0 }
    }

    /// Adds what was measured to the curve.
    pub fn point(&mut self, measured: &Measure) {
        let loss = if self.losses.1 > 0.0 { self.losses.0 / self.losses.1 } else { measured.loss / PROBED as f64 };
        self.losses = (0.0, 0.0);
        let (near, far) = (measured.near.share(), measured.far.share());
        self.kept.points.push(Point { step: self.step, loss, near, far });
    }

    /// What a measurement saw besides.
    pub fn glance(&self, measured: &Measure) -> Glance {
        let example = self.setup.held_out(0, FARTHER * self.setup.tokens);
        let said = self.model.forward(&self.kept.params, &example.tokens).said();
        let dotted = |of: &dyn Fn(usize, usize) -> usize| -> String {
            let show = |(at, wanted): (usize, &Option<usize>)| wanted.map_or("·".into(), |w| written([of(at, w)]));
            example.wanted.iter().enumerate().map(show).collect()
        };
        let (wanted, said) = (dotted(&|_, wanted| wanted), dotted(&|at, _| said[at]));
        let sums = &measured.glance;
        let mean = |(sum, count): &(f64, f64)| if *count > 0.0 { sum / count } else { f64::NAN };
        Glance {
            by_position: sums.right.iter().map(mean).collect(),
            by_distance: sums.shares.iter().map(|head| head.iter().map(mean).collect()).collect(),
            text: written(example.tokens.iter().copied()),
            wanted,
            said,
            added: self.model.added(&self.kept.params).unwrap_or_default().to_vec(),
            shuffled: self.shuffled(),
        }
    }

    /// The largest change of a chance at the last token of a text when those before it stand the other way round.
    fn shuffled(&self) -> f64 {
        let mut tokens = self.setup.held_out(1, self.setup.tokens).tokens;
        let last = |tokens: &[usize]| {
            let chances = self.model.forward(&self.kept.params, tokens).chances;
            chances[chances.len().saturating_sub(VOCABULARY)..].to_vec()
        };
        let before = last(&tokens);
        let end = tokens.len().saturating_sub(1);
        tokens[..end].reverse();
        before.iter().zip(last(&tokens)).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max)
    }
}

#[derive(Debug, Clone, Default)]
struct Sums {
    right: Vec<(f64, f64)>,
    shares: Vec<Vec<(f64, f64)>>,
}

/// A measurement under way, one text at a time.
pub struct Measure {
    next: u32,
    near: Tally,
    far: Tally,
    glance: Sums,
    loss: f64,
}

impl Measure {
    /// Measures one more text of each length; answers whether that was the last.
    pub fn go_on(&mut self, run: &Run) -> bool {
        let Setup { tokens, layers, .. } = run.setup;
        let near = run.setup.held_out(self.next, tokens);
        let pass = run.model.forward(&run.kept.params, &near.tokens);
        self.loss += pass.loss(&near);
        self.near.add(&near, &pass.said());
        self.glance.shares.resize(layers * N_HEADS, vec![(0.0, 0.0); near.tokens.len()]);
        for layer in 0..layers {
            self.add_shares(layer, pass.weights(layer), &near);
        }
        let far = run.setup.held_out(self.next, tokens * FARTHER);
        let said = run.model.forward(&run.kept.params, &far.tokens).said();
        self.far.add(&far, &said);
        self.glance.right.resize(far.tokens.len(), (0.0, 0.0));
        for ((right, wanted), said) in self.glance.right.iter_mut().zip(&far.wanted).zip(&said) {
            if let Some(wanted) = wanted {
                *right = (right.0 + f64::from(u8::from(wanted == said)), right.1 + 1.0);
            }
        }
        self.next += 1;
        self.next as usize >= PROBED
    }

    /// Of the tokens at which something is asked.
    fn add_shares(&mut self, layer: usize, weights: &[f32], example: &Example) {
        let tokens = example.tokens.len();
        for (at, row) in weights.chunks_exact(tokens.max(1)).enumerate() {
            let (head, query) = (at / tokens, at % tokens);
            if example.wanted[query].is_none() {
                continue;
            }
            for (key, weight) in row[..=query].iter().enumerate() {
                let sum = &mut self.glance.shares[layer * N_HEADS + head][query - key];
                *sum = (sum.0 + f64::from(*weight), sum.1 + 1.0);
            }
        }
    }
}

/// Numbers of one row of [`Glance::added`].
pub const ADDED_WIDTH: usize = D_MODEL;

#[cfg(test)]
mod tests;
