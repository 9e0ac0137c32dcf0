// The lab that quantizes a model: eight bits cost next to nothing, four bits need groups, GPTQ finds better numbers than
// rounding; everything is measured here, and what was made can be kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, outcome, setLab, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/quantization-int4/';
const LONG = 120_000;
const root = (page) => lab(page, 'quantize');
const field = (page, name) => root(page).locator(`[data-field="${name}"]`);
const fact = (page, name) => root(page).locator(`[data-fact="${name}"]`).innerText();

/** Waits until the lab has measured with these settings, and answers its values. */
async function measured(page, wanted) {
  await page.waitForFunction((wanted) => {
    const { state, outcome } = document.querySelector('section[data-lab="quantize"]').dataset;
    const { values = {} } = JSON.parse(outcome ?? '{}');
    return state === 'failed' || (state === 'done' && Object.entries(wanted).every(([name, value]) => values[name] === value));
  }, wanted, { timeout: LONG });
  assert.equal(await root(page).getAttribute('data-state'), 'done', await root(page).locator('.lab-error').innerText());
  return (await outcome(page, 'quantize')).values;
}

test('eight bits, four bits, groups and GPTQ: each is measured, and the numbers fit together', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  const started = Date.now();
  await open(page, server, LESSON);
  await root(page).locator('[data-output="layers"] tbody tr').first().waitFor();
  await setLab(page, 'quantize', '');
  console.log(`# the first matrix after ${Date.now() - started} ms`);
  const eight = await measured(page, { bits: 'int8', share: 'row', method: 'nearest', activations: 'int8' });
  console.log(`# int8 after ${Date.now() - started} ms: ${JSON.stringify(eight)}`);
  assert.equal(eight.model, 'built-in');
  assert.ok(Math.abs(eight.cost) < 0.01, `next to nothing: ${eight.cost}`);
  assert.equal(eight.bytes_after, eight.bytes_codes + eight.bytes_scales + eight.bytes_zeros + eight.bytes_kept);
  assert.ok(Math.abs(eight.ratio - eight.bytes_before / eight.bytes_after) < 1e-9);
  assert.ok(eight.speed_rounds >= 5 && eight.speed_reading > 0 && eight.speed_writing > 0);
  // Measured: 1.8 times as fast in reading and writing where the processor has the relaxed dot product, else 1.1 and 1.45.
  const [reading, writing] = ['reading', 'writing'].map((work) => eight[`speed_${work}`] / eight[`speed_${work}_before`]);
  console.log(`# whole numbers: reading ${reading.toFixed(2)} times as fast as floats, writing ${writing.toFixed(2)} times`);
  assert.ok(reading > 0.8 && writing > 1, `whole numbers are multiplied as such: ${reading} and ${writing}`);
  assert.match(await root(page).locator('[data-output="rounds"]').innerText(), /^Medians of \d+ rounds, in which both took turns\. Kernels: /);
  assert.equal(await root(page).locator('[data-output="layers"] tbody tr').count(), 17, 'four of each block, and the table of tokens');
  assert.match(await fact(page, 'before'), / B$/);
  assert.ok((await root(page).locator('[data-written="after"]').innerText()).trim().length > 20);

  // By keyboard: four bits, one scale for a whole matrix; then groups; then GPTQ.
  await field(page, 'bits').focus();
  await page.keyboard.press('ArrowDown');
  await field(page, 'share').selectOption('tensor');
  const tensor = await measured(page, { bits: 'int4', share: 'tensor' });
  await field(page, 'share').selectOption('group');
  const group = await measured(page, { bits: 'int4', share: 'group' });
  await field(page, 'method').selectOption('gptq');
  const gptq = await measured(page, { bits: 'int4', share: 'group', method: 'gptq' });
  console.log(`# lost: tensor ${tensor.cost}, groups ${group.cost}, GPTQ ${gptq.cost}`);
  assert.ok(tensor.cost > 3 * group.cost && group.cost > gptq.cost && gptq.cost > 0);
  assert.ok(tensor.bytes_scales < group.bytes_scales && group.ratio > 5);
  assert.equal(gptq.bytes_after, group.bytes_after, 'GPTQ chooses other numbers, not more of them');
  assert.equal(gptq.loss_before, eight.loss_before, 'the model itself is the same');
  assert.equal(gptq.written_before, eight.written_before, 'the same seed');
  assert.match(await root(page).locator('[data-output="says"]').innerText(), /^int4, one scale for groups of 32, by GPTQ: \+0\.\d{4} ± 0\.\d{4} nats per token, \d\.\d\d times smaller\.$/);

  // The histogram of another matrix, as numbers.
  const before = await root(page).locator('.chart-summary').innerText();
  await field(page, 'layer').selectOption('blocks.3.mlp.down.weight');
  await page.waitForFunction((before) => document.querySelector('.lab-quantize .chart-summary').textContent !== before, before);
  assert.match(await root(page).locator('.chart-summary').innerText(), /^Block 4: out of the MLP: 30\u202f976 weights in 61 bins/);
  await root(page).locator('details.chart-data summary').click();
  await root(page).locator('.chart-table tbody tr').first().waitFor();
  assert.equal(await root(page).locator('.chart-table tbody tr').count(), 61);
  record.assertClean('quantizing');
  await page.context().close();
});

test('a model is kept as floats on their steps, and a model without its text asks for another; 360 px', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await root(page).waitFor();
  await setLab(page, 'quantize', '');
  const first = await measured(page, { bits: 'int8' });
  await root(page).locator('[data-action="keep"]').focus();
  await page.keyboard.press('Enter');
  const kept = root(page).locator('[data-output="kept"]');
  await kept.filter({ hasText: 'is now among your models' }).waitFor({ timeout: LONG });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);

  // It came without the text that it was measured on.
  await open(page, server, LESSON);
  await root(page).waitFor();
  await setLab(page, 'quantize', '');
  await measured(page, { model: 'built-in', bits: 'int8' });
  const id = await field(page, 'model').locator('option').filter({ hasText: ', int8' }).getAttribute('value');
  await field(page, 'model').selectOption(id);
  await waitState(root(page), 'failed');
  assert.match(await root(page).getByRole('alert').innerText(), /is not kept in this browser\. Choose another text/);
  await field(page, 'text').selectOption('emma');
  await waitState(root(page), ['running', 'done']);
  const again = await measured(page, { model: id, text: 'emma' });
  assert.ok(Math.abs(again.cost) < 1e-3, `what lies on its steps stays there: ${again.cost}`);
  assert.ok(first.ratio > 3.5);
  record.assertClean('a kept model');
  await page.context().close();
});
