// What the bench beside other libraries makes of its numbers: no browser, no peers needed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault, markdown, rows, terminal } from '../bench/report.mjs';
import { tensors } from '../bench/src/model.mjs';
import { checkIds, checkLosses, checkMatmul, matrix, stats } from '../bench/src/numbers.mjs';

const TRAIN_SHAPE = '4 layers, d_model 128, 4 heads, context 128, batch 16, vocab 65';
const cell = (library, median, more = {}) => ({
  case: 'matmul', shape: '512', library, threads: 1, n: 5, median, p95: median, min: median, cpu: median,
  check: { ok: true, error: 1e-6 }, ...more,
});

test('a ratio above one means that ours is faster, and the best peer counts', () => {
  const [row] = rows([cell('ours', 10), cell('flex', 25), cell('jax-wasm', 30), cell('ort-wasm', 15)]);
  assert.equal(row.ratio_best_peer, 1.5);
  assert.equal(row.ratio_flex, 2.5);
  assert.deepEqual(row.peers, { 'ort-wasm': 15, 'jax-wasm': 30 });
  assert.deepEqual([row.case, row.shape, row.ours_ms, row.flex_ms, row.best_peer], ['matmul', '512', 10, 25, 'ort-wasm']);
});

test('two threads stand in a row of their own', () => {
  const two = { case: 'train_step', shape: TRAIN_SHAPE, threads: 2 };
  const made = rows([
    cell('ours', 10, { ...two, threads: 1 }), cell('jax-wasm', 20, { ...two, threads: 1 }),
    cell('ours-2-workers', 6, two), cell('jax-wasm-t2', 9, two),
  ]);
  assert.deepEqual(made.map(({ ratio_best_peer: ratio }) => ratio), [2, 1.5]);
  assert.notEqual(made[0].shape, made[1].shape);
});

test('a wrong or missing result is a fault and stands in no ratio', () => {
  const wrong = cell('ort-wasm', 5, { check: { ok: false, error: 3 } });
  const missing = { case: 'matmul', shape: '512', library: 'tfjs-wasm', threads: 1, error: 'no backend\nat x' };
  assert.match(fault(wrong), /WRONG/);
  assert.equal(fault(missing), 'no backend');
  assert.equal(fault(cell('ours', 1)), null);
  const cells = [cell('ours', 10), cell('jax-wasm', 20), wrong, missing];
  assert.deepEqual(rows(cells)[0].peers, { 'jax-wasm': 20 });
  assert.match(terminal(cells), /no backend/);
  const machine = { when: 'now', cpu: 'x', cpus: 2, load: ['0', '0'], browser: 'y', spin: 8 };
  assert.match(markdown({ cells, machine, versions: { z: '1' } }), /\| matmul \| 512 \| 10\.0 \|/);
});

test('checks notice one wrong number and NaN', () => {
  const shape = { m: 3, k: 4, n: 5, layout: 'nt' };
  const [a, b] = [matrix(12, 1), matrix(20, 2)];
  const out = new Float32Array(15);
  for (let i = 0; i < 3; i++) for (let j = 0; j < 5; j++) for (let p = 0; p < 4; p++) out[i * 5 + j] += a[i * 4 + p] * b[j * 4 + p];
  assert.equal(checkMatmul({ ...shape, a, b, out }).ok, true);
  for (const spoilt of [out[7] + 1e-3, NaN]) {
    const copy = out.slice();
    copy[7] = spoilt;
    assert.equal(checkMatmul({ ...shape, a, b, out: copy }).ok, false);
  }
  assert.equal(checkMatmul({ ...shape, layout: 'nn', a, b, out }).ok, false);
  assert.equal(checkLosses([4, NaN], [4, 3]).ok, false);
  assert.equal(checkLosses([], [4, 3]).ok, false);
  assert.equal(checkLosses([4, 3.0001], [4, 3]).ok, true);
  assert.equal(checkIds([1, 2], [1, 3]).ok, false);
  assert.equal(checkIds([1], [1, 3]).ok, false);
});

test('median and percentile are those of the sorted times', () => {
  const { median, p95, min } = stats([9, 1, 5, 3, 7]);
  assert.deepEqual([median, min], [5, 1]);
  assert.ok(Math.abs(p95 - 8.6) < 1e-12, `${p95}`);
});

test('the bench trains the model that the engine trains', () => {
  const count = tensors({ layers: 4, width: 128, heads: 4, context: 128, vocab: 65 })
    .reduce((sum, [, [rows_, columns]]) => sum + rows_ * columns, 0);
  // GptConfig's own example counts 818,048 with a tied head (engine/core/src/config.rs).
  assert.equal(count, 818_048 + 128 * 65);
});
