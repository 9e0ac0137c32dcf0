// The same with WebGPU, on Chromium's software adapter: slow, so the smallest model that still learns.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freshPage, lab, launch, open, waitOffline, waitReady, waitState } from '../helpers/browser.mjs';
import {
  assertHasGpu, CPU, deviceChoice, deviceName, engineWorker, GPU, SLOW, waitDevice, waitEngine,
} from '../helpers/engine.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST } from '../helpers/site.mjs';
import {
  assertRowsSumToOne, button, curve, LESSON, trainLab, trainOwn, waitStep, waitTrain,
} from '../helpers/train.mjs';
import { start } from '../server.mjs';

before(assertHasGpu);

const STEPS = 100;
const SETTINGS = { layers: 1, heads: 1, d_model: 16, context: 8, batch: 16, learning_rate: 0.02, warmup: 5, steps: STEPS };

describe('on WebGPU', () => {
  let browser;
  let server;
  let page;
  let record;
  before(async () => {
    browser = await launch({ gpu: true });
    server = await start({ root: DIST });
    page = await freshPage(browser);
    record = await hygiene(page, server.origin);
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  test('the device is switched in the header; the Engine room names the adapter, and its self-test passes', async () => {
    await open(page, server, 'engine/');
    await waitEngine(page);
    assert.match(await deviceName(page), CPU, 'an emulated adapter is not taken by itself');
    assert.match(await page.locator('[data-output="adapter"]').innerText(), /swiftshader.*\(emulated in software: the CPU is faster\)$/i);
    await deviceChoice(page).selectOption('gpu');
    await waitDevice(page, GPU);
    await waitEngine(page);
    assert.match(await page.locator('[data-output="device"]').innerText(), GPU);
    await waitState(lab(page, 'engine'), 'done', SLOW);
    const rows = page.locator('[data-output="self-test"] tbody tr');
    assert.ok(await rows.count() >= 3);
    assert.equal(await page.locator('[data-output="self-test"] tr[data-passed="false"]').count(), 0);
    record.assertClean('switching to WebGPU');
  });

  test('a training on a pasted text survives a lost worker and a reload, and falls below the unigram baseline', async () => {
    await open(page, server, LESSON);
    await waitEngine(page, 'ready', SLOW);
    await waitDevice(page, GPU);
    assert.equal(await deviceChoice(page).inputValue(), 'gpu', 'the choice is kept');
    await trainOwn(page, SETTINGS);

    const kept = await waitStep(page, 10, { attribute: 'savedStep', timeout: SLOW });
    const worker = await engineWorker(page);
    await worker.evaluate(() => { setTimeout(() => { throw new Error('a fault on purpose'); }); });
    await page.waitForFunction(
      () => Number(document.querySelector('[data-train-state] [data-recovered]')?.dataset.recovered) >= 1,
      undefined, { timeout: SLOW });
    await waitStep(page, kept.savedStep + 1, { timeout: SLOW });
    await waitDevice(page, GPU);

    await waitStep(page, kept.savedStep + 15, { timeout: SLOW });
    await button(page, 'pause').click();
    await waitTrain(page, 'paused', SLOW);
    // The last steps of a batch, and what is kept of them, may be shown one after the other.
    await page.waitForFunction(() => {
      const { step, savedStep } = document.querySelector('[data-train-state="paused"]').dataset;
      return step === savedStep;
    }, undefined, { timeout: 10_000 });
    const before = await curve(page);
    await page.reload();
    await waitReady(page);
    await button(page, 'resume-kept').click();
    const finished = await waitTrain(page, 'finished', SLOW);
    assert.equal(finished.step, STEPS);
    assert.equal(finished.savedStep, STEPS);
    assert.ok(finished.valLoss < finished.unigramLoss, `validation ${finished.valLoss}, unigram ${finished.unigramLoss}`);
    assert.deepEqual((await curve(page)).slice(0, before.length), before);
    assert.match(await deviceName(page), GPU);
    console.log(`# on WebGPU: validation ${finished.valLoss} after ${STEPS} steps, unigram ${finished.unigramLoss}`);
    record.assertClean('training on WebGPU');
  });

  test('the attention lab opens that model on WebGPU, and its rows sum to one', async () => {
    await trainLab(page).locator('.kept-links a[href*="attention-mechanism"]').click();
    await page.waitForURL(/\?model=/);
    await waitState(lab(page, 'attention'), 'done', SLOW);
    assert.match(await page.locator('[data-model-name]').getAttribute('data-model-name'), /^Your text/);
    await assertRowsSumToOne(page);
    assert.match(await deviceName(page), GPU);
    record.assertClean('the attention lab on WebGPU');
  });

  test('the attention lesson opens cold on WebGPU with the built-in model', async () => {
    await open(page, server, 'learn/attention-mechanism/');
    await waitState(lab(page, 'attention'), 'done', SLOW);
    await waitDevice(page, GPU);
    await assertRowsSumToOne(page);
    record.assertClean('the lesson on WebGPU');
  });

  test('with the server stopped WebGPU still computes', async () => {
    await waitOffline(page, SLOW);
    await server.stop();
    await page.goto(`${server.url}engine/`);
    await waitReady(page);
    await waitDevice(page, GPU);
    await waitState(lab(page, 'engine'), 'done', SLOW);
    assert.equal(await page.locator('[data-output="self-test"] tr[data-passed="false"]').count(), 0);
    record.assertClean('WebGPU without a server');
  });

  test('back to the CPU, which says so and computes', async () => {
    await deviceChoice(page).selectOption('cpu-relaxed');
    await waitDevice(page, CPU);
    await waitEngine(page);
    await page.locator('[data-action="self-test"]').click();
    await waitState(lab(page, 'engine'), 'done');
    assert.equal(await page.locator('[data-output="self-test"] tr[data-passed="false"]').count(), 0);
    assert.equal((await engineWorker(page)).url().includes('gpu'), false);
    record.assertClean('back to the CPU');
  });
});

test('a browser without an adapter says so in one sentence, and the CPU computes', async () => {
  const browser = await launch();
  const server = await start({ root: DIST });
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'engine/');
  assert.equal(await page.locator('[data-output="adapter"]').innerText(), 'none: this browser offers no WebGPU adapter, so the CPU computes');
  await deviceChoice(page).selectOption('gpu');
  const notice = page.locator('[data-toast="notice"] p');
  await notice.waitFor({ timeout: SLOW });
  const said = await notice.innerText();
  console.log(`# without an adapter: ${said}`);
  assert.match(said, /^The CPU computes now, because WebGPU could not be used: [^.]+\.$/);
  await waitDevice(page, CPU);
  await waitState(lab(page, 'engine'), 'done', SLOW);
  assert.equal(await page.locator('[data-output="self-test"] tr[data-passed="false"]').count(), 0);
  record.assertClean('choosing WebGPU where there is none');
  await browser.close();
  await server.stop();
});
