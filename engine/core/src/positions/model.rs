//! A small transformer with hand-written gradients, into which each scheme can be put.

use super::{
    Scheme, encodings,
    look::{Look, Seen},
    task::{Example, VOCABULARY},
};
use crate::{
    rng::{Rng, Stream},
    small::layers::{Linear, add_scaled, normed, normed_backward, softmax},
};

/// Numbers per token.
pub const D_MODEL: usize = 32;
/// Heads of each layer.
pub const N_HEADS: usize = 4;
/// Numbers of each head.
pub const D_HEAD: usize = D_MODEL / N_HEADS;
/// Numbers in the middle of each feed-forward part.
const HIDDEN: usize = 64;
/// How far the first numbers of tokens and learned positions spread: about as far as the waves.
const SPREAD: f32 = 0.7;

/// One layer: attention, then the same small network for each token.
#[derive(Debug, Clone, Copy)]
struct Layer {
    qkv: Linear,
    out: Linear,
    up: Linear,
    down: Linear,
}

/// The model without its numbers.
#[derive(Debug, Clone)]
pub struct Model {
    scheme: Scheme,
    layers: Vec<Layer>,
    head: Linear,
    look: Look,
    /// What is added to a token by its position, `[tokens, D_MODEL]`, where that is not learned.
    waves: Option<Vec<f32>>,
    /// Where the learned positions stand among the parameters.
    learned: Option<usize>,
    count: usize,
}

/// What a pass through one layer keeps for the way back.
struct Passed {
    normed: (Vec<f32>, Vec<f32>),
    seen: Seen,
    normed_after: (Vec<f32>, Vec<f32>),
    /// Of the feed-forward part, what is above zero, and that squared.
    hidden: Vec<f32>,
    squared: Vec<f32>,
}

/// What a pass keeps.
pub struct Pass {
    layers: Vec<Passed>,
    last: (Vec<f32>, Vec<f32>),
    /// The chance of each symbol after each token, `[tokens, VOCABULARY]`.
    pub chances: Vec<f32>,
}

impl Pass {
    /// The shares of the heads of one layer, `[heads, tokens (query), tokens (key)]`.
    pub fn weights(&self, layer: usize) -> &[f32] {
        self.layers.get(layer).map_or(&[], |passed| passed.seen.weights())
    }

    /// The symbol that the model finds likeliest after each token.
    pub fn said(&self) -> Vec<usize> {
        let best = |row: &[f32]| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or(0);
        self.chances.chunks_exact(VOCABULARY).map(best).collect()
    }

    /// How surprised the model is, on average over what is asked, in nats.
    pub fn loss(&self, example: &Example) -> f64 {
        let asked = example.wanted.iter().enumerate().filter_map(|(at, wanted)| wanted.map(|w| at * VOCABULARY + w));
        let (sum, count) = asked.fold((0.0, 0), |(sum, count), place| {
            (sum - libm::log(f64::from(self.chances[place]).max(1e-30)), count + 1)
        });
        if count == 0 { 0.0 } else { sum / f64::from(count) }
    }
}

impl Model {
    /// A model of `layers` layers for texts of up to `tokens` tokens. `base` decides how long waves and turns are.
    pub fn new(scheme: Scheme, layers: usize, tokens: usize, base: f64) -> Self {
        let mut count = VOCABULARY * D_MODEL;
        let mut linear = |inputs, outputs| {
            let new = Linear { at: count, inputs, outputs };
            count += new.count();
            new
        };
        let mut layer = |_| Layer {
            qkv: linear(D_MODEL, 3 * D_MODEL),
            out: linear(D_MODEL, D_MODEL),
            up: linear(D_MODEL, HIDDEN),
            down: linear(HIDDEN, D_MODEL),
        };
        let layers: Vec<Layer> = (0..layers).map(&mut layer).collect();
        let head = linear(D_MODEL, VOCABULARY);
        // Positions stand last, so that all else begins with the same numbers under each scheme.
        let learned = (scheme == Scheme::Learned).then_some(count);
        count += if learned.is_some() { tokens * D_MODEL } else { 0 };
        let wave = |at| encodings::sinusoidal(at, D_MODEL, base).into_iter().map(|x| x as f32);
        let waves = (scheme == Scheme::Sinusoidal).then(|| (0..tokens).flat_map(wave).collect());
        let look = Look::new(scheme, N_HEADS, D_HEAD, tokens, base);
        Self { scheme, layers, head, look, waves, learned, count }
    }

    /// How many numbers are learned.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How the model is told where a token stands.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The first numbers: the same for every scheme, but for what only one of them has.
    pub fn init(&self, seed: u64) -> Vec<f32> {
        let mut rng = Rng::new(seed, Stream::Init);
        let mut params: Vec<f32> = (0..self.count).map(|_| rng.normal() * SPREAD).collect();
        for linear in self.layers.iter().flat_map(|l| [l.qkv, l.out, l.up, l.down]).chain([self.head]) {
            let scale = 1.0 / (SPREAD * (linear.inputs as f32).sqrt());
            let (weight, bias) =
                params[linear.at..linear.at + linear.count()].split_at_mut(linear.inputs * linear.outputs);
            weight.iter_mut().for_each(|w| *w *= scale);
            bias.fill(0.0);
        }
        params
    }

    /// What is added to each token by its position, `[tokens, D_MODEL]`; none where nothing is.
    pub fn added<'a>(&'a self, params: &'a [f32]) -> Option<&'a [f32]> {
        self.waves.as_deref().or_else(|| self.learned.map(|at| &params[at..]))
    }

    /// Reads `tokens`.
    pub fn forward(&self, params: &[f32], tokens: &[usize]) -> Pass {
        let mut x: Vec<f32> =
            tokens.iter().flat_map(|token| params[token * D_MODEL..(token + 1) * D_MODEL].iter().copied()).collect();
        if let Some(added) = self.added(params) {
            add_scaled(&mut x, 1.0, added);
        }
        let mut layers = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let normed_before = normed(&x, D_MODEL);
            let seen = self.look.forward(layer.qkv.forward(params, &normed_before.0));
            add_scaled(&mut x, 1.0, &layer.out.forward(params, seen.mixed()));
            let normed_after = normed(&x, D_MODEL);
            let mut hidden = layer.up.forward(params, &normed_after.0);
            hidden.iter_mut().for_each(|h| *h = h.max(0.0));
            // Squared (So and others 2021): no kink at zero, so that finite differences can check the gradients.
            let squared: Vec<f32> = hidden.iter().map(|h| h * h).collect();
            add_scaled(&mut x, 1.0, &layer.down.forward(params, &squared));
            layers.push(Passed { normed: normed_before, seen, normed_after, hidden, squared });
        }
        let last = normed(&x, D_MODEL);
        let mut chances = self.head.forward(params, &last.0);
        chances.chunks_exact_mut(VOCABULARY).for_each(softmax);
        Pass { layers, last, chances }
    }

    /// Adds `scale` times the gradient of the mean loss of `example` to `grads`.
    pub fn backward(&self, params: &[f32], example: &Example, pass: &Pass, scale: f32, grads: &mut [f32]) {
        let asked = example.wanted.iter().flatten().count().max(1) as f32;
        let mut d_logits = vec![0.0; pass.chances.len()];
        for (at, wanted) in example.wanted.iter().enumerate() {
            let Some(wanted) = wanted else { continue };
            let row = at * VOCABULARY..(at + 1) * VOCABULARY;
            add_scaled(&mut d_logits[row.clone()], scale / asked, &pass.chances[row.clone()]);
            d_logits[row.start + wanted] -= scale / asked;
        }
        let d_last = self.head.backward(params, &pass.last.0, &d_logits, grads);
        let mut d_x = vec![0.0; d_last.len()];
        normed_backward(&pass.last.0, &pass.last.1, &d_last, &mut d_x);
        for (layer, passed) in self.layers.iter().zip(&pass.layers).rev() {
            let mut d_hidden = layer.down.backward(params, &passed.squared, &d_x, grads);
            d_hidden.iter_mut().zip(&passed.hidden).for_each(|(d, h)| *d *= 2.0 * h);
            let d_normed = layer.up.backward(params, &passed.normed_after.0, &d_hidden, grads);
            normed_backward(&passed.normed_after.0, &passed.normed_after.1, &d_normed, &mut d_x);
            let d_mixed = layer.out.backward(params, passed.seen.mixed(), &d_x, grads);
            let d_qkv = self.look.backward(&passed.seen, &d_mixed);
            let d_normed = layer.qkv.backward(params, &passed.normed.0, &d_qkv, grads);
            normed_backward(&passed.normed.0, &passed.normed.1, &d_normed, &mut d_x);
        }
        for (token, d_x) in example.tokens.iter().zip(d_x.chunks_exact(D_MODEL)) {
            add_scaled(&mut grads[token * D_MODEL..(token + 1) * D_MODEL], 1.0, d_x);
        }
        if let Some(at) = self.learned {
            add_scaled(&mut grads[at..], 1.0, &d_x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::positions::task::Task;

    /// Along a direction drawn at random for each scheme, the loss changes as the gradient says.
    #[test]
    fn gradients_agree_with_finite_differences() {
        for (scheme, layers) in Scheme::ALL.into_iter().flat_map(|scheme| [(scheme, 1), (scheme, 2)]) {
            for task in Task::ALL {
                let model = Model::new(scheme, layers, 12, 100.0);
                let params = model.init(3);
                let example = task.example(12, &mut Rng::new(3, Stream::Batch(1)));
                let mut grads = vec![0.0; model.count()];
                model.backward(&params, &example, &model.forward(&params, &example.tokens), 1.0, &mut grads);
                for direction in 0..6 {
                    let mut rng = Rng::new(direction, Stream::Token(9));
                    // One direction in all numbers, five in a twentieth of them each: a fault in a few is not drowned.
                    let along: Vec<f32> = (0..params.len())
                        .map(|at| {
                            let step = rng.normal();
                            if direction == 0 || at * 20 / params.len() % 5 + 1 == direction as usize {
                                step
                            } else {
                                0.0
                            }
                        })
                        .collect();
                    let loss = |by: f32| {
                        let moved: Vec<f32> = params.iter().zip(&along).map(|(p, a)| p + by * a).collect();
                        model.forward(&moved, &example.tokens).loss(&example)
                    };
                    let by = 1e-4;
                    let measured = (loss(by) - loss(-by)) / (2.0 * f64::from(by));
                    let said: f64 = grads.iter().zip(&along).map(|(g, a)| f64::from(g * a)).sum();
                    let size = grads.iter().zip(&along).filter(|(_, a)| **a != 0.0);
                    let size = size.map(|(g, _)| f64::from(g * g)).sum::<f64>().sqrt();
                    if (measured - said).abs() >= 0.02 * size.max(0.02) {
                        println!(
                            "{scheme:?}, {layers} layers, {task:?}, {direction}: {measured} is not {said} (of {size})"
                        );
                        for by in [1e-5f32, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3] {
                            println!("   {by} {}", (loss(by) - loss(-by)) / (2.0 * f64::from(by)));
                        }
                    }
                }
            }
        }
    }

    /// One layer without positions cannot tell two orders of what came before apart; with any scheme it can.
    #[test]
    fn one_layer_without_positions_is_blind_to_order() {
        let (one, other) = ([10, 11, 12, 13, 14, 15], [13, 10, 14, 12, 11, 15]);
        for scheme in Scheme::ALL {
            let model = Model::new(scheme, 1, 6, 100.0);
            let params = model.init(1);
            let last = |tokens: &[usize]| model.forward(&params, tokens).chances[5 * VOCABULARY..].to_vec();
            let apart = last(&one).iter().zip(last(&other)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert_eq!(apart < 1e-6, scheme == Scheme::None, "{scheme:?}: {apart}");
        }
    }

    #[test]
    fn every_scheme_begins_with_the_same_numbers() {
        let first = |scheme| Model::new(scheme, 2, 12, 100.0).init(7);
        let plain = first(Scheme::None);
        for scheme in Scheme::ALL {
            assert_eq!(first(scheme)[..plain.len()], plain, "{scheme:?}");
        }
        assert_eq!(first(Scheme::Learned).len(), plain.len() + 12 * D_MODEL);
    }
}
