// Measures MiniLM-L6 in Glassbox, in onnxruntime-web and in transformers.js, one thread each, in the same run:
//
//   node playwright/bench/encoders.mjs [--rounds N] [--budget MS] [--only RE] [--shapes RE] [--json PATH]
//
// It needs `cargo xtask models` (our file), `tools/minilm_onnx.py` (the peers' files) and engine/plain/bench in
// target/bench/ours (`--ours FOLDER` for another place). Exit code 1: a vector is wrong, or a goal is missed.
import os from 'node:os';
import path from 'node:path';
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launch } from '../helpers/browser.mjs';
import { bundle } from './bundle.mjs';
import { TARGET, start } from './serve.mjs';

const { values: words } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' }, budget: { type: 'string', default: '250' }, ours: { type: 'string' },
    only: { type: 'string', default: '.' }, shapes: { type: 'string', default: '.' }, json: { type: 'string' },
  },
});
const [rounds, budget] = [Number(words.rounds), Number(words.budget)];
const models = path.join(process.env.GLASSBOX_CACHE ?? path.join(os.homedir(), '.cache/glassbox'), 'models');
for (const file of ['minilm-l6.safetensors', 'bench-minilm/onnx/model.onnx', 'bench-minilm/onnx/model_quantized.onnx']) {
  if (!existsSync(path.join(models, file))) throw new Error(`${path.join(models, file)} is missing: see the top of encoders.mjs`);
}

const ours = (program, whole) => ['encode-ours', { program, whole, file: '/models/minilm-l6.safetensors' }];
const ort = (file) => ['encode-ort', { model: `/models/bench-minilm/onnx/${file}` }];
const transformers = (dtype) => ['encode-transformers', { folder: '/models/', name: 'bench-minilm', dtype }];
/** Libraries by what they compute with: the file each opens, and the least cosine to the first one's vectors. */
const LIBRARIES = {
  'float ours-relaxed': [...ours('relaxed', false)], 'float ours-simd128': [...ours('simd128', false)],
  'float onnxruntime-web': [...ort('model.onnx')], 'float transformers': [...transformers('fp32')],
  'int8 ours-relaxed': [...ours('relaxed', true)], 'int8 ours-simd128': [...ours('simd128', true)],
  'int8 onnxruntime-web': [...ort('model_quantized.onnx')], 'int8 transformers': [...transformers('q8')],
};
const GOALS = { float: 1.3, int8: 1.5 };
const SHAPES = [[1, 32], [8, 32], [1, 128], [8, 128]].filter((shape) => new RegExp(words.shapes).test(shape.join('x')));
/** The peers' vectors have another quantization, ours in `float` the weights of the file in whole numbers. */
const LEAST_COSINE = 0.998;

/** Ids of words by chance (Knuth's generator), between [CLS] and [SEP]. */
function sentences([batch, tokens]) {
  let state = 1n;
  const draw = () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return 1996 + Number((state >> 33n) % 25000n);
  };
  return Array.from({ length: batch }, () => [101, ...Array.from({ length: tokens - 2 }, draw), 102]).flat();
}
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

const faults = [];
const loads = [os.loadavg()[0]];
await bundle();
const folders = [
  ['/models/', models], ['/ours/', path.resolve(words.ours ?? path.join(TARGET, 'ours'))],
  ['/transformers-ort/', path.resolve(import.meta.dirname, 'node_modules/@huggingface/transformers/node_modules/onnxruntime-web/dist')],
];
const server = await start({ isolated: false, folders });
const browser = await launch();
const cells = [];
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`the page failed: ${error.message}`));
  await page.goto(`${server.url}encoders.html`);
  await page.waitForFunction(() => window.encoders);
  const call = (id, name, argument) => page.evaluate(([library, what, { numbers, ...rest }]) => {
    const ids = numbers && { ids: window.encoders.ids(numbers) };
    return window.encoders.call(library, what, { ...rest, ...ids }).then((value) => (value?.length ? Array.from(value) : value));
  }, [id, name, argument]);
  const names = Object.keys(LIBRARIES).filter((name) => new RegExp(words.only).test(name));
  for (const id of names) {
    const [program, settings] = LIBRARIES[id];
    await page.evaluate(([name, worker]) => window.encoders.start(name, worker), [id, program]);
    console.log(`${id}: ${JSON.stringify(await call(id, 'open', settings))}`);
  }
  for (const shape of SHAPES) {
    const numbers = sentences(shape);
    const group = names.map((id) => ({ id, shape, times: [] }));
    let exact;
    for (const cell of group) {
      const vector = await call(cell.id, 'encode', { numbers, shape });
      exact ??= vector;
      const width = vector.length / shape[0];
      const parts = (all) => Array.from({ length: shape[0] }, (_, i) => all.slice(i * width, (i + 1) * width));
      cell.cosine = Math.min(...parts(vector).map((part, i) => dot(part, parts(exact)[i])));
      if (!(cell.cosine >= LEAST_COSINE)) faults.push(`${cell.id}, ${shape.join(' x ')}: cosine ${cell.cosine} to ${group[0].id}`);
    }
    // In turn, so that a slow minute of the machine hits all of them; the first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const cell of group) {
        const ms = await call(cell.id, 'time', { numbers, shape, budget });
        if (round > 0) cell.times.push(ms);
      }
    }
    for (const cell of group) {
      Object.assign(cell, { median: median(cell.times), rate: (1000 * shape[0]) / median(cell.times) });
      const kind = cell.id.split(' ')[0];
      const peers = group.filter(({ id }) => id.startsWith(kind) && !id.includes('ours'));
      // Round by round, against whichever peer is faster.
      const faster = peers.length && peers.reduce((a, b) => (median(a.times) < median(b.times) ? a : b));
      cell.ratio = faster && median(cell.times.map((ms, round) => faster.times[round] / ms));
      console.log(`${shape.join(' x ').padEnd(8)} ${cell.id.padEnd(24)} ${cell.median.toFixed(2).padStart(8)} ms `
        + `${cell.rate.toFixed(1).padStart(7)} sentences/s, ${cell.ratio ? cell.ratio.toFixed(2) : '–'} times the faster peer, cosine ${cell.cosine.toFixed(5)}`);
      if (cell.id.endsWith('ours-relaxed') && cell.ratio < GOALS[kind]) faults.push(`${cell.id}, ${shape.join(' x ')}: ${cell.ratio.toFixed(2)} times, and ${GOALS[kind]} are the goal`);
    }
    cells.push(...group);
  }
} finally {
  await browser.close();
  await server.stop();
}
loads.push(os.loadavg()[0]);
console.log(`load of the machine ${loads.map((load) => load.toFixed(1)).join(' to ')}, ${os.cpus()[0].model}`);
if (words.json) writeFileSync(words.json, `${JSON.stringify({ loads, cells }, null, 2)}\n`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length || !cells.length ? 1 : 0;
