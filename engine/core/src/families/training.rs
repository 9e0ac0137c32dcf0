//! Training one model of a family, in pieces.

use super::{
    Family,
    lesson::{draw, example},
    model::Model,
    skills::{Examination, Skills},
};
use crate::{
    rng::{Rng, Stream},
    small::adam::{self, Numbers},
};
use serde::{Deserialize, Serialize};

/// Sentences of one step.
pub const BATCH: usize = 16;
/// Sentences on which the skills are measured.
const ASKED: u32 = 128;
/// Measured so often in one run, besides the start.
pub const POINTS: u32 = 20;

/// Everything that decides how a run goes, but the family.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// Layers of the model, or of each half.
    pub layers: usize,
    /// Steps of the whole run.
    pub steps: u32,
    /// The length of a step at its peak.
    pub learning_rate: f32,
    /// Fixes the first numbers and every sentence.
    pub seed: u64,
}

/// What is measured at one step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Steps so far.
    pub step: u32,
    /// The mean loss of the steps since the last point, in nats per asked word; none at the start.
    pub loss: Option<f64>,
    /// On sentences that were not learned from.
    pub skills: Skills,
}

/// A run between two points: enough to go on from, with the same bits as if it had not stopped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Every number of the model.
    pub params: Vec<f32>,
    /// Adam's running means of the gradients.
    pub means: Vec<f32>,
    /// And of their squares.
    pub squares: Vec<f32>,
    /// The curve so far.
    pub points: Vec<Point>,
}

/// A run in memory.
pub struct Run {
    setup: Setup,
    model: Model,
    grads: Vec<f32>,
    kept: Kept,
    step: u32,
    /// Sentences of this step that were learned from.
    done: usize,
    /// Of the steps since the last point: the sum of the losses, and how many.
    losses: (f64, u32),
}

impl Run {
    /// A run from its beginning, or from where it was kept.
    pub fn new(setup: Setup, family: Family, from: Option<Kept>) -> Self {
        let model = Model::new(family, setup.layers);
        let zeros = || vec![0.0; model.count()];
        let fresh = || Kept { params: model.init(setup.seed), means: zeros(), squares: zeros(), points: Vec::new() };
        let kept = from.unwrap_or_else(fresh);
        let step = kept.points.last().map_or(0, |point| point.step);
        Self { setup, grads: zeros(), model, kept, step, done: 0, losses: (0.0, 0) }
    }

    /// Whether a kept run is one of this model.
    pub fn fits(&self) -> bool {
        let Kept { params, means, squares, .. } = &self.kept;
        [params, means, squares].iter().all(|part| part.len() == self.model.count())
    }

    /// The run as it is: only whole between two steps, at a point.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Learns from one sentence; the numbers move after every [`BATCH`]th.
    pub fn learn(&mut self) {
        // Each sentence has a stream of its own, the same for every family.
        let mut rng = Rng::new(self.setup.seed, Stream::Batch(self.step * BATCH as u32 + self.done as u32));
        let sentence = draw(&mut rng, false);
        let example = example(self.model.family(), sentence, &mut rng);
        let params = &self.kept.params;
        let pass = self.model.forward(params, &example.source, &example.target);
        self.losses = (self.losses.0 + pass.loss(&example), self.losses.1 + 1);
        self.model.backward(params, &example, &pass, 1.0 / BATCH as f32, &mut self.grads);
        self.done += 1;
        if self.done == BATCH {
            let Setup { learning_rate, steps, .. } = self.setup;
            let Kept { params, means, squares, .. } = &mut self.kept;
            let rate = adam::rate(learning_rate, steps, self.step);
            adam::take_step(Numbers { params, means, squares }, &mut self.grads, rate, self.step);
            (self.done, self.step) = (0, self.step + 1);
        }
    }

    /// Whether the curve gets a point now.
    pub fn at_point(&self) -> bool {
        let at = |step: u32| u64::from(step) * u64::from(POINTS) / u64::from(self.setup.steps.max(1));
        self.done == 0 && self.kept.points.last().is_none_or(|last| at(self.step) > at(last.step))
    }

    /// Whether the run is at its end, with its last point.
    pub fn is_done(&self) -> bool {
        self.kept.points.last().is_some_and(|last| last.step >= self.setup.steps)
    }

    /// Begins to measure: hand it to [`Self::ask`] until that answers true, and then to [`Self::point`].
    pub fn measure(&self) -> Measure {
        Measure::default()
    }

    /// Asks about one more sentence; answers whether that was the last.
    pub fn ask(&self, measure: &mut Measure) -> bool {
        let mut rng = Rng::new(self.setup.seed, Stream::Token(measure.asked));
        let sentence = draw(&mut rng, true);
        measure.examination.ask(&self.model, &self.kept.params, self.setup.layers, sentence, &mut rng);
        measure.asked += 1;
        measure.asked >= ASKED
    }

    /// Adds what was measured to the curve.
    pub fn point(&mut self, measure: &Measure) {
        let (sum, count) = std::mem::take(&mut self.losses);
        let loss = (count > 0).then(|| sum / f64::from(count));
        self.kept.points.push(Point { step: self.step, loss, skills: measure.examination.skills() });
    }

    /// Goes on until a point at `step` or later, without a pause: for tests.
    pub fn go_on(&mut self, step: u32) {
        loop {
            if self.at_point() {
                let mut measure = self.measure();
                while !self.ask(&mut measure) {}
                self.point(&measure);
                if self.step >= step.min(self.setup.steps) {
                    return;
                }
            }
            self.learn();
        }
    }
}

/// A measurement under way.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    asked: u32,
    examination: Examination,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::families::TrainFamily;

    fn trained(family: Family) -> Skills {
        let mut run = Run::new(TrainFamily::default().setup, family, None);
        run.go_on(u32::MAX);
        let last = *run.kept().points.last().expect("a point");
        eprintln!("{family:?} {last:?}");
        last.skills
    }

    /// The outcomes that the lesson tells of.
    #[test]
    fn an_encoder_fills_gaps_and_a_decoder_writes() {
        let (encoder, decoder) = (trained(Family::Encoder), trained(Family::Decoder));
        assert!(encoder.article > Some(0.95) && encoder.noun > Some(0.95) && encoder.verb > Some(0.95), "{encoder:?}");
        // It cannot know what comes after the gap.
        assert!(decoder.noun < Some(0.7) && decoder.article < Some(0.8) && decoder.verb > Some(0.95), "{decoder:?}");
        assert!(decoder.writes > Some(0.9) && decoder.writes > encoder.writes, "{decoder:?} {encoder:?}");
        assert_eq!((encoder.translates, decoder.aligned), (None, None));
    }

    #[test]
    fn two_families_translate() {
        let (pair, prompted) = (trained(Family::EncoderDecoder), trained(Family::Prompted));
        assert!(pair.translates > Some(0.9) && pair.aligned > Some(0.6), "{pair:?}");
        assert!(prompted.translates > Some(0.5), "{prompted:?}");
        assert_eq!(pair.article, None);
    }

    #[test]
    fn a_run_that_stopped_goes_on_with_the_same_bits() {
        let setup = Setup { steps: 40, ..TrainFamily::default().setup };
        for family in Family::ALL {
            let mut whole = Run::new(setup, family, None);
            whole.go_on(40);
            let mut first = Run::new(setup, family, None);
            first.go_on(20);
            let mut second = Run::new(setup, family, Some(first.kept().clone()));
            second.go_on(40);
            assert_eq!(whole.kept(), second.kept());
            assert!(whole.is_done() && whole.fits());
        }
    }
}
