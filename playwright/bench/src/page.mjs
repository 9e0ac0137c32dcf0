// The page: one worker per library, only one of them working at a time. Every cell is checked and warmed up first;
// then the libraries are sampled in turn, so that a slow minute of the machine hits all of them.
import { CASES, LIBRARIES } from './cases.mjs';
import { stats } from './numbers.mjs';

const options = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const only = new RegExp(options.only ?? '.', 'i');
/** A sample or set-up that takes longer is given up. */
const PATIENCE_MS = 300_000;
/** The pools of threaded libraries spin on after a run; this long, and they sleep. */
const SETTLE_MS = 50;

const log = (line) => {
  document.getElementById('log').textContent += `${line}\n`;
  console.log(line);
};

class Library {
  constructor(id, { worker, options: settings }, threads) {
    Object.assign(this, { id, settings: { ...settings, threads }, threads, waiting: new Map(), calls: 0, dead: false });
    this.worker = new Worker(`/bundle/${worker}.js`, { type: 'module', name: id });
    this.worker.onmessage = ({ data: { id: call, ok, value, error } }) => {
      const { resolve, reject } = this.settle(call);
      if (ok) resolve(value);
      else reject(new Error(error));
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.dead = true;
      for (const call of [...this.waiting.keys()]) this.settle(call).reject(new Error(`the worker failed: ${event.message}`));
    };
  }

  settle(call) {
    const waiting = this.waiting.get(call);
    this.waiting.delete(call);
    clearTimeout(waiting?.timer);
    return waiting ?? { resolve() {}, reject() {} };
  }

  call(name, argument) {
    return new Promise((resolve, reject) => {
      const id = ++this.calls;
      const timer = setTimeout(() => {
        this.stop();
        this.settle(id).reject(new Error(`${name} took longer than ${PATIENCE_MS / 1000} s`));
      }, PATIENCE_MS);
      this.waiting.set(id, { resolve, reject, timer });
      this.worker.postMessage({ id, call: name, argument });
    });
  }

  stop() {
    this.dead = true;
    this.worker.terminate();
  }
}

/** Fixed integer work: how disturbed is the machine right now? */
function spin() {
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    let x = 1;
    for (let i = 0; i < 6e6; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
    globalThis.spun = x;
    return performance.now() - start;
  });
  return stats(times).median;
}

/** The libraries of a case, each once per number of threads, without those that were not asked for. */
function wanted(definition) {
  return definition.libraries.flatMap((id) => {
    const library = LIBRARIES[id];
    if (library.gpu && !options.webgpu) return [];
    if (library.pair) return options.threads.some((n) => n > 1) ? [{ id, library, threads: 2 }] : [];
    const counts = library.threads ? options.threads : [1].filter((n) => options.threads.includes(n));
    return counts.map((threads) => ({ id: threads > 1 ? `${id}-t${threads}` : id, library, threads }));
  }).filter(({ id }) => only.test(id));
}

async function open(library, name, group) {
  const base = { case: name, shape: group.shape, library: library.id, threads: library.threads };
  try {
    const opened = await library.call('open', { name, params: group.params });
    log(`  ${name} ${group.shape}, ${library.id}: ${JSON.stringify(opened)}`);
    return { ...base, running: library, opened, times: [], cpu: [], spent: 0 };
  } catch (error) {
    log(`  ${name} ${group.shape}, ${library.id}: FAILED ${error.message}`);
    return { ...base, running: library, error: error.message };
  }
}

async function sample(cell, settle) {
  const start = performance.now();
  try {
    if (settle) await new Promise((done) => { setTimeout(done, SETTLE_MS); });
    const before = await window.cpuMs();
    cell.times.push(await cell.running.call('sample'));
    cell.cpu.push(((await window.cpuMs()) - before) / cell.opened.inner);
  } catch (error) {
    cell.error = error.message;
  }
  cell.spent += performance.now() - start;
}

/** One shape: every library opened and checked, then all sampled in turn. */
async function runGroup(name, group, libraries) {
  const definition = CASES[name];
  const noise = spin();
  const cells = [];
  for (const library of libraries.filter(({ dead }) => !dead)) cells.push(await open(library, name, group));
  const running = cells.filter(({ error }) => !error);
  const settle = running.some(({ threads }) => threads > 1);
  const rounds = options.rounds ?? definition.rounds;
  const budget = options.budget ?? definition.budget;
  for (let round = 0; round < rounds; round++) {
    for (const cell of running) {
      const enough = round >= Math.min(definition.least, rounds) && cell.spent >= budget;
      if (!cell.error && !enough) await sample(cell, settle);
    }
  }
  return Promise.all(cells.map((cell) => finish(cell, noise)));
}

async function finish({ running, opened, times = [], cpu = [], spent, error, ...base }, noise) {
  const extra = running.dead || !opened ? {} : await running.call('close').catch((e) => ({ closing: e.message }));
  const time = stats(times);
  const result = { ...base, info: running.info, ...opened, ...time, cpu: stats(cpu).median, extra, spin: noise };
  // A longer curve than the one checked before timing: the steps that were timed must be right too.
  if (extra.check && !extra.check.ok) result.check = extra.check;
  if (error) result.error = error;
  if (opened?.flops && time.n) result.gflops = opened.flops / time.median / 1e6;
  log(`  ${base.case} ${base.shape}, ${base.library}: ${error ?? `median ${time.median?.toFixed(3)} ms of ${time.n}`} ${JSON.stringify(extra).slice(0, 300)}`);
  return result;
}

async function runCase(name) {
  const definition = CASES[name];
  const failed = [];
  const libraries = [];
  for (const { id, library: settings, threads } of wanted(definition)) {
    const library = new Library(id, settings, threads);
    try {
      library.info = await library.call('init', library.settings);
      libraries.push(library);
      log(`${name}: ${id} is ready: ${JSON.stringify(library.info)}`);
    } catch (error) {
      log(`${name}: ${id} does not start: ${error.message}`);
      failed.push({ case: name, shape: '', library: id, threads, error: `does not start: ${error.message}` });
      library.stop();
    }
  }
  const shapes = new RegExp(options.shapes ?? '.', 'i');
  const cells = [];
  for (const group of definition.groups.filter(({ shape }) => shapes.test(shape))) {
    cells.push(...(await runGroup(name, group, libraries)));
  }
  for (const library of libraries) library.stop();
  return [...failed, ...cells];
}

const cells = [];
for (const name of options.cases) cells.push(...(await runCase(name)));
window.result = { cells, isolated: crossOriginIsolated, browser: navigator.userAgent };
