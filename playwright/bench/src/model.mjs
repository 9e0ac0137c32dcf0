// The GPT that every library trains and decodes: sizes, data, initial weights, optimizer settings.
// It is Glassbox's own (engine/src/gpt) with an untied head: pre-LN, exact GELU, learned positions,
// no bias on the head. tools/golden.py computes the same in PyTorch with 64-bit numbers.
import { normals } from './numbers.mjs';

export const CONFIGS = {
  full: { layers: 4, width: 128, heads: 4, context: 128, batch: 16, vocab: 65 },
  small: { layers: 2, width: 64, heads: 4, context: 32, batch: 4, vocab: 65 },
  tiny: { layers: 2, width: 32, heads: 2, context: 16, batch: 2, vocab: 17 },
};
/** AdamW as Glassbox uses it: only tensors whose name ends in `.weight` decay. */
export const ADAM = { rate: 1e-3, beta1: 0.9, beta2: 0.95, eps: 1e-8, decay: 0.1 };
export const decays = (name) => name.endsWith('.weight');
export const LAYER_NORM_EPS = 1e-5;

/** Decoding: larger weights than training starts from, so that the tokens depend on each other. */
export const DECODE = { prompt: 16, tokens: 96, seed: 4321, std: 0.1 };

const LENGTH = 100_000;

/** The text to learn: multiples of the golden ratio, cut to the vocabulary. */
export function makeData(vocab) {
  return Int32Array.from({ length: LENGTH }, (_, i) => (Math.imul(i, 2654435761 | 0) >>> 16) % vocab);
}

/** Inputs and targets of step `step` (counted from zero), each Int32Array(batch · context). */
export function makeBatch(data, { batch, context }, step) {
  const inputs = new Int32Array(batch * context);
  const targets = new Int32Array(batch * context);
  for (let row = 0; row < batch; row++) {
    const start = ((step * batch + row) * 17) % (LENGTH - context - 1);
    inputs.set(data.subarray(start, start + context), row * context);
    targets.set(data.subarray(start + 1, start + context + 1), row * context);
  }
  return { inputs, targets };
}

/** The prompt of the decoding case. */
export const makePrompt = (vocab) => makeData(vocab).slice(0, DECODE.prompt);

/**
 * `[name, [rows, columns], kind]` in the order of `GptConfig::tensors` (engine/core/src/config.rs), in
 * which the random numbers are drawn. Weights are [inputs, outputs].
 */
export function tensors({ layers, width, context, vocab }) {
  const all = [['tok_emb', [vocab, width], 'normal'], ['pos_emb', [context, width], 'normal']];
  for (let layer = 0; layer < layers; layer++) {
    const add = (name, rows, columns, kind) => all.push([`blocks.${layer}.${name}`, [rows, columns], kind]);
    add('ln1.gain', 1, width, 'one');
    add('ln1.bias', 1, width, 'zero');
    add('attn.qkv.weight', width, 3 * width, 'normal');
    add('attn.qkv.bias', 1, 3 * width, 'zero');
    add('attn.proj.weight', width, width, 'normal');
    add('attn.proj.bias', 1, width, 'zero');
    add('ln2.gain', 1, width, 'one');
    add('ln2.bias', 1, width, 'zero');
    add('mlp.up.weight', width, 4 * width, 'normal');
    add('mlp.up.bias', 1, 4 * width, 'zero');
    add('mlp.down.weight', 4 * width, width, 'normal');
    add('mlp.down.bias', 1, width, 'zero');
  }
  all.push(['ln_f.gain', [1, width], 'one'], ['ln_f.bias', [1, width], 'zero']);
  all.push(['head.weight', [width, vocab], 'normal']);
  return all;
}

/** Initial weights: a Map from name to `{ shape, data }`. */
export function makeWeights(config, { seed = 1234, std = 0.02 } = {}) {
  const next = normals(seed);
  const weights = new Map();
  for (const [name, shape, kind] of tensors(config)) {
    const data = new Float32Array(shape[0] * shape[1]);
    if (kind === 'one') data.fill(1);
    if (kind === 'normal') for (let i = 0; i < data.length; i++) data[i] = next() * std;
    weights.set(name, { shape, data });
  }
  return weights;
}

/** The same weights as one array, tensor after tensor. */
export function flatten(weights) {
  const parts = [...weights.values()].map(({ data }) => data);
  const flat = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    flat.set(part, at);
    at += part.length;
  }
  return flat;
}

/** Floating-point operations of one training step's matrix products, attention counted in full. */
export function trainFlops({ layers, width, context, batch, vocab }) {
  const rows = batch * context;
  const dense = layers * 2 * rows * width * 12 * width + 2 * rows * width * vocab;
  const attention = layers * 4 * rows * context * width;
  return 3 * (dense + attention);
}
