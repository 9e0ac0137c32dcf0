// The matmul lesson: predict, measure, compare, export; by keyboard alone; stopped at once; and a GPU where there is one.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { freshPage, lab, launch, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST } from '../helpers/site.mjs';

const LESSON = 'learn/matmul-benchmark/';
const SIZES = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512];
const KERNELS = ['naive loops', 'blocked loops', 'packed SIMD', 'Burn Flex'];
const LIMIT_MS = 100;
const SLOW = 240_000;

const root = (page) => lab(page, 'matmul');
const says = (page, output) => root(page).locator(`[data-output="${output}"]`).innerText();
const press = (page, action) => root(page).locator(`[data-action="${action}"]`).click();

/** Moves the slider as a learner with a keyboard does. */
async function predict(page, times) {
  const slider = root(page).locator('[data-field="guess"]');
  await slider.focus();
  await page.keyboard.press('Home');
  for (let at = 1; at < times; at += 1) await page.keyboard.press('ArrowRight');
  assert.equal(await slider.getAttribute('aria-valuetext'), `${times} times as fast`);
}

test('predict, measure, and hold one against the other; the numbers can be taken home', async () => {
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  assert.equal(await root(page).getAttribute('data-state'), 'idle', 'nothing is measured before the learner asks');
  assert.equal(await root(page).locator('canvas').first().isVisible(), false, 'nothing is given away before a prediction');

  await press(page, 'measure');
  assert.match(await says(page, 'verdict'), /^Move the slider first/);
  assert.equal(await root(page).getAttribute('data-state'), 'idle');

  await predict(page, 12);
  await press(page, 'measure');
  await waitState(root(page), 'running');
  await waitState(root(page), 'done', SLOW);

  const verdict = await says(page, 'verdict');
  const [, ratio] = verdict.match(/^You predicted 12 times\. At 256 × 256 the packed SIMD kernel was ([\d.]+) times as fast as the naive loops on this device\. /);
  assert.ok(Number(ratio) > 2, `SIMD is faster than loops: ${verdict}`);
  assert.match(await says(page, 'machine'), /^Kernel variant in use: (relaxed SIMD|SIMD128); .* reach [\d.]+ GFLOP\/s on one core/);

  const rows = await root(page).locator('[data-output="kernels"] tbody tr').evaluateAll(
    (all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(rows.map(([name]) => name), KERNELS);
  for (const [name, ms, gflops, share] of rows) {
    assert.ok(Number(ms) > 0 && Number(gflops) > 0, `${name}: ${ms} ms, ${gflops} GFLOP/s`);
    assert.ok(Math.abs(Number(ms) * Number(gflops) / (2 * 256 ** 3 / 1e6) - 1) < 0.1, 'pace and time belong together');
    assert.ok(parseFloat(share) > 0 && parseFloat(share) <= 115, `${name} at ${share} of the ceiling`);
  }
  assert.equal(rows[2][4], `${ratio} ×`);

  const chart = root(page).locator('figure.chart').first();
  assert.match(await chart.locator('.chart-summary').innerText(), /^The best of each, in GFLOP\/s: naive loops [\d.]+; .*packed SIMD [\d.]+; /);
  await chart.locator('canvas').focus();
  await page.keyboard.press('End');
  assert.match(await chart.locator('.chart-readout').innerText(), /^size n of n × n 512: naive loops .*; packed SIMD [\d.]+/);
  await chart.locator('summary').click();
  // A chart follows its numbers with a short delay.
  await chart.locator('.chart-table tbody tr').nth(SIZES.length - 1).waitFor();
  const sizes = await chart.locator('.chart-table tbody th').allInnerTexts();
  assert.deepEqual(sizes.map(Number), SIZES);

  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'save')]);
  assert.equal(download.suggestedFilename(), 'matmul.json');
  const saved = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.equal(saved.predicted_ratio, 12);
  assert.equal(saved.size, 256);
  assert.ok(Math.abs(saved.measured_ratio / Number(ratio) - 1) < 0.05);
  assert.match(saved.device, /^CPU/);
  assert.ok(saved.cpu.ceiling_gflops > 0 && saved.cpu.checks.every(({ error, tolerance }) => error <= tolerance));
  assert.equal(saved.cpu.checks.length, 3);
  const cells = saved.cpu.timings.length + saved.cpu.left_out.length;
  assert.ok(saved.cpu.left_out.length > 0 || cells === SIZES.length * KERNELS.length, `${cells} cells`);
  for (const { kernel, size } of saved.cpu.left_out) console.log(`# left out: ${kernel} at ${size}`);
  for (const size of SIZES) {
    const pace = (name) => saved.cpu.timings.find((cell) => cell.kernel === name && cell.size === size)?.gflops.toFixed(1);
    console.log(`# ${size}: naive ${pace('naive')}, blocked ${pace('blocked')}, packed ${pace('packed')}, flex ${pace('flex')} GFLOP/s`);
  }
  console.log(`# ceiling ${saved.cpu.ceiling_gflops.toFixed(1)}, ${saved.cpu.variant}, fused: ${saved.cpu.fuses}`);

  await press(page, 'measure-gpu');
  await page.waitForFunction(() => document.querySelector('[data-output="gpu"]').textContent.startsWith('This browser offers no WebGPU'));
  await waitState(root(page), 'done');
  record.assertClean('measuring');
  await page.context().close();
});

test('by keyboard alone, and a run stops within a tenth of a second', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await predict(page, 3);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.action), 'measure');
  await page.evaluate(() => {
    const lab = document.querySelector('[data-lab="matmul"]');
    const button = lab.querySelector('[data-action="measure"]');
    button.addEventListener('click', () => { window.pressed = performance.now(); }, true);
    new MutationObserver(() => { window.changed = performance.now(); }).observe(lab, { attributeFilter: ['data-state'] });
  });
  const took = [];
  for (const wait of [1, 12, 25, 33]) {
    await page.keyboard.press('Enter');
    await waitState(root(page), 'running');
    // Until so many cells are measured: the later ones are the long ones.
    await page.waitForFunction((wait) => document.querySelector('.matmul-progress').value >= wait, wait, { timeout: SLOW });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Stop', 'the focus stays on the button');
    await page.keyboard.press('Enter');
    await waitState(root(page), 'idle');
    took.push(await page.evaluate(() => window.changed - window.pressed));
    assert.match(await says(page, 'verdict'), /^Stopped\./);
  }
  console.log(`# stopped after ${took.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  // The machine may be busy with something else for one of them.
  assert.ok(took.sort((a, b) => a - b)[2] < LIMIT_MS, `stopping took ${took} ms`);
  assert.ok(await root(page).locator('canvas').first().isVisible(), 'what was measured is kept');
  record.assertClean('stopping');
  await page.context().close();
});

test('leaving the page ends the measurement', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await predict(page, 2);
  await press(page, 'measure');
  await waitState(root(page), 'running');
  await page.locator('.site-nav a[href*="engine/"]').first().click();
  // The self-test of the Engine room has the same worker: it would wait behind a run that goes on.
  await waitState(lab(page, 'engine'), 'done');
  record.assertClean('leaving');
  await page.context().close();
});

test('an emulated adapter is refused, and measured all the same once it is chosen', async (t) => {
  if (!existsSync(path.join(DIST, 'worker-gpu.js'))) return t.skip('the site was built without its WebGPU engine');
  const gpu = await launch({ gpu: true });
  t.after(() => gpu.close());
  const page = await freshPage(gpu);
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await predict(page, 30);
  await press(page, 'measure');
  await waitState(root(page), 'done', SLOW);
  await press(page, 'measure-gpu');
  await page.waitForFunction(() => /emulated by the CPU/.test(document.querySelector('[data-output="gpu"]').textContent));

  await page.locator('[data-action="device"]').selectOption('gpu');
  await press(page, 'measure-gpu');
  await waitState(root(page), 'running');
  await waitState(root(page), 'done', SLOW);
  const said = await says(page, 'gpu');
  assert.match(said, /^A single product of 16 × 16 whose answer is waited for takes [\d.]+ ms; in a chain of many, [\d.]+ ms each\./);
  assert.match(said, /the GPU reaches [\d.]+ GFLOP\/s, [\d.]+ times the best that one CPU core reached\.$/);
  assert.equal(await root(page).locator('figure.chart').count(), 2);
  console.log(`# ${said}`);
  record.assertClean('measuring the emulated GPU');
});
