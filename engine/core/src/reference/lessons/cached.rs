//! One token through a GPT-2 that keeps the keys and values of all tokens before it.

use crate::{
    config::GptConfig,
    reference::{
        gpt::{Weights, add},
        layers::{gelu_tanh, layer_norm, linear},
        softmax::softmax,
    },
};

// ANCHOR: cached
/// A key and a value of each token so far, for one block.
pub type Past = Vec<[Vec<f64>; 2]>;

/// Reads one more token; answers one score for each token that may come next.
pub fn step(config: &GptConfig, weights: &Weights, cache: &mut [Past], id: usize) -> Vec<f64> {
    let (d, d_head) = (config.d_model, config.d_head());
    let w = |name: &str| weights[name].as_slice();
    let row = |table: &str, at: usize| w(table)[at * d..][..d].iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
    let position = cache[0].len();
    let mut x = row("tok_emb", id);
    add(&mut x, &row("pos_emb", position));
    for (layer, past) in cache.iter_mut().enumerate() {
        let w = |name: &str| w(&format!("blocks.{layer}.{name}"));
        let normed = layer_norm(&x, w("ln1.gain"), w("ln1.bias"));
        let qkv = linear(&normed, w("attn.qkv.weight"), w("attn.qkv.bias"));
        let [q, k, v] = [0, 1, 2].map(|part| qkv[part * d..][..d].to_vec());
        past.push([k, v]);
        let mut mixed = vec![0.0; d];
        for head in 0..config.n_heads {
            let own = head * d_head..(head + 1) * d_head;
            let score = |[k, _]: &[Vec<f64>; 2]| own.clone().map(|c| q[c] * k[c]).sum::<f64>() / (d_head as f64).sqrt();
            let shares = softmax(&past.iter().map(score).collect::<Vec<_>>());
            for ([_, v], share) in past.iter().zip(shares) {
                own.clone().for_each(|c| mixed[c] += share * v[c]);
            }
        }
        add(&mut x, &linear(&mixed, w("attn.proj.weight"), w("attn.proj.bias")));
        let normed = layer_norm(&x, w("ln2.gain"), w("ln2.bias"));
        let up = linear(&normed, w("mlp.up.weight"), w("mlp.up.bias"));
        let active: Vec<f64> = up.into_iter().map(gelu_tanh).collect();
        add(&mut x, &linear(&active, w("mlp.down.weight"), w("mlp.down.bias")));
    }
    let x = layer_norm(&x, w("ln_f.gain"), w("ln_f.bias"));
    w("tok_emb").chunks(d).map(|token| token.iter().zip(&x).map(|(w, x)| f64::from(*w) * x).sum()).collect()
}

/// Reads a prompt, then writes so many tokens, the likeliest each time.
pub fn write(config: &GptConfig, weights: &Weights, prompt: &[usize], tokens: usize) -> Vec<usize> {
    let mut cache = vec![Past::new(); config.n_layers];
    let mut logits = Vec::new();
    for id in prompt {
        logits = step(config, weights, &mut cache, *id);
    }
    let mut written = Vec::new();
    for _ in 0..tokens {
        let best = (0..logits.len()).fold(0, |best, id| if logits[id] > logits[best] { id } else { best });
        written.push(best);
        logits = step(config, weights, &mut cache, best);
    }
    written
}
// ANCHOR_END: cached

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reference::gpt::forward_with,
        rng::{Rng, Stream},
    };

    #[test]
    fn token_by_token_is_the_same_as_all_at_once() {
        let config = GptConfig { vocab_size: 11, n_layers: 3, n_heads: 2, d_model: 6, context: 9, tied_head: true };
        let mut rng = Rng::new(5, Stream::Token(0));
        let random =
            |size: [usize; 2], rng: &mut Rng| (0..size[0] * size[1]).map(|_| rng.uniform() as f32 - 0.4).collect();
        let weights: Weights =
            config.tensors().into_iter().map(|(name, shape)| (name, random(shape, &mut rng))).collect();
        let ids = [3, 0, 10, 10, 7, 1, 2, 2, 5];
        let whole = forward_with(gelu_tanh, &config, &weights, &ids);
        let mut cache = vec![Past::new(); 3];
        for (id, expected) in ids.iter().zip(&whole) {
            let logits = step(&config, &weights, &mut cache, *id as usize);
            assert!(logits.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9));
        }
        assert!(cache.iter().all(|past| past.len() == 9));
        // Greedy, the long way: the whole text is read anew for each token.
        let mut text: Vec<u32> = vec![3, 0];
        for _ in 0..6 {
            let logits = forward_with(gelu_tanh, &config, &weights, &text).pop().unwrap();
            text.push(crate::sampling::top(&logits.iter().map(|x| *x as f32).collect::<Vec<_>>(), 1)[0].0 as u32);
        }
        let written = write(&config, &weights, &[3, 0], 6);
        assert!(written.iter().zip(&text[2..]).all(|(a, b)| *a == *b as usize), "{written:?} {text:?}");
    }
}
