// Measures SmolLM2-135M-Instruct in Glassbox and in llama.cpp (`@wllama/wllama`), one thread each, from the same file in the
// same run. `cargo xtask bench --models` builds what it needs and calls it:
//
//   node playwright/bench/models.mjs [--rounds N] [--tokens N] [--only RE] [--json PATH]
//
// Exit code 1: something failed, a logit is other than the golden one, or a goal is missed.
import os from 'node:os';
import path from 'node:path';
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launch } from '../helpers/browser.mjs';
import { start } from './serve.mjs';

const { values: words } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' }, tokens: { type: 'string', default: '24' },
    only: { type: 'string', default: '.' }, json: { type: 'string' },
  },
});
const [rounds, tokens] = [Number(words.rounds), Number(words.tokens)];
const folder = path.join(process.env.GLASSBOX_CACHE ?? path.join(os.homedir(), '.cache/glassbox'), 'models');
const file = path.join(folder, 'SmolLM2-135M-Instruct.Q4_1.gguf');
if (!existsSync(file)) throw new Error(`${file} is missing: run \`cargo xtask models\``);

const LIBRARIES = ['plain-relaxed', 'plain-simd128', 'wllama'].filter((name) => new RegExp(words.only).test(name));
/** 46 tokens. */
const PROMPT = '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n'
  + '<|im_start|>user\nWhat is the capital of France, and why did it become the capital then?<|im_end|>\n<|im_start|>assistant\n';
/** Token and logit, as numpy computes them: `engine/plain/tests/smollm2/make.py`. */
const GOLDEN = { text: 'The capital of France is', best: [[7042, 17.371], [260, 14.889], [4528, 13.245], [2250, 13.009], [1315, 12.952]] };
/** Largest peak of memory, in files, beside the keys and values of 1024 tokens. */
const MOST_FILES = 1.3;
const CACHE_BYTES = 30 * 2 * 3 * 64 * 1024 * 4;
const GOALS = { decode: 3, prefill: 5 };

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const faults = [];
const loads = [os.loadavg()[0]];
const server = await start({ isolated: false, folders: [['/models/', folder]] });
const browser = await launch();
const cells = [];
let size;
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`the page failed: ${error.message}`));
  await page.goto(`${server.url}models.html`);
  await page.waitForFunction(() => window.models);
  size = await page.evaluate(() => window.models.fetch());
  for (const name of LIBRARIES) {
    const opened = await page.evaluate((library) => window.models.open(library), name);
    console.log(`${name}: ${JSON.stringify(opened)}`);
    const cell = { name, ...opened, prefills: [], decodes: [] };
    cells.push(cell);
    if (name !== 'wllama') {
      const { best } = await page.evaluate(([library, text]) => window.models.run(library, text, 1), [name, GOLDEN.text]);
      GOLDEN.best.forEach(([id, logit], at) => {
        const [ours, value] = best.slice(2 * at);
        cell.off = Math.max(cell.off ?? 0, Math.abs(value - logit));
        if (ours !== id || !(Math.abs(value - logit) < 1e-2)) faults.push(`${name}: logit ${value} of token ${ours}, wanted ${logit} of ${id}`);
      });
    }
  }
  // In turn, so that a slow minute of the machine hits all of them; the first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const cell of cells) {
      const run = await page.evaluate(([name, text, count]) => window.models.run(name, text, count), [cell.name, PROMPT, tokens]);
      Object.assign(cell, { prompt: run.tokens, text: run.text });
      if (round > 0) {
        cell.prefills.push(run.prefill);
        cell.decodes.push(run.decode);
      }
      if (run.memory) cell.memory = run.memory;
      console.log(`  round ${round}, ${cell.name}: prefill of ${run.tokens} tokens ${run.prefill.toFixed(0)} ms, ${run.decode.toFixed(1)} ms a token`);
    }
  }
  for (const worker of page.workers()) {
    const bytes = await worker.evaluate('globalThis.wasmMemoryNoted?.buffer.byteLength');
    const cell = cells.find(({ name }) => name === 'wllama');
    if (bytes && cell) cell.memory = bytes;
  }
  for (const { name } of cells) await page.evaluate((library) => window.models.close(library), name);
} finally {
  await browser.close();
  await server.stop();
}
loads.push(os.loadavg()[0]);

const peer = cells.find(({ name }) => name === 'wllama');
/** How many times sooner a library is done than wllama, each in the round in which the machine disturbed it least. */
const ratio = (cell, kind) => peer && Math.min(...peer[kind]) / Math.min(...cell[kind]);
for (const cell of cells) {
  cell.prefillRatio = ratio(cell, 'prefills');
  cell.decodeRatio = ratio(cell, 'decodes');
  console.log(`${cell.name} (${cell.variant}): load ${(cell.load / 1e3).toFixed(2)} s, prefill of ${cell.prompt} tokens `
    + `${Math.min(...cell.prefills).toFixed(0)} ms, median ${median(cell.prefills).toFixed(0)} (${cell.prefillRatio?.toFixed(1) ?? '–'} times wllama's speed), `
    + `${(1e3 / Math.min(...cell.decodes)).toFixed(1)} tokens/s, median ${(1e3 / median(cell.decodes)).toFixed(1)} (${cell.decodeRatio?.toFixed(1) ?? '–'} times), memory `
    + `${((cell.memory ?? 0) / 1e6).toFixed(1)} MB, logits off by ${cell.off?.toExponential(1) ?? '–'}: ${JSON.stringify(cell.text.slice(0, 60))}`);
  if (cell === peer) continue;
  if (cell.memory > MOST_FILES * size + CACHE_BYTES) faults.push(`${cell.name}: ${cell.memory} bytes for a file of ${size}`);
}
const best = cells.find(({ name }) => name === 'plain-relaxed');
if (best && peer) {
  for (const [kind, goal] of Object.entries(GOALS)) {
    if (best[`${kind}Ratio`] < goal) faults.push(`${kind}: ${best[`${kind}Ratio`].toFixed(2)} times wllama's speed, and ${goal} are the goal`);
  }
}
console.log(`load of the machine ${loads.map((load) => load.toFixed(1)).join(' to ')}, ${os.cpus()[0].model}`);
if (words.json) writeFileSync(words.json, `${JSON.stringify({ size, loads, cells }, null, 2)}\n`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length || !cells.length ? 1 : 0;
