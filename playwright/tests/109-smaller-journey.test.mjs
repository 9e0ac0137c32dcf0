// What somebody does with smaller models from end to end: trains one, quantizes it by GPTQ, sees what that cost, saves it in
// four bits, takes a program along that runs it elsewhere; and that program, in Python, says the same as the page.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { freshPage, lab, open, outcome, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { LESSON, trainOwn, waitTrain } from '../helpers/train.mjs';

const LONG = 180_000;
const PYTHON = process.env.GLASSBOX_PYTHON ?? 'python3';

/** The id of the model whose name holds `part`, in a lab's list. */
const idOf = (list, part) => list.locator('option').filter({ hasText: part }).first().getAttribute('value');

test('trained, compressed more than four times, measured, saved, and run by a foreign reader', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await trainOwn(page, { layers: 2, d_model: 128, steps: 150 });
  const { valLoss } = await waitTrain(page, 'finished', LONG);

  await open(page, server, 'learn/quantization-int4/');
  const quantize = lab(page, 'quantize');
  const field = (name) => quantize.locator(`[data-field="${name}"]`);
  const measured = (wanted) => page.waitForFunction((wanted) => {
    const { state, outcome } = document.querySelector('section[data-lab="quantize"]').dataset;
    const { values = {} } = JSON.parse(outcome ?? '{}');
    return state === 'done' && Object.entries(wanted).every(([name, value]) => values[name] === value);
  }, wanted, { timeout: LONG });
  await field('model').locator('option').nth(3).waitFor({ state: 'attached' });
  const trained = await idOf(field('model'), 'Your text');
  await field('model').selectOption(trained);
  await field('bits').selectOption('int4');
  await field('share').selectOption('group');
  await field('tokens').selectOption('int8');
  await field('method').selectOption('gptq');
  await measured({ model: trained, bits: 'int4', method: 'gptq', share: 'group' });
  const lab4 = (await outcome(page, 'quantize')).values;
  console.log(`# trained to ${valLoss}; four bits by GPTQ: ${lab4.ratio} times smaller, ${lab4.cost} nats lost`);
  assert.ok(lab4.ratio > 4 && Math.abs(lab4.cost) < 0.5, `${lab4.ratio} times smaller at ${lab4.cost}`);
  await quantize.locator('[data-action="keep"]').click();
  await quantize.locator('[data-output="kept"]').filter({ hasText: 'is now among your models' }).waitFor({ timeout: LONG });

  await open(page, server, 'learn/project-compress-gpt-4x/');
  const compress = lab(page, 'compress');
  const models = compress.locator('[data-field="model"]');
  await models.nth(0).locator('option').nth(4).waitFor({ state: 'attached' });
  const kept = await idOf(models.nth(1), ', int4');
  await models.nth(0).selectOption(trained);
  await models.nth(1).selectOption(kept);
  await compress.locator('[data-field="format"]').selectOption('int4');
  await compress.locator('[data-action="score"]').click();
  await waitState(compress, 'running');
  await waitState(compress, ['done', 'failed'], LONG);
  assert.equal(await compress.getAttribute('data-state'), 'done', await compress.locator('.lab-error').innerText());
  const score = (await outcome(page, 'compress')).values;
  console.log(`# scored: ${score.ratio} times smaller, ${score.nats_lost} nats lost`);
  assert.ok(score.ratio > 4 && score.nats_lost < 0.5, `counted anew: ${score.ratio}, ${score.nats_lost}`);

  await open(page, server, 'learn/edge-runtimes/');
  const save = lab(page, 'export');
  const told = (numbers, but) => page.waitForFunction(([numbers, but]) => {
    const { state, outcome } = document.querySelector('section[data-lab="export"]').dataset;
    const { values = {} } = JSON.parse(outcome ?? '{}');
    return state === 'done' && values.numbers === numbers && values.bytes !== but;
  }, [numbers, but], { timeout: LONG });
  await save.locator('[data-field="model"] option').nth(4).waitFor({ state: 'attached' });
  await told('f32');
  const builtIn = (await outcome(page, 'export')).values.bytes;
  await save.locator('[data-field="model"]').selectOption(kept);
  await told('f32', builtIn);
  const floats = (await outcome(page, 'export')).values.bytes;
  await save.locator('[data-field="numbers"]').selectOption('q4');
  await told('q4');
  const four = (await outcome(page, 'export')).values;
  console.log(`# saved: ${four.bytes} of ${floats} bytes, logits off by ${four.largest}`);
  assert.ok(4 * four.bytes < floats && four.largest < 0.2, 'what GPTQ put on its steps stays there');

  const coming = page.waitForEvent('download');
  await save.locator('[data-action="project"]').click();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'glassbox-project-'));
  copyFileSync(await (await coming).path(), path.join(folder, 'project.zip'));
  const run = (...words) => spawnSync(PYTHON, words, { encoding: 'utf8', cwd: folder });
  if (run('-c', 'import numpy, onnxruntime').status === 0) {
    assert.equal(run('-m', 'zipfile', '-e', 'project.zip', '.').status, 0);
    const checked = run('glassbox-chat/chat.py', '--check');
    console.log(`# ${checked.stdout.trim().split('\n').join('\n# ')}`);
    assert.equal(checked.status, 0, checked.stderr);
    assert.match(checked.stdout, /Everything is as in the browser\./);
  } else {
    console.log(`# ${PYTHON} has no onnxruntime here: the program was saved, and not run`);
    assert.ok(readFileSync(path.join(folder, 'project.zip')).includes('glassbox-chat/model.onnx'));
  }
  record.assertClean('smaller, from end to end');
  await page.context().close();
});
