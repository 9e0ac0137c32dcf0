// Training in the page, on the CPU: a text of one's own, every button, and what is left of it after a reload.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { readHeader } from '../helpers/safetensors.mjs';
import {
  assertRowsSumToOne, button, curve, LESSON, lossChart, reading, trainLab, trainOwn, waitStep, waitTrain,
} from '../helpers/train.mjs';

/** A fresh learner in the lesson; `assertClean` of the record belongs at the test's end. */
async function visit() {
  const page = await freshPage(browser, { serviceWorkers: 'block', acceptDownloads: true });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  return { page, record };
}

test('a pasted text: the loss falls below the unigram baseline, and there is much to see on the way', async () => {
  const { page, record } = await visit();
  const root = trainLab(page);
  await trainOwn(page, { steps: 2000 });

  const early = await waitStep(page, 20);
  assert.equal(early.state, 'running');
  assert.ok(early.unigramLoss > 1 && early.unigramLoss < 4, `unigram loss ${early.unigramLoss}`);

  // Generate between steps, on the weights in training.
  await root.locator('[data-field="prompt"]').fill('The ');
  await root.locator('[data-field="length"]').fill('40');
  await root.locator('[data-field="length"]').blur();
  const before = (await reading(page)).step;
  await button(page, 'generate').click();
  const written = root.locator('[data-generated]');
  await page.waitForFunction(() => document.querySelector('[data-generated]').textContent.trim().length >= 40);
  await button(page, 'generate').filter({ hasText: 'Generate' }).waitFor();
  assert.match(await written.textContent(), /^\s*The /);
  assert.ok(await root.locator('.draw tbody tr[data-drawn="true"]').count() <= 1, 'one token at most is marked as drawn');
  assert.match(await root.locator('.draw-sentence').innerText(), /\w+/);
  await waitStep(page, before + 20);
  assert.equal((await reading(page)).state, 'running', 'training went on meanwhile');

  const later = await waitStep(page, 120);
  assert.ok(later.valLoss < later.unigramLoss, `validation ${later.valLoss} must be below unigram ${later.unigramLoss}`);

  // Samples, one head, the next token, the big numbers.
  const samples = await root.locator('[data-sample-step]').evaluateAll((all) => all.map((it) => Number(it.dataset.sampleStep)));
  assert.ok(samples.length >= 2 && samples[0] > samples[1], `samples appear, newest first: ${samples}`);
  assert.ok((await root.locator('[data-sample-step] .sample-text').first().innerText()).length > 20);
  assert.equal(await root.locator('.look canvas.heat-canvas').count(), 1);
  assert.match(await root.locator('.big-numbers').innerText(), /Tokens per second\s+\d/i);
  assert.match(await root.locator('.loss-words').innerText(), /\w+ \w+/);

  // What is to be beaten, as a number and in words.
  const trigram = Number.parseFloat(await root.locator('[data-output="trigram"]').innerText());
  assert.ok(trigram > 0 && trigram < later.unigramLoss, `trigram loss ${trigram}`);
  assert.match(await root.locator('.loss-beaten').innerText(), /trigram model/);

  // Values under the pointer and under the keyboard.
  const chart = lossChart(page);
  const canvas = chart.locator('canvas');
  const readout = chart.locator('.chart-readout');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await canvas.hover({ position: { x: box.width * 0.6, y: box.height / 2 } });
  await page.waitForFunction(
    () => /step \d+: training loss \d/.test(document.querySelector('.train-live figure.chart .chart-readout').textContent));
  await canvas.focus();
  await page.keyboard.press('Home');
  assert.match(await readout.textContent(), /^step 0: .*validation loss \d/);
  await page.keyboard.press('ArrowRight');
  assert.match(await readout.textContent(), /^step 1: training loss \d/);

  // Stop keeps the model.
  await button(page, 'stop').click();
  const stopped = await waitTrain(page, 'finished');
  assert.ok(stopped.savedStep >= later.step, `kept at step ${stopped.savedStep}`);
  const steps = (await curve(page)).map((row) => row.step);
  assert.equal(steps.at(-1), stopped.savedStep);
  assert.deepEqual(steps, Array.from({ length: steps.length }, (_, i) => i), 'every step is in the curve, once');

  record.assertClean('training');
  await page.context().close();
});

test('pause, reload, resume to the end; then the model is kept, exported, imported, and opened', async () => {
  const { page, record } = await visit();
  // Long enough to be paused in the middle on a fast machine.
  const STEPS = 800;
  await trainOwn(page, { steps: STEPS });
  await waitStep(page, 30);
  await button(page, 'pause').click();
  const paused = await waitTrain(page, 'paused');
  assert.ok(paused.step >= 30 && paused.step < STEPS, `paused at ${paused.step}`);
  assert.equal(paused.savedStep, paused.step, 'pausing keeps the newest step');
  const before = await curve(page);

  await page.reload();
  const resume = button(page, 'resume-kept');
  await resume.waitFor();
  assert.match(await resume.innerText(), new RegExp(`at step ${paused.step}$`));
  await resume.click();
  await page.waitForFunction(() => /goes on from step \d+/.test(document.querySelector('.train-notice')?.textContent));
  assert.match(await trainLab(page).locator('.train-notice').innerText(), new RegExp(`goes on from step ${paused.step}\\.`));
  const finished = await waitTrain(page, 'finished');
  assert.equal(finished.step, STEPS);
  assert.equal(finished.savedStep, STEPS);
  assert.ok(finished.valLoss < finished.unigramLoss);
  const whole = await curve(page);
  assert.equal(whole.at(-1).step, STEPS);
  assert.deepEqual(whole.slice(0, before.length), before, 'the curve of before the reload is still there, bit by bit');

  // The link below the training leads into the attention lab with this model.
  const link = trainLab(page).locator('.kept-links a[href*="attention-mechanism"]');
  await link.click();
  await page.waitForURL(/attention-mechanism\/\?model=/);
  await page.waitForFunction(() => document.querySelector('[data-model-name]')?.dataset.modelName.includes('Your text'));
  await page.waitForFunction(() => document.querySelectorAll('[data-lab="attention"] [data-head]').length === 2);
  await assertRowsSumToOne(page);

  // My models, after a reload.
  await page.goto(`${server.url}models/`);
  const models = lab(page, 'models');
  await waitState(models, 'done');
  const row = models.locator('[data-model]:not([data-model="built-in"])');
  await row.waitFor();
  assert.equal(await row.count(), 1);
  assert.match(await row.locator('.model-facts').innerText(), new RegExp(`Your text · .* parameters · .* ${STEPS} steps · validation loss \\d`));

  const [download] = await Promise.all([page.waitForEvent('download'), row.locator('[data-action="export"]').click()]);
  assert.match(download.suggestedFilename(), /^your-text.*\.safetensors$/);
  const bytes = await readFile(await download.path());
  const { header } = readHeader(bytes);
  const described = JSON.parse(header.__metadata__['glassbox.model']);
  assert.equal(described.config.d_model, 32);
  assert.equal(described.config.n_layers, 1);
  assert.equal(described.training, undefined, 'an exported model leaves out what only training needs');
  assert.deepEqual(header.tok_emb.shape, [described.config.vocab_size, 32]);

  await models.locator('input[data-action="import"]').setInputFiles(
    { name: 'brought along.safetensors', mimeType: 'application/octet-stream', buffer: bytes });
  await page.waitForFunction(() => /“brought along” was imported/.test(document.querySelector('[data-output="news"]').textContent));
  const imported = row.filter({ has: page.locator('.model-facts', { hasText: 'Imported' }) });
  await imported.waitFor();
  assert.equal(await row.count(), 2);
  await imported.locator('[data-action="open"]').click();
  await page.waitForURL(/model=/);
  await page.waitForFunction(() => document.querySelector('[data-model-name]')?.dataset.modelName === 'brought along');
  await assertRowsSumToOne(page);

  record.assertClean('pausing, resuming and keeping');
  await page.context().close();
});

/** CRC-32 of the bytes of all training losses, as `engine_core::fingerprint` has it. */
function fingerprint(points) {
  const losses = points.map(({ train }) => train).filter((loss) => loss !== null);
  return crc32(new Uint8Array(Float32Array.from(losses).buffer)).toString(16).padStart(8, '0');
}

test('a single step adds exactly one; rewinding brings back the same weights and the same first losses', async () => {
  const { page, record } = await visit();
  await trainOwn(page, { steps: 400, seed: 7 });
  await waitStep(page, 5);
  await button(page, 'pause').click();
  const paused = await waitTrain(page, 'paused');
  for (const more of [1, 2, 3]) {
    await button(page, 'step').click();
    await waitStep(page, paused.step + more);
    const stepped = await waitTrain(page, 'paused');
    assert.equal(stepped.step, paused.step + more);
    assert.equal(stepped.savedStep, paused.step + more, 'each single step is kept');
  }
  const first = await curve(page);
  assert.equal(first.at(-1).step, paused.step + 3);
  const shown = await trainLab(page).locator('.more-numbers p').textContent();
  assert.ok(shown.includes(`Run fingerprint ${fingerprint(first)}:`), `the fingerprint is that of the losses: ${shown}`);

  await button(page, 'rewind').click();
  await page.waitForFunction(() => {
    const root = document.querySelector('[data-train-state]');
    return root.dataset.trainState === 'paused' && root.dataset.step === '0';
  });
  assert.match(await trainLab(page).locator('.train-notice').innerText(), /same initial weights.* seed, 7\./);
  await button(page, 'resume').click();
  await waitStep(page, paused.step + 3);
  await button(page, 'stop').click();
  await waitTrain(page, 'finished');
  const second = await curve(page);
  assert.deepEqual(second.slice(0, first.length), first, 'the same seed gives the same losses, bit by bit');

  record.assertClean('stepping and rewinding');
  await page.context().close();
});

test('a divergence is caught at its step, and the way out of it works', async () => {
  const { page, record } = await visit();
  await trainOwn(page, { steps: 120, learning_rate: 100, warmup: 2 });
  await waitTrain(page, 'diverged');
  const box = trainLab(page).locator('[data-diverged]');
  const since = Number(await box.getAttribute('data-diverged'));
  assert.ok(since >= 1 && since <= 120, `diverged since step ${since}`);
  assert.match(await box.locator('[role="alert"]').innerText(), new RegExp(`^At step ${since} the loss .*A lower learning rate helps\\.$`));
  const losses = (await curve(page)).map((row) => row.train).filter((loss) => loss !== null);
  assert.ok(losses.every(Number.isFinite), 'what is in the curve are numbers');

  let rounds = 0;
  let { state } = await reading(page);
  while (state === 'diverged' && rounds < 12) {
    rounds += 1;
    await button(page, 'rewind-slower').click();
    await waitTrain(page, 'paused');
    const rate = Number(await trainLab(page).locator('.setting [data-field="learning_rate"]').inputValue());
    assert.ok(Math.abs(rate * 3 ** rounds - 100) < 0.01, `a third of the rate each time: ${rate}`);
    assert.equal(await box.count(), 0, 'the message goes with its cause');
    await button(page, 'resume').click();
    ({ state } = await waitTrain(page, ['finished', 'diverged']));
  }
  assert.equal(state, 'finished', `after ${rounds} rounds`);
  console.log(`# a learning rate of 100 trained to its end after ${rounds} times a third`);

  record.assertClean('diverging');
  await page.context().close();
});
