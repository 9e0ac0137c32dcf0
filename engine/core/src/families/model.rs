//! One small model of each family: the same layers, put together in three ways.

use super::{
    Family,
    language::vocabulary,
    lesson::{Example, LONGEST},
    stack::{Stack, StackPass},
};
use crate::{
    reference::sight::Sight,
    rng::{Rng, Stream},
    small::layers::{Linear, add_scaled, softmax},
};
use serde::{Deserialize, Serialize};

/// Numbers per token.
pub const D_MODEL: usize = 32;
/// Heads of each attention.
pub const N_HEADS: usize = 4;
/// Numbers in the middle of each feed-forward part.
pub(super) const HIDDEN: usize = 64;
/// How far the first numbers of tokens and positions spread.
const SPREAD: f32 = 0.5;

/// A model without its numbers.
#[derive(Debug, Clone)]
pub struct Model {
    family: Family,
    encoder: Option<Stack>,
    decoder: Option<Stack>,
    head: Linear,
    count: usize,
}

/// What a pass keeps.
pub struct Pass {
    encoder: Option<StackPass>,
    decoder: Option<StackPass>,
    /// The chance of each word at each token of the last part, `[tokens, vocabulary]`.
    pub chances: Vec<f32>,
}

/// Who looks at whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Looks {
    /// The encoder's tokens at each other.
    Encoder,
    /// The decoder's tokens at themselves and those before them.
    Decoder,
    /// The decoder's tokens at the encoder's.
    Cross,
}

impl Pass {
    /// The shares of one layer's heads, `[heads, queries, keys]`; empty where the model has no such attention.
    pub fn weights(&self, looks: Looks, layer: usize) -> &[f32] {
        match looks {
            Looks::Encoder => self.encoder.as_ref().map_or(&[], |pass| pass.own_weights(layer)),
            Looks::Decoder => self.decoder.as_ref().map_or(&[], |pass| pass.own_weights(layer)),
            Looks::Cross => self.decoder.as_ref().map_or(&[], |pass| pass.cross_weights(layer)),
        }
    }

    /// The chances at one token.
    pub fn at(&self, token: usize) -> &[f32] {
        let words = vocabulary().len();
        &self.chances[token * words..(token + 1) * words]
    }

    /// How surprised the model is, on average over what is asked, in nats.
    pub fn loss(&self, example: &Example) -> f64 {
        let asked: Vec<f64> = example
            .wanted
            .iter()
            .enumerate()
            .filter_map(|(at, wanted)| wanted.map(|wanted| -libm::log(f64::from(self.at(at)[wanted]).max(1e-30))))
            .collect();
        asked.iter().sum::<f64>() / asked.len().max(1) as f64
    }
}

/// The likeliest of `chances`.
pub fn likeliest(chances: &[f32]) -> usize {
    (0..chances.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b])).unwrap_or(0)
}

impl Model {
    /// A model of `layers` layers; an encoder-decoder has as many in each half.
    pub fn new(family: Family, layers: usize) -> Self {
        let words = vocabulary().len();
        let count = std::cell::Cell::new(words * D_MODEL);
        let room = |numbers: usize| count.replace(count.get() + numbers);
        let linear = |inputs, outputs| {
            let at = room((inputs + 1) * outputs);
            Linear { at, inputs, outputs }
        };
        let stack = |sight, crosses| Stack::new(sight, crosses, layers, LONGEST, linear, room);
        let encodes = matches!(family, Family::Encoder | Family::EncoderDecoder);
        let encoder = encodes.then(|| stack(Sight::Everything, false));
        let decoder = (family != Family::Encoder).then(|| stack(Sight::Past, family == Family::EncoderDecoder));
        let head = linear(D_MODEL, words);
        Self { family, encoder, decoder, head, count: count.get() }
    }

    /// How many numbers are learned.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Of which family it is.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The first numbers.
    pub fn init(&self, seed: u64) -> Vec<f32> {
        let mut rng = Rng::new(seed, Stream::Init);
        let mut params: Vec<f32> = (0..self.count).map(|_| rng.normal() * SPREAD).collect();
        let stacks = self.encoder.iter().chain(&self.decoder);
        for linear in stacks.flat_map(Stack::linears).chain([self.head]) {
            let scale = 1.0 / (SPREAD * (linear.inputs as f32).sqrt());
            let numbers = &mut params[linear.at..linear.at + linear.count()];
            let (weight, bias) = numbers.split_at_mut(linear.inputs * linear.outputs);
            weight.iter_mut().for_each(|w| *w *= scale);
            bias.fill(0.0);
        }
        params
    }

    /// Reads `source` with its encoder and `target` with its decoder, as far as it has them.
    pub fn forward(&self, params: &[f32], source: &[usize], target: &[usize]) -> Pass {
        let encoder = self.encoder.as_ref().map(|stack| stack.forward(params, source, None));
        let memory = encoder.as_ref().map(StackPass::out);
        let decoder = self.decoder.as_ref().map(|stack| stack.forward(params, target, memory));
        let last = decoder.as_ref().or(encoder.as_ref()).map_or(&[][..], StackPass::out);
        let mut chances = self.head.forward(params, last);
        chances.chunks_exact_mut(self.head.outputs).for_each(softmax);
        Pass { encoder, decoder, chances }
    }

    /// Adds `scale` times the gradient of the mean loss of `example` to `grads`.
    pub fn backward(&self, params: &[f32], example: &Example, pass: &Pass, scale: f32, grads: &mut [f32]) {
        let words = self.head.outputs;
        let asked = example.wanted.iter().flatten().count().max(1) as f32;
        let mut d_logits = vec![0.0; pass.chances.len()];
        for (at, wanted) in example.wanted.iter().enumerate() {
            let Some(wanted) = wanted else { continue };
            add_scaled(&mut d_logits[at * words..][..words], scale / asked, pass.at(at));
            d_logits[at * words + wanted] -= scale / asked;
        }
        let memory = pass.encoder.as_ref().map(StackPass::out);
        let last = pass.decoder.as_ref().or(pass.encoder.as_ref()).map_or(&[][..], StackPass::out);
        let mut d_last = self.head.backward(params, last, &d_logits, grads);
        if let (Some(stack), Some(pass)) = (&self.decoder, &pass.decoder) {
            d_last = stack.backward(params, &example.target, memory, pass, &d_last, grads);
        }
        if let (Some(stack), Some(pass)) = (&self.encoder, &pass.encoder) {
            stack.backward(params, &example.source, None, pass, &d_last, grads);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::lesson::{draw, example};

    /// In directions drawn at random, the loss changes as the gradient says.
    #[test]
    fn gradients_agree_with_finite_differences() {
        for (family, layers) in Family::ALL.into_iter().flat_map(|family| [(family, 1), (family, 2)]) {
            let model = Model::new(family, layers);
            let params = model.init(3);
            let mut rng = Rng::new(3, Stream::Batch(1));
            let sentence = draw(&mut rng, false);
            let example = example(family, sentence, &mut rng);
            let mut grads = vec![0.0; model.count()];
            let pass = model.forward(&params, &example.source, &example.target);
            model.backward(&params, &example, &pass, 1.0, &mut grads);
            for direction in 0..12 {
                let mut rng = Rng::new(direction, Stream::Token(9));
                // Each direction in another twelfth of the numbers, so that a fault in a few is not drowned.
                let along: Vec<f32> = (0..params.len())
                    .map(|at| (rng.normal(), at * 12 / params.len()))
                    .map(|(step, part)| if part == direction as usize { step } else { 0.0 })
                    .collect();
                let loss = |by: f32| {
                    let moved: Vec<f32> = params.iter().zip(&along).map(|(p, a)| p + by * a).collect();
                    model.forward(&moved, &example.source, &example.target).loss(&example)
                };
                let by = 2e-4;
                let measured = (loss(by) - loss(-by)) / (2.0 * f64::from(by));
                let said: f64 = grads.iter().zip(&along).map(|(g, a)| f64::from(g * a)).sum();
                let off = (measured - said).abs();
                assert!(off < 1e-2 * (1.0 + said.abs()), "{family:?} {layers} {direction}: {measured} {said}");
            }
        }
    }

    /// What a word may not see makes no difference to it; what it may see does.
    #[test]
    fn a_decoder_cannot_see_what_comes_after_and_an_encoder_can() {
        for family in Family::ALL {
            let model = Model::new(family, 2);
            let params = model.init(1);
            let text = |last: usize| [5, 9, 30, 7, last];
            let source = [8, 10, 31];
            let of = |last| match family {
                Family::Encoder => model.forward(&params, &text(last), &[]),
                _ => model.forward(&params, &source, &text(last)),
            };
            let (a, b) = (of(11), of(12));
            let same = a.at(0) == b.at(0);
            assert_eq!(same, family != Family::Encoder, "{family:?}");
            assert_ne!(a.at(4), b.at(4));
        }
        let model = Model::new(Family::EncoderDecoder, 1);
        let params = model.init(1);
        let of = |last| model.forward(&params, &[8, 10, last], &[1]);
        assert_ne!(of(31).at(0), of(32).at(0), "the decoder sees the whole source");
    }

    #[test]
    fn an_encoder_decoder_has_three_attentions() {
        let model = Model::new(Family::EncoderDecoder, 1);
        let pass = model.forward(&model.init(1), &[4, 5, 6], &[1, 60]);
        let lengths = [Looks::Encoder, Looks::Decoder, Looks::Cross].map(|looks| pass.weights(looks, 0).len());
        assert_eq!(lengths, [4 * 9, 4 * 4, 4 * 6]);
        for row in pass.weights(Looks::Cross, 0).chunks_exact(3) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
