// Glassbox's engine: the crate engine/bench, in one of its builds.
import { decodingCase, productCase, trainingCase } from '../checked.mjs';
import { ADAM, DECODE, flatten, makeBatch, makeData, makeWeights } from '../model.mjs';
import { serve } from '../protocol.mjs';

let engine;
let settings;

const sizes = ({ layers, width, heads, context, vocab }) => Uint32Array.of(layers, width, heads, context, vocab);
const newTrain = (config, batch = config.batch) =>
  new engine.Train(settings.backend, sizes(config), batch, ADAM.rate, ADAM.decay, flatten(makeWeights(config)));

/** A model that takes one step after another over the shared text. */
function alone(config) {
  const model = newTrain(config);
  const data = makeData(config.vocab);
  const losses = [];
  return {
    losses,
    async step() {
      const { inputs, targets } = makeBatch(data, config, losses.length);
      losses.push(await model.step(new Uint32Array(inputs), new Uint32Array(targets)));
    },
    close() { model.free(); },
  };
}

/** The same on WebGPU (`GpuGpt` in engine/gpu), with exact counts of what a step asks of the device. */
async function onWebgpu(config) {
  const weights = flatten(makeWeights(config));
  const model = await engine.TrainWebgpu.open(sizes(config), config.batch, ADAM.rate, ADAM.decay, weights);
  const data = makeData(config.vocab);
  const losses = [];
  let counts = [];
  return {
    losses,
    async step() {
      const { inputs, targets } = makeBatch(data, config, losses.length);
      const before = model.counters();
      losses.push(await model.step(new Uint32Array(inputs), new Uint32Array(targets)));
      counts = model.counters().map((count, i) => count - before[i]);
    },
    facts: () => ({ dispatches: counts[0], submits: counts[1], readbacks: counts[2], grownBytes: counts[3] }),
    close() { model.free(); },
  };
}

/** One worker's half of every batch. Both halves apply the same mean gradient, so both models stay the same. */
function half(config, which) {
  const model = newTrain(config, config.batch / 2);
  const data = makeData(config.vocab);
  const rows = (ids) => {
    const middle = ids.length / 2;
    return new Uint32Array(which === 0 ? ids.subarray(0, middle) : ids.subarray(middle));
  };
  let step = 0;
  return {
    async gradients() {
      const { inputs, targets } = makeBatch(data, config, step);
      step += 1;
      return model.gradients(rows(inputs), rows(targets));
    },
    apply: (own, other) => model.apply(own, other),
    close() { model.free(); },
  };
}

/** Two workers, half a batch each; the gradients cross as transferred buffers, no memory is shared. */
async function together(config) {
  const second = new Worker(self.location.href, { type: 'module', name: 'second half' });
  let answer;
  second.onmessage = ({ data }) => answer(data);
  const ask = (message, transfer = []) => new Promise((resolve, reject) => {
    answer = (data) => (data.error ? reject(new Error(data.error)) : resolve(data));
    second.postMessage(message, transfer);
  });
  await ask({ half: 'open', config, settings });
  const first = half(config, 0);
  const losses = [];
  return {
    losses,
    async step() {
      const theirs = ask({ half: 'gradients' });
      const mine = await first.gradients();
      const { gradients } = await theirs;
      const copy = mine.slice();
      const applied = ask({ half: 'apply', gradients: copy }, [copy.buffer]);
      losses.push(first.apply(mine, gradients));
      await applied;
    },
    close() {
      first.close();
      second.terminate();
    },
  };
}

/** The second worker's side of `together`. */
function serveHalf() {
  let mine;
  let own;
  const answers = {
    async open({ config, settings: wanted }) {
      await start(wanted);
      mine = half(config, 1);
      return [{}];
    },
    async gradients() {
      own = await mine.gradients();
      const gradients = own.slice();
      return [{ gradients }, [gradients.buffer]];
    },
    async apply({ gradients }) {
      mine.apply(own, gradients);
      return [{}];
    },
  };
  self.onmessage = async ({ data }) => {
    try {
      self.postMessage(...(await answers[data.half](data)));
    } catch (error) {
      self.postMessage({ error: String(error) });
    }
  };
}

async function start(wanted) {
  settings = wanted;
  engine = await import(`/ours/${settings.build}/engine_bench.js`);
  await engine.default();
}

async function makeProduct({ m, k, n, layout }, a, b) {
  const product = new engine.Matmul(settings.backend, layout, m, k, n, a, b);
  return {
    step: () => product.run(),
    async result() {
      product.run();
      return product.result();
    },
    close: () => product.free(),
  };
}

async function makeDecoder(config) {
  const model = new engine.Decode(settings.backend, sizes(config), flatten(makeWeights(config, DECODE)));
  return { run: (prompt) => model.run(new Uint32Array(prompt), DECODE.tokens), close: () => model.free() };
}

if (self.name === 'second half') {
  serveHalf();
} else {
  serve({
    async init(wanted) {
      await start(wanted);
      return { variant: engine.variant(), backend: settings.backend };
    },
    cases: {
      matmul: (shape) => productCase(makeProduct, shape),
      train_step: ({ config }) => trainingCase(settings.workers === 2 ? together : alone, config),
      train_step_webgpu: ({ config }) => trainingCase(onWebgpu, config),
      decode: ({ config }) => decodingCase(makeDecoder, config),
    },
  });
}
