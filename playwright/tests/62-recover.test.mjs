// The worker dies in mid-training, in several ways; the training goes on from its last checkpoint to the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, open } from '../helpers/browser.mjs';
import { engineWorker } from '../helpers/engine.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { curve, LESSON, reading, trainLab, trainOwn, waitStep, waitTrain } from '../helpers/train.mjs';

const STEPS = 1000;
async function training() {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await trainOwn(page, { steps: STEPS });
  return { page, record, before: await waitStep(page, 40, { attribute: 'savedStep' }) };
}

const waitRecovered = (page) => page.waitForFunction(
  () => Number(document.querySelector('[data-train-state] [data-recovered]')?.dataset.recovered) >= 1,
  undefined, { timeout: 90_000 });

/** It was brought back once, said so, and is at work past what was kept before. */
async function assertGoesOn(page, before, why) {
  const notice = await trainLab(page).locator('.train-notice').innerText();
  assert.match(notice, why);
  const from = Number(/goes on from step (\d+)\.$/.exec(notice)?.[1]);
  assert.ok(from >= before.savedStep, `from step ${from}, kept was ${before.savedStep}`);
  const finished = await waitTrain(page, 'finished', 180_000);
  assert.equal(finished.step, STEPS);
  assert.equal(finished.savedStep, STEPS);
  assert.equal((await reading(page)).recovered, 1);
  assert.ok(finished.valLoss < finished.unigramLoss);
  const steps = (await curve(page)).map((row) => row.step);
  assert.deepEqual(steps, Array.from({ length: STEPS + 1 }, (_, i) => i), 'the curve has every step once');
}

test('a worker that ends itself in silence: the missing heartbeat is noticed', async () => {
  const { page, record, before } = await training();
  const began = Date.now();
  // The answer never comes: the worker is gone before it could give one.
  const worker = await engineWorker(page);
  worker.evaluate(() => self.close()).catch(() => {});
  await waitRecovered(page);
  console.log(`# training was back ${((Date.now() - began) / 1000).toFixed(1)} s after its worker had closed itself`);
  await assertGoesOn(page, before, /has not answered for 1\d seconds/);
  record.assertClean('a lost worker');
  await page.context().close();
});

test('a worker that fails with an error: the training is back at once', async () => {
  const { page, record, before } = await training();
  const began = Date.now();
  const worker = await engineWorker(page);
  await worker.evaluate(() => { setTimeout(() => { throw new Error('a fault on purpose'); }); });
  await waitRecovered(page);
  console.log(`# training was back ${((Date.now() - began) / 1000).toFixed(1)} s after its worker had failed`);
  await assertGoesOn(page, before, /a fault on purpose/);
  record.assertClean('a failed worker');
  await page.context().close();
});

test('a drill in the Engine room while the training runs: it has gone on when the learner comes back', async () => {
  const { page, record, before } = await training();
  await page.evaluate(() => { window.sameVisit = true; });
  await page.locator('.site-nav a[href$="engine/"]').click();
  const drill = page.locator('[data-action="drill-panic"]');
  await drill.waitFor();
  assert.ok(await page.evaluate(() => window.sameVisit), 'the page was not loaded anew');
  await drill.click();
  await page.locator('[data-drill-state="recovered"]').waitFor({ timeout: 60_000 });
  record.forget(/console error: .*panicked at/s);
  await page.goBack();
  await waitRecovered(page);
  await assertGoesOn(page, before, /The engine stopped/);
  record.assertClean('a drill in mid-training');
  await page.context().close();
});

test('the whole tab is killed: after a new visit the training goes on from its last checkpoint', async () => {
  const { page, record, before } = await training();
  const context = page.context();
  record.assertClean('the first visit');
  await page.close({ runBeforeUnload: false });

  const again = await context.newPage();
  const second = await hygiene(again, server.origin);
  await open(again, server, LESSON);
  const resume = trainLab(again).locator('[data-action="resume-kept"]');
  await resume.waitFor();
  const from = Number(/at step (\d+)$/.exec(await resume.innerText())[1]);
  assert.ok(from >= before.savedStep, `offered from step ${from}, kept was ${before.savedStep}`);
  await resume.click();
  await waitStep(again, from + 1);
  const finished = await waitTrain(again, 'finished', 180_000);
  assert.equal(finished.savedStep, STEPS);
  goal('B5', `the tab was killed after its checkpoint at step ${before.savedStep}; the next visit went on from step ${from} to ${STEPS}`);
  second.assertClean('the second visit');
  await context.close();
});
