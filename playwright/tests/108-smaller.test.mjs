// The labs that make a model smaller: pruning, distilling, and the score of the project. All of it is computed in the page,
// by keyboard too; a pruned model is kept, and scored together with eight bits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, outcome, setLab, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LONG = 240_000;
const action = (root, name) => root.locator(`[data-action="${name}"]`);

/** Sets the lab up, starts it by keyboard, and answers its values; tells how long the first result took. */
async function run(page, name, knobs, button) {
  const root = lab(page, name);
  // Before the lab is there, nobody hears what it is set to.
  await root.waitFor();
  await setLab(page, name, knobs);
  await waitState(root, 'idle');
  const started = Date.now();
  await action(root, button).focus();
  await page.keyboard.press('Enter');
  await waitState(root, 'running');
  if (name !== 'compress') {
    await root.locator('.chart-canvas, canvas').first().waitFor();
    console.log(`# ${name}: the first result after ${Date.now() - started} ms`);
  }
  await waitState(root, ['done', 'failed'], LONG);
  assert.equal(await root.getAttribute('data-state'), 'done', await root.locator('.lab-error').innerText());
  const { values } = await outcome(page, name);
  console.log(`# ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s: ${JSON.stringify(values)}`);
  return values;
}

test('a model is pruned, trained again, timed and kept; then it is scored with eight bits', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/pruning/');
  const root = lab(page, 'prune');
  const only = await run(page, 'prune', 'share=0.3&steps=0', 'prune');
  assert.ok(Math.abs(only.gone - 0.3) < 0.001 && only.lost < 0.05, 'a third is not missed');
  assert.equal(only.dense_ratio, 1, 'zeros that are written down save nothing');
  assert.ok(only.bitmap_ratio > 1.2 && only.bitmap_ratio > only.indexed_ratio);
  assert.ok(only.zeros_speedup > 0.5 && only.zeros_speedup < 2, `zeros take as long as numbers: ${only.zeros_speedup}`);
  assert.equal(await root.locator('[data-wrote]').count(), 2);

  const values = await run(page, 'prune', 'share=0.5&rounds=2&steps=12', 'prune');
  assert.ok(values.lost < 0.3 && values.control_loss > 0);
  assert.equal(await root.locator('[data-wrote]').count(), 3);
  assert.match(await root.locator('[data-output="verdict"]').innerText(), /The same training on the whole model ends at/);
  await action(root, 'keep').click();
  await root.locator('[data-output="kept"]').filter({ hasText: 'is now among your models' }).waitFor();

  // One layer: the sparse kernel against the dense one.
  await action(root, 'measure').click();
  await root.locator('[data-measure="done"]').waitFor({ timeout: LONG });
  const timed = (await outcome(page, 'prune')).values;
  console.log(`# sparse: ${JSON.stringify(timed)}`);
  assert.equal(timed.timed_sparse.length, 9);
  assert.ok(timed.timed_sparse[8] > timed.timed_sparse[0], 'the more is gone, the quicker');
  assert.ok(timed.timed_smaller[8] > 2, 'fewer outputs are less work for the same kernel');

  await open(page, server, 'learn/project-compress-gpt-4x/');
  const score = lab(page, 'compress');
  const alone = await run(page, 'compress', 'format=int8', 'score');
  assert.ok(alone.ratio > 3.5 && alone.ratio < 4 && !alone.passes, 'eight bits alone just miss it');
  const made = score.locator('[data-field="model"]').nth(1);
  const id = await made.locator('option').filter({ hasText: '50 % pruned' }).getAttribute('value');
  await made.selectOption(id);
  await page.waitForFunction(() => document.querySelectorAll('.lab-compress [data-model-name]')[1].dataset.modelName.includes('pruned'));
  await action(score, 'score').click();
  await waitState(score, 'running');
  await waitState(score, 'done', LONG);
  const both = (await outcome(page, 'compress')).values;
  assert.ok(both.ratio > 4.5, `half of the weights and eight bits: ${both.ratio}`);
  const four = await run(page, 'compress', 'format=int4', 'score');
  assert.ok(four.passes && four.ratio > 5, 'four bits in groups pass');
  record.assertClean('pruning and scoring');
  await page.context().close();
});

test('two students at 360 px: stopped and begun anew; both begin alike, and the taught one thinks more like the teacher', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/knowledge-distillation/');
  const root = lab(page, 'distil');
  await waitState(root, 'idle');
  await action(root, 'distil').click();
  await waitState(root, 'running');
  await root.locator('[data-output="pairs"] tbody tr').nth(2).waitFor();
  await action(root, 'distil').click();
  await waitState(root, 'idle');
  assert.match(await root.locator('[data-output="says"]').innerText(), /^Stopped\./);
  const values = await run(page, 'distil', 'steps=20', 'distil');
  assert.ok(values.teacher_loss < values.taught_loss && values.teacher_loss < values.alone_loss);
  assert.ok(values.taught_apart < values.alone_apart);
  assert.equal(values.gains.length, 1);
  assert.match(await root.locator('[data-output="verdict"]').innerText(), /One pair may be chance/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);

  // What cannot be is said in a sentence.
  await setLab(page, 'distil', 'student=width&begin=copied');
  await action(root, 'distil').click();
  await waitState(root, 'failed');
  assert.match(await root.getByRole('alert').innerText(), /as wide as its teacher/);
  record.assertClean('distilling');
  await page.context().close();
});
