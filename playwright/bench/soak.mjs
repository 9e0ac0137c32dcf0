// A long run of training steps: memory must not grow. `cargo xtask bench --soak` builds what this measures.
//
// On the CPU the pages of the wasm memory are read every thousand steps; after the warm-up they must stay as they are.
// On WebGPU (a software adapter, in a container) the bytes of all live buffers must be the same to the last one.
import { parseArgs } from 'node:util';
import { launch } from '../helpers/browser.mjs';
import { start } from './serve.mjs';
import { ADAM, flatten, makeWeights } from './src/model.mjs';

const { values: words } = parseArgs({
  options: { steps: { type: 'string', default: '20000' }, 'gpu-steps': { type: 'string', default: '2000' } },
});
const RUNS = [
  { name: 'CPU', program: 'relaxed', steps: Number(words.steps), warmup: 1000, every: 1000, config: { layers: 2, width: 32, heads: 2, context: 32, vocab: 65, batch: 4 } },
  { name: 'WebGPU', program: 'webgpu', steps: Number(words['gpu-steps']), warmup: 100, every: 100, config: { layers: 1, width: 16, heads: 2, context: 8, vocab: 17, batch: 2 } },
];

/** Runs in the page: trains, and returns the memory seen every `every` steps. */
async function train({ program, steps, every, config, weights, adam }) {
  const engine = await import(`/ours/${program}/engine_bench.js`);
  const { memory } = await engine.default();
  const { layers, width, heads, context, vocab, batch } = config;
  const sizes = Uint32Array.of(layers, width, heads, context, vocab);
  const flat = Float32Array.from(weights);
  const onGpu = program === 'webgpu';
  const model = onGpu
    ? await engine.TrainWebgpu.open(sizes, batch, adam.rate, adam.decay, flat)
    : new engine.Train('ours', sizes, batch, adam.rate, adam.decay, flat);
  // A text that can be learned, and whose batches differ: multiples modulo the vocabulary.
  const ids = (step, shift) => Uint32Array.from({ length: batch * context }, (_, i) => ((i + shift) * (1 + (step % 7))) % vocab);
  const seen = [];
  const losses = [];
  for (let step = 1; step <= steps; step += 1) {
    const loss = await model.step(ids(step, 0), ids(step, 1));
    if (step % every === 0) {
      losses.push(loss);
      seen.push({ step, pages: memory.buffer.byteLength / 65536, gpuBytes: onGpu ? model.counters()[3] : 0 });
    }
  }
  return { seen, first: losses[0], last: losses.at(-1) };
}

const server = await start({ isolated: false });
const browser = await launch({ gpu: true });
let grown = false;
try {
  for (const { name, warmup, ...run } of RUNS.filter(({ steps }) => steps > 0)) {
    const page = await browser.newPage();
    await page.goto(`${server.url}soak.html`);
    const begun = performance.now();
    const { seen, first, last } = await page.evaluate(train, { ...run, adam: ADAM, weights: Array.from(flatten(makeWeights(run.config))) });
    const settled = seen.filter(({ step }) => step > warmup);
    const flat = settled.every(({ pages, gpuBytes }) => pages === settled[0].pages && gpuBytes === settled[0].gpuBytes);
    grown ||= !flat;
    const { pages, gpuBytes } = settled.at(-1);
    const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
    console.log(`${name}: ${run.steps} steps in ${minutes} min, loss ${first.toFixed(3)} to ${last.toFixed(3)}; ` +
      `${pages} wasm pages of 64 KiB${gpuBytes ? `, ${gpuBytes} bytes of GPU buffers` : ''}: ${flat ? 'flat after the warm-up' : 'NOT FLAT'}`);
    if (!flat) console.table(settled);
    await page.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
process.exitCode = grown ? 1 : 0;
