//! What a learner is shown of a reading, in words and numbers.

use super::{
    lens::{self, Said},
    model::{Model, Norm},
    pass::Trace,
    shares::{length, shares, written},
};
use crate::{
    jobs::{
        TokenChance,
        dissect::{BlockSeen, Dissection, LensCell, Neuron, NormSeen, Scored, Wrote},
    },
    reference::softmax::softmax,
    sampling,
    tokenizer::Tokenizer,
};

/// So many of the most active neurons are shown.
const NEURONS: usize = 8;
/// So many tokens say what a direction stands for.
const PUSHED: usize = 4;
/// So many of the likeliest next tokens are shown.
const NEXT: usize = 8;

/// A finished reading.
pub struct Reading<'a> {
    /// By which model.
    pub model: &'a Model<'a>,
    /// What its tokens look like.
    pub tokenizer: &'a Tokenizer,
    /// What was read.
    pub ids: &'a [u32],
    /// Everything that happened.
    pub trace: &'a Trace,
}

impl Reading<'_> {
    /// One row of the lens, for learners.
    pub fn lens_row(&self, depth: usize) -> Vec<LensCell> {
        let row = self.trace.streams.get(depth);
        row.map_or(Vec::new(), |row| lens::row(self.model, row, self.ids).iter().map(|said| self.cell(said)).collect())
    }

    fn cell(&self, said: &Said) -> LensCell {
        LensCell {
            top: said.top,
            token: self.tokenizer.show(said.top),
            probability: said.probability as f32,
            truth_rank: said.truth_rank.map(|rank| rank as u32),
            truth: said.truth.map(|p| p as f32),
        }
    }

    /// The likeliest tokens for these logits, best first.
    pub fn chances(&self, logits: &[f64], most: usize) -> Vec<TokenChance> {
        chances(self.tokenizer, logits, most)
    }

    /// Everything at one place, with the lens that was read before. A place behind the end is the last one.
    pub fn at(&self, position: usize, lens: Vec<Vec<LensCell>>) -> Dissection {
        let position = position.min(self.ids.len().saturating_sub(1));
        let row = |rows: &Vec<Vec<f64>>| rows.get(position).cloned().unwrap_or_default();
        let last = self.trace.last().get(position).cloned().unwrap_or_default();
        let logits = self.model.read(&last);
        let top = lens::said(&logits, None).top;
        let truth = self.ids.get(position + 1).copied();
        let for_top = shares(self.model, self.trace, position, top);
        let for_truth = truth.map(|id| shares(self.model, self.trace, position, id));
        let scored = |id: u32, shared: &super::shares::Shared| Scored {
            token: self.tokenizer.show(id),
            logit: shared.total as f32,
            constant: shared.constant as f32,
        };
        let all = written(self.trace, position);
        let mut sum = vec![0.0; last.len()];
        all.iter().for_each(|(_, wrote)| sum.iter_mut().zip(*wrote).for_each(|(sum, x)| *sum += x));
        let off = sum.iter().zip(&last).map(|(sum, x)| (sum - x).abs()).fold(0.0, f64::max);
        let wrote = all.iter().enumerate().map(|(at, (writer, vector))| Wrote {
            writer: *writer,
            length: length(vector) as f32,
            to_top: for_top.parts.get(at).map_or(0.0, |part| part.2 as f32),
            to_truth: for_truth.as_ref().and_then(|shared| shared.parts.get(at)).map(|part| part.2 as f32),
            pushes: self.pushed(vector).0,
        });
        let config = self.model.config;
        Dissection {
            tokens: self.ids.iter().map(|&id| self.tokenizer.show(id)).collect(),
            position,
            n_layers: config.n_layers,
            n_heads: config.n_heads,
            d_model: config.d_model,
            vocab_size: config.vocab_size,
            lens,
            next: self.chances(&logits, NEXT),
            streams: self.trace.streams.iter().map(|rows| row(rows).iter().map(|x| *x as f32).collect()).collect(),
            blocks: (0..self.trace.blocks.len()).map(|layer| self.block(layer, position)).collect(),
            last_norm: norm(&self.model.ln_f, &last),
            written: wrote.collect(),
            off,
            top: scored(top, &for_top),
            truth: truth.zip(for_truth.as_ref()).map(|(id, shared)| scored(id, shared)),
            left_off: 0,
            unknown: String::new(),
        }
    }

    fn block(&self, layer: usize, position: usize) -> BlockSeen {
        let (seen, model) = (&self.trace.blocks[layer], &self.model.blocks[layer]);
        let row = |rows: &[Vec<f64>]| rows.get(position).cloned().unwrap_or_default();
        let entered = self.trace.streams.get(layer).map_or(Vec::new(), |rows| row(rows));
        let most = |rows: &Vec<Vec<f64>>| {
            let looks = row(rows);
            let best = (0..looks.len()).reduce(|best, at| if looks[at] > looks[best] { at } else { best });
            best.map_or((0, 0.0), |best| (best, looks[best] as f32))
        };
        let active = row(&seen.active);
        let strength: Vec<f32> = active.iter().map(|a| a.abs() as f32).collect();
        let neurons = sampling::top(&strength, NEURONS).into_iter().map(|(index, _)| {
            let direction = model.mlp.direction(index);
            let (raises, lowers) = self.pushed(&direction);
            let activation = active.get(index).copied().unwrap_or_default();
            Neuron {
                index,
                activation: activation as f32,
                length: (activation.abs() * length(&direction)) as f32,
                raises,
                lowers,
            }
        });
        BlockSeen {
            ln1: norm(&model.ln1, &entered),
            looks: seen.looks.iter().map(most).collect(),
            ln2: norm(&model.ln2, &row(&seen.between)),
            d_ff: active.len(),
            firing: active.iter().filter(|a| **a > 0.0).count(),
            neurons: neurons.collect(),
        }
    }

    /// The tokens whose scores a direction raises most, and those it lowers most.
    fn pushed(&self, direction: &[f64]) -> (Vec<String>, Vec<String>) {
        let pushes: Vec<f32> = self.model.pushes(direction).into_iter().map(|x| x as f32).collect();
        let against: Vec<f32> = pushes.iter().map(|x| -x).collect();
        let names =
            |of: &[f32]| sampling::top(of, PUSHED).into_iter().map(|(id, _)| self.tokenizer.show(id as u32)).collect();
        (names(&pushes), names(&against))
    }
}

/// The likeliest tokens for these logits, best first.
pub fn chances(tokenizer: &Tokenizer, logits: &[f64], most: usize) -> Vec<TokenChance> {
    let probabilities: Vec<f32> = softmax(logits).into_iter().map(|p| p as f32).collect();
    let best = sampling::top(&probabilities, most).into_iter();
    best.map(|(id, probability)| TokenChance { token: tokenizer.show(id as u32), probability }).collect()
}

fn norm(norm: &Norm<'_>, x: &[f64]) -> NormSeen {
    let count = x.len().max(1) as f64;
    let mean = x.iter().sum::<f64>() / count;
    let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    let gains = norm.gain.iter().copied();
    NormSeen {
        mean: mean as f32,
        deviation: variance.sqrt() as f32,
        least_gain: gains.clone().fold(f32::INFINITY, f32::min),
        mean_gain: gains.clone().sum::<f32>() / norm.gain.len().max(1) as f32,
        most_gain: gains.fold(f32::NEG_INFINITY, f32::max),
    }
}
