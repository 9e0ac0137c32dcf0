// From measured cells to rows with ratios, and to the table and the page that people read.
import os from 'node:os';
import { CASES, FLEX, OUR_MAIN, OUR_OTHERS } from './src/cases.mjs';

const ours = (library) => OUR_MAIN.includes(library) || OUR_OTHERS.includes(library) || library === FLEX;

/** What is wrong with a cell, or null. A library that does not run is a fault too: without it, ratios would flatter. */
export function fault({ error, check }) {
  if (error) return error.split('\n')[0];
  if (!check) return 'it was not checked';
  return check.ok ? null : `WRONG: ${JSON.stringify(check)}`;
}

/** One row per case, shape and number of threads; ratios above 1 mean that ours is faster. */
export function rows(cells) {
  const groups = new Map();
  for (const cell of cells) {
    const key = `${cell.case}|${cell.shape}|${cell.threads}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].map(row).filter((made) => made !== null);
}

function row(cells) {
  const measured = cells.filter((cell) => cell.n && !fault(cell));
  const mine = measured.find(({ library }) => OUR_MAIN.includes(library));
  if (!mine) return null;
  const flex = measured.find(({ library }) => library === FLEX);
  const peers = measured.filter(({ library }) => !ours(library)).sort((a, b) => a.median - b.median);
  const figures = (pick) => Object.fromEntries(peers.map((cell) => [cell.library, round(pick(cell))]));
  const second = measured.find(({ library }) => OUR_OTHERS.includes(library));
  const definition = CASES[mine.case];
  const params = definition.groups.find(({ shape }) => shape === mine.shape).params;
  return {
    case: mine.case,
    shape: mine.threads > 1 ? `${mine.shape}, ${mine.threads} threads` : mine.shape,
    ours_ms: round(mine.median),
    flex_ms: flex ? round(flex.median) : null,
    peers: figures((cell) => cell.median),
    ratio_best_peer: peers.length ? round(peers[0].median / mine.median) : null,
    ratio_flex: flex ? round(flex.median / mine.median) : null,
    threads: mine.threads,
    ours: mine.library,
    ours_p95_ms: round(mine.p95),
    peers_p95_ms: figures((cell) => cell.p95),
    ours_cpu_ms: round(mine.cpu),
    flex_cpu_ms: flex ? round(flex.cpu) : null,
    peers_cpu_ms: figures((cell) => cell.cpu),
    ours_simd128_ms: second ? round(second.median) : null,
    ours_gflops: mine.gflops ? round(mine.gflops) : null,
    best_peer: peers[0]?.library ?? null,
    ...(mine.extra?.dispatches !== undefined && { per_step: asked(mine) }),
    // Targets are for one thread.
    target: mine.threads > 1 ? { peer: null, flex: null } : definition.target(params),
  };
}

/** What one step asks of the device, counted exactly. */
const asked = ({ extra: { dispatches, submits, readbacks } }) => ({ dispatches, submits, readbacks });

const round = (x) => Number(x.toPrecision(5));
const number = (x) => (x == null || Number.isNaN(x) ? '' : x >= 1000 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toFixed(3));
const ratio = (x, target) => (x == null ? '' : `${x.toFixed(2)}x${target && x < target ? ` (target ${target}x)` : ''}`);

const RATIO_HEAD = ['case', 'shape', 'ours ms', 'GFLOP/s', 'without relaxed SIMD', 'plain Burn ms', 'best peer', 'its ms', 'against best peer', 'against plain Burn'];
const ratioCells = (r) => [
  r.case, r.shape, number(r.ours_ms), number(r.ours_gflops), number(r.ours_simd128_ms), number(r.flex_ms),
  r.best_peer ?? '', number(r.peers[r.best_peer]), ratio(r.ratio_best_peer, r.target.peer), ratio(r.ratio_flex, r.target.flex),
];
const CELL_HEAD = ['case', 'shape', 'library', 'median ms', 'p95 ms', 'least ms', 'CPU ms', 'samples', 'GFLOP/s', 'check'];
const cellCells = (c) => [
  c.case, c.shape, c.library, number(c.median), number(c.p95), number(c.min), number(c.cpu), String(c.n ?? ''), number(c.gflops),
  fault(c) ?? passed(c.check),
];
const passed = ({ error, wrong, compared }) =>
  (error === undefined ? `${compared - wrong} of ${compared} ids equal` : `off by ${error.toExponential(1)}`);

/** The tables for a terminal. */
export function terminal(cells) {
  const made = rows(cells);
  return [aligned(CELL_HEAD, cells.map(cellCells)), aligned(RATIO_HEAD, made.map(ratioCells)), ...counts(made)].join('\n\n');
}

/** One sentence for each row whose dispatches were counted. */
const counts = (made) => made.filter((r) => r.per_step).map(({ ours: library, per_step: { dispatches, submits, readbacks } }) =>
  `One step of ${library}: ${dispatches} dispatches, ${submits} submits, ${readbacks} readback (the loss).`);

function aligned(head, body) {
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column].length)));
  const line = (cells) => cells.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}

/** The same as a page of Markdown, with what is needed to judge it. */
export function markdown({ cells, machine, versions }) {
  const made = rows(cells);
  const table = (head, body) => [head, head.map(() => '---'), ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
  return `# Glassbox against its peers

Measured ${machine.when} in ${machine.browser}, on ${machine.cpus} cores of ${machine.cpu}; load average ${machine.load.join(' before and ')} after.
A fixed integer loop took ${number(machine.spin)} ms; on this kind of machine, undisturbed, about 8.

Every library does the same work on the same numbers, in a worker of its own, in one page; the libraries take turns. Every
cell was compared with 64-bit arithmetic before it was timed. A ratio is the other's median divided by ours: above 1, ours is
faster. "Plain Burn" is our engine on Burn's CPU backend as published, with SIMD128.

${[table(RATIO_HEAD, made.map(ratioCells)), ...counts(made)].join('\n\n')}

## Every cell

CPU ms counts all threads of the browser's renderer and GPU processes during a sample; it does not grow when other programs
take the cores.

${table(CELL_HEAD, cells.map(cellCells))}

## Versions

${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}.

## What is compared

- **matmul**: single precision, factors resident, the result awaited but not copied out. For onnxruntime-web both factors are
  constants, one of them packed beforehand: its best case.
- **train_step**: forward, backward and AdamW of a GPT; the loss is read at every step. jax-js compiles the whole step; tfjs runs
  eagerly, with explicit transposes, which make its wasm backend 2.7 times faster than its own gradients do. onnxruntime-web
  cannot train. "ours-2-workers" splits each batch between two workers, which exchange gradients as transferred buffers.
- **decode**: 16 tokens of prompt, then 96 greedy tokens with a KV-cache, each read back. jax-js compiles one function for all
  positions; onnxruntime-web runs its fused attention, and its cache passes through JavaScript at every token, as its API has it.
- **train_step_webgpu**: a smaller model on Chromium's software adapter: it says how much is dispatched, nothing about GPUs.
`;
}

/** The machine, for the page and the file. */
export function machine({ browser, cells }, loads) {
  const spins = cells.map(({ spin }) => spin).filter(Number.isFinite).sort((a, b) => a - b);
  const [{ model } = { model: 'an unknown processor' }] = os.cpus();
  return {
    when: new Date().toISOString().slice(0, 16).replace('T', ' '), cpu: model, cpus: os.cpus().length,
    load: loads.map((load) => load.toFixed(1)), browser: /Chrome\/[\d.]+/.exec(browser)?.[0] ?? browser, spin: spins[spins.length >> 1] ?? NaN,
  };
}
