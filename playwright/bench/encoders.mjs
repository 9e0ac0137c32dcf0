// Measures MiniLM-L6 in Glassbox, in onnxruntime-web and in transformers.js, one thread each, in the same run.
// `cargo xtask bench --encoders` fetches and builds what it needs and calls it:
//
//   node playwright/bench/encoders.mjs [--rounds N] [--budget MS] [--only RE] [--shapes RE] [--json PATH]
//
// Exit code 1: a vector is wrong, or a goal is missed.
import os from 'node:os';
import path from 'node:path';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launch } from '../helpers/browser.mjs';
import { bundle } from './bundle.mjs';
import { start } from './serve.mjs';

const { values: words } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' }, budget: { type: 'string', default: '250' },
    only: { type: 'string', default: '.' }, shapes: { type: 'string', default: '.' }, json: { type: 'string' },
  },
});
const [rounds, budget] = [Number(words.rounds), Number(words.budget)];
const models = path.join(process.env.GLASSBOX_CACHE ?? path.join(os.homedir(), '.cache/glassbox'), 'models');
for (const file of ['minilm-l6.safetensors', 'all-minilm-l6-v2/model.safetensors', 'bench-minilm/onnx/model.onnx', 'bench-minilm/onnx/model_quantized.onnx']) {
  if (!existsSync(path.join(models, file))) throw new Error(`${path.join(models, file)} is missing: run \`cargo xtask bench --encoders\``);
}

const published = (name) => `/models/all-minilm-l6-v2/${name}`;
const floats = { file: published('model.safetensors'), config: published('config.json'), vocabulary: published('vocab.txt') };
const ours = (program, files) => ['encode-ours', { program, ...files }];
const whole = { file: '/models/minilm-l6.safetensors' };
const ort = (file) => ['encode-ort', { model: `/models/bench-minilm/onnx/${file}` }];
const transformers = (dtype) => ['encode-transformers', { folder: '/models/', name: 'bench-minilm', dtype }];
/** Libraries by what they compute with, and the file each opens. The first one's vectors are what the others are compared with. */
const LIBRARIES = {
  'float onnxruntime-web': ort('model.onnx'), 'float transformers': transformers('fp32'),
  'float ours-relaxed': ours('plain-relaxed', floats), 'float ours-simd128': ours('plain-simd128', floats),
  'int8 ours-relaxed': ours('plain-relaxed', whole), 'int8 ours-simd128': ours('plain-simd128', whole),
  'int8 onnxruntime-web': ort('model_quantized.onnx'), 'int8 transformers': transformers('q8'),
};
const GOALS = { float: 1.3, int8: 1.5 };
const SHAPES = [[1, 32], [8, 32], [1, 128], [8, 128]].filter((shape) => new RegExp(words.shapes).test(shape.join('x')));
/** Least cosine to the vectors in numbers of 32 bits; the peers round otherwise than we do. */
const leastCosine = (id) => (id.startsWith('float') ? 0.99999 : id.includes('ours') ? 0.999 : 0.99);

/** Stretches of a novel's `tokens`, each between [CLS] and [SEP]. */
function cut(tokens, [batch, length]) {
  const [begin, end] = [tokens[0], tokens.at(-1)];
  const part = (i) => tokens.slice(1 + i * (length - 2), 1 + (i + 1) * (length - 2));
  return Array.from({ length: batch }, (_, i) => [begin, ...part(i), end]).flat();
}
const text = readFileSync(path.join(import.meta.dirname, '../../public/data/emma.txt'), 'utf8').slice(0, 20_000);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

const faults = [];
const loads = [os.loadavg()[0]];
await bundle();
const folders = [
  ['/models/', models],
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
  const tokens = await call(names.find((id) => id.includes('ours')), 'tokens', { text, most: 1 << 20 });
  for (const shape of SHAPES) {
    const numbers = cut(tokens, shape);
    const group = names.map((id) => ({ id, shape, times: [] }));
    let exact;
    for (const cell of group) {
      const vector = await call(cell.id, 'encode', { numbers, shape });
      exact ??= vector;
      const width = vector.length / shape[0];
      const parts = (all) => Array.from({ length: shape[0] }, (_, i) => all.slice(i * width, (i + 1) * width));
      cell.cosine = Math.min(...parts(vector).map((part, i) => dot(part, parts(exact)[i])));
      if (!(cell.cosine >= leastCosine(cell.id))) faults.push(`${cell.id}, ${shape.join(' x ')}: cosine ${cell.cosine} to ${group[0].id}`);
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
