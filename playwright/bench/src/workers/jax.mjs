// jax-js on wasm or WebGPU: one jit-compiled function for a whole training step, one for a decoded token.
import { decodingCase, productCase, trainingCase } from '../checked.mjs';
import { ADAM, DECODE, LAYER_NORM_EPS, decays, makeBatch, makeData, makeWeights } from '../model.mjs';
import { serve } from '../protocol.mjs';

const HIDDEN = -1e30;

let jax;
let np;
let nn;

// jax-js counts references: a function consumes its arguments, `.ref` keeps one for another use.
const layerNorm = (x, gain, bias) => {
  const centred = x.ref.sub(x.mean(-1, { keepdims: true }));
  const variance = np.square(centred.ref).mean(-1, { keepdims: true });
  return centred.mul(np.reciprocal(np.sqrt(variance.add(LAYER_NORM_EPS)))).mul(gain).add(bias);
};
const linear = (x, weight, bias) => np.matmul(x, weight).add(bias);
const mlp = (x, block) => {
  const up = linear(layerNorm(x, block['ln2.gain'], block['ln2.bias']), block['mlp.up.weight'], block['mlp.up.bias']);
  return linear(nn.gelu(up, { approximate: false }), block['mlp.down.weight'], block['mlp.down.bias']);
};
const project = (x, block) => {
  const normed = layerNorm(x, block['ln1.gain'], block['ln1.bias']);
  return linear(normed, block['attn.qkv.weight'], block['attn.qkv.bias']);
};

/** `{ blocks: [{…}], tok_emb, … }`, as jax likes its parameters. */
function makeTree(weights, layers, make) {
  const tree = { blocks: Array.from({ length: layers }, () => ({})) };
  for (const [name, tensor] of weights) {
    const [, layer, rest] = /^blocks\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (layer === undefined) tree[name] = make(tensor);
    else tree.blocks[layer][rest] = make(tensor);
  }
  return tree;
}
const upload = ({ shape, data }) => np.array(data.slice(), { shape });
const zeros = ({ shape, data }) => np.array(new Float32Array(data.length), { shape });

function makeLoss({ width, heads, context, batch, vocab }) {
  const dHead = width / heads;
  const rows = batch * context;
  const causal = np.tri(context, context, 0, { dtype: np.bool });
  const attend = (qkv) => {
    const parts = np.transpose(qkv.reshape([batch, context, 3, heads, dHead]), [2, 0, 3, 1, 4]);
    const [q, k, v] = [parts.ref.slice(0), parts.ref.slice(1), parts.slice(2)];
    const scores = np.matmul(q, np.transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(dHead));
    const weights = nn.softmax(np.where(causal.ref, scores, HIDDEN), -1);
    return np.transpose(np.matmul(weights, v), [0, 2, 1, 3]).reshape([rows, width]);
  };
  return (params, inputs, targets) => {
    // A product with one-hot rows: faster here than a gather, whose gradient is a scatter.
    let stream = np.matmul(nn.oneHot(inputs, vocab).reshape([rows, vocab]), params.tok_emb).reshape([batch, context, width]);
    stream = stream.add(params.pos_emb).reshape([rows, width]);
    for (const block of params.blocks) {
      const mixed = attend(project(stream.ref, block));
      stream = stream.add(linear(mixed, block['attn.proj.weight'], block['attn.proj.bias']));
      stream = stream.ref.add(mlp(stream, block));
    }
    const logits = np.matmul(layerNorm(stream, params['ln_f.gain'], params['ln_f.bias']), params['head.weight']);
    const total = nn.logsumexp(logits.ref, -1);
    const right = logits.mul(nn.oneHot(targets.reshape([rows]), vocab)).sum(-1);
    return total.sub(right).mean();
  };
}

function makeTrainer(config) {
  const { tree, jit, valueAndGrad } = jax;
  const weights = makeWeights(config);
  // Names in the order in which jax flattens the tree.
  const names = tree.leaves(makeTree(new Map([...weights].map(([name, tensor]) => [name, { ...tensor, name }])), config.layers, ({ name }) => name));
  const lossAndGradients = valueAndGrad(makeLoss(config));
  const step = jit((params, means, squares, scales, inputs, targets) => {
    const [loss, gradients] = lossAndGradients(tree.ref(params), inputs, targets);
    const [p, shape] = tree.flatten(params);
    const [m, s, g] = [tree.leaves(means), tree.leaves(squares), tree.leaves(gradients)];
    const [meanScale, squareScale] = [scales.ref.slice(0), scales.slice(1)];
    const updated = p.map((param, i) => {
      const mean = m[i].mul(ADAM.beta1).add(g[i].ref.mul(1 - ADAM.beta1));
      const square = s[i].mul(ADAM.beta2).add(np.square(g[i]).mul(1 - ADAM.beta2));
      const direction = mean.ref.mul(meanScale.ref).div(np.sqrt(square.ref.mul(squareScale.ref)).add(ADAM.eps));
      const kept = decays(names[i]) ? param.mul(1 - ADAM.rate * ADAM.decay) : param;
      return [kept.sub(direction.mul(ADAM.rate)), mean, square];
    });
    meanScale.dispose();
    squareScale.dispose();
    const [newParams, newMeans, newSquares] = [0, 1, 2].map((which) => tree.unflatten(shape, updated.map((u) => u[which])));
    return { loss, params: newParams, means: newMeans, squares: newSquares };
  });

  let params = makeTree(weights, config.layers, upload);
  let means = makeTree(weights, config.layers, zeros);
  let squares = makeTree(weights, config.layers, zeros);
  const data = makeData(config.vocab);
  const losses = [];
  return {
    losses,
    async step() {
      const { inputs, targets } = makeBatch(data, config, losses.length);
      const count = losses.length + 1;
      const ids = (values) => np.array(values, { shape: [config.batch, config.context], dtype: np.int32 });
      const scales = np.array(Float32Array.of(1 / (1 - ADAM.beta1 ** count), 1 / (1 - ADAM.beta2 ** count)));
      let loss;
      ({ loss, params, means, squares } = step(params, means, squares, scales, ids(inputs), ids(targets)));
      await jax.blockUntilReady([params, means, squares]);
      losses.push((await loss.data())[0]);
    },
    close() { for (const kept of [params, means, squares]) tree.dispose(kept); },
  };
}

/**
 * Greedy decoding. Keys and values live in arrays of fixed length, so that one compiled function serves every
 * position: new rows are chosen by a mask, later ones are hidden by another.
 */
function makeDecoder(config) {
  const { width, heads, layers, vocab } = config;
  const dHead = width / heads;
  const length = DECODE.prompt + DECODE.tokens;
  const { tree, jit } = jax;

  /** `ids: [tokens]` at positions `first…`; `place: [length, tokens]` is 1 where row and new token meet. */
  const pass = (tokens) => jit((params, caches, ids, place, visible) => {
    const hot = place.ref.sum(1).reshape([1, length, 1]);
    const keep = np.array(1).sub(hot.ref);
    let stream = np.matmul(nn.oneHot(ids, vocab), params.tok_emb);
    stream = stream.add(np.matmul(np.transpose(place.ref), params.pos_emb.slice([0, length])));
    const updated = caches.map((cache, layer) => {
      const block = params.blocks[layer];
      const parts = np.transpose(project(stream.ref, block).reshape([tokens, 3, heads, dHead]), [1, 2, 0, 3]);
      const [q, newKeys, newValues] = [parts.ref.slice(0), parts.ref.slice(1), parts.slice(2)];
      // A single token is spread by the mask alone; several need a product with it.
      const spread = (rows) => (tokens === 1 ? rows.mul(hot.ref) : np.matmul(np.broadcastTo(place.ref, [heads, length, tokens]), rows));
      const keys = cache.keys.mul(keep.ref).add(spread(newKeys));
      const values = cache.values.mul(keep.ref).add(spread(newValues));
      const scores = np.matmul(q, np.transpose(keys.ref, [0, 2, 1])).mul(1 / Math.sqrt(dHead));
      const weights = nn.softmax(np.where(visible.ref, scores, HIDDEN), -1);
      const mixed = np.transpose(np.matmul(weights, values.ref), [1, 0, 2]).reshape([tokens, width]);
      stream = stream.add(linear(mixed, block['attn.proj.weight'], block['attn.proj.bias']));
      stream = stream.ref.add(mlp(stream, block));
      return { keys, values };
    });
    for (const used of [hot, keep, place, visible]) used.dispose();
    const last = layerNorm(stream.slice([tokens - 1, tokens]), params['ln_f.gain'], params['ln_f.bias']);
    return { caches: updated, best: np.argmax(np.matmul(last, params['head.weight']), -1) };
  });
  const prefill = pass(DECODE.prompt);
  const next = pass(1);
  const params = makeTree(makeWeights(config, DECODE), layers, upload);
  const empty = () => np.array(new Float32Array(width * length), { shape: [heads, length, dHead] });

  const masks = (first, tokens) => {
    const place = new Float32Array(length * tokens);
    const visible = new Int32Array(tokens * length);
    for (let token = 0; token < tokens; token++) {
      place[(first + token) * tokens + token] = 1;
      visible.fill(1, token * length, token * length + first + token + 1);
    }
    return [
      np.array(place, { shape: [length, tokens] }),
      np.array(visible, { shape: [1, tokens, length], dtype: np.int32 }).astype(np.bool),
    ];
  };
  return {
    async run(prompt) {
      let caches = Array.from({ length: layers }, () => ({ keys: empty(), values: empty() }));
      let ids = prompt;
      let first = 0;
      const written = [];
      while (written.length < DECODE.tokens) {
        const step = ids.length === 1 ? next : prefill;
        let best;
        const input = np.array(Int32Array.from(ids), { shape: [ids.length], dtype: np.int32 });
        ({ caches, best } = step(tree.ref(params), caches, input, ...masks(first, ids.length)));
        first += ids.length;
        ids = [(await best.data())[0]];
        written.push(ids[0]);
      }
      tree.dispose(caches);
      return written;
    },
    close() { tree.dispose(params); },
  };
}

async function makeProduct({ m, k, n, layout }, a, b) {
  const left = np.array(a.slice(), { shape: layout === 'tn' ? [k, m] : [m, k] });
  const right = np.array(b.slice(), { shape: layout === 'nt' ? [n, k] : [k, n] });
  await jax.blockUntilReady([left, right]);
  const multiply = () => np.matmul(
    layout === 'tn' ? left.ref.transpose() : left.ref, layout === 'nt' ? right.ref.transpose() : right.ref);
  return {
    async step() {
      const out = multiply();
      await out.blockUntilReady();
      out.dispose();
    },
    result: async () => multiply().data(),
    close() { for (const kept of [left, right]) kept.dispose(); },
  };
}

serve({
  async init({ device, threads }) {
    if (threads > 1) {
      Object.defineProperty(navigator, 'hardwareConcurrency', { value: threads, configurable: true });
    } else {
      // One thread: without shared memory jax-js runs its kernels where it is, with no message per kernel.
      delete self.SharedArrayBuffer;
    }
    jax = await import('@jax-js/jax');
    np = jax.numpy;
    nn = jax.nn;
    const found = await jax.init(device);
    if (!found.includes(device)) throw new Error(`jax-js has no ${device} here, only ${found}`);
    jax.defaultDevice(device);
    return { device, threads };
  },
  cases: {
    matmul: (shape) => productCase(makeProduct, shape),
    train_step: ({ config }) => trainingCase(makeTrainer, config),
    train_step_webgpu: ({ config }) => trainingCase(makeTrainer, config),
    decode: ({ config }) => decodingCase(makeDecoder, config),
  },
});
