// TensorFlow.js on wasm or WebGPU, eager, as its users write it; AdamW by hand, since tfjs has none.
import { decodingCase, productCase, trainingCase } from '../checked.mjs';
import { ADAM, DECODE, LAYER_NORM_EPS, decays, makeBatch, makeData, makeWeights } from '../model.mjs';
import { serve } from '../protocol.mjs';

const HIDDEN = -1e30;

let tf;
let backend;

const layerNorm = (x, gain, bias) => {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, LAYER_NORM_EPS))), gain), bias);
};
const gelu = (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

/** The blocks' common part; `matmul` is the product to use, `attend` mixes `qkv: [rows, 3 · width]`. */
function runBlocks(stream, params, { layers }, matmul, attend) {
  const linear = (x, name) => tf.add(matmul(x, params[`${name}.weight`]), params[`${name}.bias`]);
  const normed = (x, name) => layerNorm(x, params[`${name}.gain`], params[`${name}.bias`]);
  let x = stream;
  for (let layer = 0; layer < layers; layer++) {
    const block = `blocks.${layer}`;
    const mixed = attend(linear(normed(x, `${block}.ln1`), `${block}.attn.qkv`), layer);
    x = tf.add(x, linear(mixed, `${block}.attn.proj`));
    x = tf.add(x, linear(gelu(linear(normed(x, `${block}.ln2`), `${block}.mlp.up`)), `${block}.mlp.down`));
  }
  return matmul(normed(x, 'ln_f'), params['head.weight']);
}

// tfjs-wasm sends only untransposed two-dimensional products to its fast kernel. Its own gradient of matMul asks
// for transposed ones and lands in a naive loop; transposing first makes the whole step 2.7 times faster.
const transposing = () => tf.customGrad((x, weight, save) => {
  save([x, weight]);
  return {
    value: tf.matMul(x, weight),
    gradFunc: (dy, [x_, weight_]) => [tf.matMul(dy, tf.transpose(weight_)), tf.matMul(tf.transpose(x_), dy)],
  };
});

function makeLoss(config, params) {
  const { width, heads, context, batch, vocab } = config;
  const dHead = width / heads;
  const rows = batch * context;
  const matmul = backend === 'wasm' ? transposing() : (x, weight) => tf.matMul(x, weight);
  const hidden = new Float32Array(context * context);
  for (let i = 0; i < context; i++) hidden.fill(HIDDEN, i * context + i + 1, (i + 1) * context);
  const mask = tf.tensor4d(hidden, [1, 1, context, context]);
  const attend = (qkv) => {
    const [q, k, v] = tf.split(qkv, 3, 1).map((part) => tf.transpose(tf.reshape(part, [batch, context, heads, dHead]), [0, 2, 1, 3]));
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(dHead)), mask);
    return tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]), [rows, width]);
  };
  const loss = (inputs, targets) => tf.tidy(() => {
    // A product with one-hot rows: tfjs-wasm has no gradient of a gather.
    const embedded = tf.reshape(matmul(tf.oneHot(inputs, vocab).toFloat(), params.tok_emb), [batch, context, width]);
    const stream = tf.reshape(tf.add(embedded, params.pos_emb), [rows, width]);
    const logits = runBlocks(stream, params, config, matmul, attend);
    return tf.mean(tf.sub(tf.logSumExp(logits, -1), tf.sum(tf.mul(logits, targets), -1)));
  });
  return { loss, mask };
}

function makeTrainer(config) {
  const params = {};
  const means = {};
  const squares = {};
  const weights = makeWeights(config);
  for (const [name, { shape, data }] of weights) {
    params[name] = tf.variable(tf.tensor(data.slice(), shape));
    means[name] = tf.variable(tf.zeros(shape), false);
    squares[name] = tf.variable(tf.zeros(shape), false);
  }
  const variables = Object.values(params);
  const { loss, mask } = makeLoss(config, params);
  const data = makeData(config.vocab);
  const losses = [];
  const update = (gradients, count) => tf.tidy(() => {
    const meanScale = 1 / (1 - ADAM.beta1 ** count);
    const squareScale = 1 / (1 - ADAM.beta2 ** count);
    for (const [name, param] of Object.entries(params)) {
      const gradient = gradients[param.name];
      const mean = tf.add(tf.mul(means[name], ADAM.beta1), tf.mul(gradient, 1 - ADAM.beta1));
      const square = tf.add(tf.mul(squares[name], ADAM.beta2), tf.mul(tf.square(gradient), 1 - ADAM.beta2));
      const direction = tf.div(tf.mul(mean, meanScale * ADAM.rate), tf.add(tf.sqrt(tf.mul(square, squareScale)), ADAM.eps));
      means[name].assign(mean);
      squares[name].assign(square);
      param.assign(tf.sub(decays(name) ? tf.mul(param, 1 - ADAM.rate * ADAM.decay) : param, direction));
    }
  });
  return {
    losses,
    async step() {
      const batch = makeBatch(data, config, losses.length);
      const inputs = tf.tensor1d(batch.inputs, 'int32');
      const targets = tf.tidy(() => tf.oneHot(tf.tensor1d(batch.targets, 'int32'), config.vocab).toFloat());
      const { value, grads } = tf.variableGrads(() => loss(inputs, targets), variables);
      update(grads, losses.length + 1);
      losses.push((await value.data())[0]);
      if (backend === 'webgpu') { // the loss says nothing about the update: wait for that too
        const last = params['ln_f.bias'].slice([0, 0], [1, 1]);
        await last.data();
        last.dispose();
      }
      tf.dispose([inputs, targets, value, grads]);
    },
    close() { tf.dispose([...variables, ...Object.values(means), ...Object.values(squares), mask]); },
  };
}

/** Greedy decoding; keys and values grow by one row a token. */
function makeDecoder(config) {
  const { width, heads, vocab } = config;
  const dHead = width / heads;
  const params = Object.fromEntries(
    [...makeWeights(config, DECODE)].map(([name, { shape, data }]) => [name, tf.tensor(data.slice(), shape)]));
  const matmul = (x, weight) => tf.matMul(x, weight);

  function pass(ids, first, caches) {
    const tokens = ids.length;
    const attend = (qkv, layer) => {
      const [q, k, v] = tf.split(qkv, 3, 1).map((part) => tf.transpose(tf.reshape(part, [tokens, heads, dHead]), [1, 0, 2]));
      const old = caches[layer];
      const keys = old ? tf.concat([old.keys, k], 1) : k;
      const values = old ? tf.concat([old.values, v], 1) : v;
      caches[layer] = { keys, values };
      let scores = tf.mul(tf.matMul(q, keys, false, true), 1 / Math.sqrt(dHead));
      if (tokens > 1) scores = tf.add(scores, causal(tokens));
      return tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), values), [1, 0, 2]), [tokens, width]);
    };
    const embedded = tf.gather(params.tok_emb, tf.tensor1d(ids, 'int32'));
    const stream = tf.add(embedded, tf.slice(params.pos_emb, [first, 0], [tokens, width]));
    const logits = runBlocks(stream, params, config, matmul, attend);
    return tf.argMax(tf.slice(logits, [tokens - 1, 0], [1, vocab]), -1);
  }
  return {
    async run(prompt) {
      let caches = [];
      let ids = [...prompt];
      let first = 0;
      const written = [];
      while (written.length < DECODE.tokens) {
        const old = caches;
        const kept = tf.tidy(() => {
          caches = [...old];
          return { best: pass(ids, first, caches), caches };
        });
        first += ids.length;
        ids = [...(await kept.best.data())];
        written.push(ids[0]);
        tf.dispose([old, kept.best]);
      }
      tf.dispose(caches);
      return written;
    },
    close: () => tf.dispose(params),
  };
}

/** Hides later tokens of a prompt: `[1, tokens, tokens]`. */
const causal = (tokens) => tf.tensor3d(
  Float32Array.from({ length: tokens * tokens }, (_, i) => (i % tokens > Math.floor(i / tokens) ? HIDDEN : 0)), [1, tokens, tokens]);

async function makeProduct({ m, k, n, layout }, a, b) {
  const left = tf.tensor2d(a.slice(), layout === 'tn' ? [k, m] : [m, k]);
  const right = tf.tensor2d(b.slice(), layout === 'nt' ? [n, k] : [k, n]);
  const multiply = () => tf.matMul(left, right, layout === 'tn', layout === 'nt');
  return {
    // On wasm the product is there when matMul returns.
    step: () => multiply().dispose(),
    async result() {
      const out = multiply();
      const numbers = await out.data();
      out.dispose();
      return numbers;
    },
    close: () => tf.dispose([left, right]),
  };
}

serve({
  async init({ backend: wanted, threads }) {
    backend = wanted;
    tf = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-core/dist/register_all_gradients');
    await import('@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops');
    if (backend === 'wasm') {
      const wasm = await import('@tensorflow/tfjs-backend-wasm');
      wasm.setWasmPaths('/tfjs-wasm/');
      if (threads > 1) {
        // Left alone, tfjs takes half the cores it is told of.
        Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads, configurable: true });
        wasm.setThreadsCount(threads);
      } else {
        tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      }
    } else {
      await import('@tensorflow/tfjs-backend-webgpu');
    }
    if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no ${backend} here`);
    await tf.ready();
    return { version: tf.version_core, backend: tf.getBackend(), threads };
  },
  cases: {
    matmul: (shape) => productCase(makeProduct, shape),
    train_step: ({ config }) => trainingCase(makeTrainer, config),
    train_step_webgpu: ({ config }) => trainingCase(makeTrainer, config),
    decode: ({ config }) => decodingCase(makeDecoder, config),
  },
});
