// Measures Glassbox beside other libraries in headless Chromium. `cargo xtask bench --peers` builds what it needs and
// calls it:
//
//   node playwright/bench/peers.mjs [--cases matmul,train_step,decode,train_step_webgpu] [--shapes RE] [--only RE]
//        [--rounds N] [--budget MS] [--threads] [--webgpu] [--json PATH]
//
// `--shapes` and `--only` choose shapes and libraries by regular expression. Exit code 1: a result is wrong or missing.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from '../helpers/browser.mjs';
import { bundle } from './bundle.mjs';
import * as report from './report.mjs';
import { TARGET, start } from './serve.mjs';
import { CASES } from './src/cases.mjs';

/** The longest a whole run may take. */
const PATIENCE_MS = 3_600_000;

const { values: words } = parseArgs({
  options: {
    cases: { type: 'string' }, shapes: { type: 'string' }, only: { type: 'string' }, rounds: { type: 'string' },
    budget: { type: 'string' }, threads: { type: 'boolean' }, webgpu: { type: 'boolean' }, json: { type: 'string' },
  },
});
const usual = Object.keys(CASES).filter((name) => words.webgpu || !name.endsWith('webgpu'));
const options = {
  cases: words.cases?.split(',') ?? usual,
  shapes: words.shapes, only: words.only,
  rounds: words.rounds && Number(words.rounds), budget: words.budget && Number(words.budget),
  threads: words.threads ? [1, 2] : [1],
  webgpu: words.webgpu ?? false,
};
const unknown = options.cases.find((name) => !CASES[name]);
if (unknown) throw new Error(`there is no case ${unknown}; the cases are ${Object.keys(CASES).join(', ')}`);

await bundle();
const loads = [os.loadavg()[0]];
const result = await measure();
loads.push(os.loadavg()[0]);
const machine = report.machine(result, loads);
const page = path.join(TARGET, 'peers.md');
mkdirSync(TARGET, { recursive: true });
writeFileSync(page, report.markdown({ cells: result.cells, machine, versions: versions() }));
console.log(`\n${report.terminal(result.cells)}\n\nwritten to ${page}`);
if (words.json) {
  const whole = { rows: report.rows(result.cells), machine, cells: result.cells };
  writeFileSync(words.json, `${JSON.stringify(whole, null, 2)}\n`);
  console.log(`written to ${words.json}`);
}
const faults = result.cells.filter((cell) => report.fault(cell));
for (const cell of faults) console.error(`${cell.case} ${cell.shape}, ${cell.library}: ${report.fault(cell)}`);
if (faults.length || !result.cells.length) {
  console.error(result.cells.length ? `${faults.length} of ${result.cells.length} cells are wrong or missing` : 'nothing was measured');
  process.exitCode = 1;
}

async function measure() {
  const server = await start({ isolated: words.threads ?? false });
  const browser = await launch({ gpu: options.webgpu });
  try {
    const view = await browser.newPage();
    view.on('console', (message) => console.log(message.text()));
    view.on('pageerror', (error) => console.error(`the page failed: ${error.message}`));
    const processes = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
    const ids = processes.processInfo.filter(({ type }) => /renderer|GPU/i.test(type)).map(({ id }) => id);
    await view.exposeFunction('cpuMs', () => cpuMs(ids));
    await view.goto(`${server.url}#${encodeURIComponent(JSON.stringify(options))}`);
    const done = await view.waitForFunction(() => window.result, undefined, { timeout: PATIENCE_MS, polling: 500 });
    return await done.jsonValue();
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** How long the threads of some processes have run so far. */
function cpuMs(processes) {
  let nanoseconds = 0;
  for (const id of processes) {
    try {
      for (const thread of readdirSync(`/proc/${id}/task`)) {
        nanoseconds += Number(readFileSync(`/proc/${id}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
      }
    } catch {
      // The thread or process has just ended, or this is not Linux: wall time is measured all the same.
    }
  }
  return nanoseconds / 1e6;
}

function versions() {
  const read = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url)));
  const pinned = read('package.json').devDependencies;
  return { node: process.version, ...pinned };
}
