// Times training in headless Chromium on the CPU and lists the size of every file of the site:
//
//   node playwright/bench.mjs [--json PATH]

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { freshPage, launch, open } from './helpers/browser.mjs';
import { DIST } from './helpers/site.mjs';
import { start } from './server.mjs';

const FIRST_VIEW_BUDGET = 350_000;
const words = process.argv.slice(2);
const json = words[0] === '--json' ? words[1] : null;
if (words.length > 0 && !json) throw new Error('usage: node playwright/bench.mjs [--json PATH]');

const { train_step_ms, tokens_per_s } = await measure();
const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => sizes(path.relative(DIST, path.join(entry.parentPath ?? entry.path, entry.name))))
  .sort((a, b) => b.brotli - a.brotli);

console.log(`\nTraining on the CPU (4 layers, d_model 128, 4 heads, context 128, batch 16, vocabulary 65):`);
console.log(`  ${train_step_ms} ms per step, ${tokens_per_s} tokens per second\n`);
table(files);
firstView();
if (json) {
  writeFileSync(json, `${JSON.stringify({ train_step_ms, tokens_per_s, files }, null, 2)}\n`);
  console.log(`written to ${json}`);
}

/** The Engine room measures, in the worker that learners use. */
async function measure() {
  const server = await start({ root: DIST });
  const browser = await launch();
  try {
    const page = await freshPage(browser);
    await open(page, server, 'engine/?bench=1');
    await page.locator('[data-action="bench"]').click();
    const text = await page.waitForFunction(
      () => document.querySelector('[data-bench-result]')?.textContent, undefined, { timeout: 600_000 });
    const numbers = JSON.parse(await text.jsonValue());
    for (const name of ['train_step_ms', 'tokens_per_s']) {
      if (!Number.isFinite(numbers[name]) || numbers[name] <= 0) throw new Error(`the Engine room gave no ${name}: ${JSON.stringify(numbers)}`);
    }
    return numbers;
  } finally {
    await browser.close();
    await server.stop();
  }
}

function sizes(file) {
  const body = readFileSync(path.join(DIST, file));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return {
    path: file.split(path.sep).join('/'),
    raw: body.length,
    gzip: gzipSync(body, { level: 9 }).length,
    brotli: brotliCompressSync(body, { params }).length,
  };
}

function table(rows) {
  const width = Math.max(...rows.map((row) => row.path.length));
  const number = (value) => value.toLocaleString('en').padStart(12);
  console.log(`${'file'.padEnd(width)} ${'raw'.padStart(12)} ${'gzip'.padStart(12)} ${'brotli'.padStart(12)}`);
  for (const row of rows) console.log(`${row.path.padEnd(width)} ${number(row.raw)} ${number(row.gzip)} ${number(row.brotli)}`);
}

/** What the home page loads before any lab asks for the engine: its program, scripts and styles. */
function firstView() {
  const home = readFileSync(path.join(DIST, 'index.html'), 'utf8');
  const loaded = files.filter(({ path: file }) => /\.(wasm|js|css)$/.test(file)
    && (home.includes(`"./${file}"`) || home.includes(`"${file}"`)));
  const total = loaded.reduce((sum, file) => sum + file.brotli, 0);
  const verdict = total <= FIRST_VIEW_BUDGET ? 'within' : 'OVER';
  console.log(`\nFirst view (${loaded.map((file) => file.path).join(', ')}):`);
  console.log(`  ${total.toLocaleString('en')} bytes brotli, ${verdict} the budget of ${FIRST_VIEW_BUDGET.toLocaleString('en')}\n`);
}
