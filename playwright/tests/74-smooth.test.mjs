// The page stays quick while the engine works: no long task on the main thread, and runs that stop when asked.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, launch, open } from '../helpers/browser.mjs';
import { waitEngine } from '../helpers/engine.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST } from '../helpers/site.mjs';
import { button, chosenText, LESSON, paste, ownText, smallest, trainLab, trainOwn, waitStep, waitTrain } from '../helpers/train.mjs';
import { start } from '../server.mjs';

let browser;
let server;
before(async () => {
  browser = await launch();
  server = await start({ root: DIST });
});
after(async () => {
  await browser.close();
  await server.stop();
});

const LONGEST_TASK_MS = 200;
/** The requirement is 100 ms; a busy test machine with two cores gets some room, the median does not. */
const LONGEST_CANCEL_MS = 250;
const MEDIAN_CANCEL_MS = 100;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Long tasks of a stretch of training at a fourth of the processor's speed. */
async function longTasks() {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await trainOwn(page, { steps: 5000 });
  const { step } = await waitStep(page, 40);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration)))
      .observe({ type: 'longtask' });
  });
  // Samples, checkpoints, a growing chart, and a learner who looks at it.
  const canvas = trainLab(page).locator('.train-live figure.chart canvas').first();
  await canvas.focus();
  for (let at = 1; at <= 10; at += 1) {
    await waitStep(page, step + at * 40);
    await page.keyboard.press(at % 2 ? 'End' : 'ArrowLeft');
  }
  const tasks = await page.evaluate(() => window.longTasks);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  record.assertClean('training on a slow processor');
  await page.context().close();
  return tasks;
}

test('no task over 200 ms on the main thread while training at a fourth of the speed', async () => {
  let tasks;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    tasks = await longTasks();
    const longest = Math.max(0, ...tasks);
    console.log(`# attempt ${attempt}: ${tasks.length} tasks over 50 ms, the longest ${longest.toFixed(0)} ms`);
    if (longest <= LONGEST_TASK_MS) return;
  }
  assert.fail(`tasks of ${tasks.map((ms) => ms.toFixed(0))} ms`);
});

/** Watches for `arrived` inside the page and answers how long after the click it came true. */
const clickUntil = (page, action, arrived) => page.evaluate(([action, arrived]) => new Promise((resolve) => {
  const root = document.querySelector('[data-lab="train"]');
  const isThere = { opening: () => root.dataset.trainState === 'opening', written: () => root.querySelector('[data-action="generate"]').textContent === 'Generate' }[arrived];
  const began = performance.now();
  const observer = new MutationObserver(() => {
    if (!isThere()) return;
    observer.disconnect();
    resolve(performance.now() - began);
  });
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['data-train-state'] });
  root.querySelector(`[data-action="${action}"]`).click();
}), [action, arrived]);

test('a training step of a large model stops within 100 ms', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await chosenText(page);
  await paste(page, ownText());
  // A step of this size takes about a second here, so each cancellation falls into the middle of one.
  await smallest(page, { layers: 4, heads: 4, d_model: 128, context: 128, batch: 16, steps: 1000 });
  await waitEngine(page);
  await button(page, 'train').click();
  const times = [];
  for (let round = 0; round < 9; round += 1) {
    await waitTrain(page, 'running');
    // Into a step, or into the validation before the first one: at another moment each time.
    await page.waitForTimeout(600 + 230 * round);
    // Rewinding while it runs first cancels the run; `opening` follows as soon as that has ended.
    times.push(await clickUntil(page, 'rewind', 'opening'));
    await waitTrain(page, 'paused');
    await button(page, 'resume').click();
  }
  await waitTrain(page, 'running');
  await button(page, 'pause').click();
  await waitTrain(page, 'paused');
  console.log(`# a training was cancelled after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms; median ${median(times).toFixed(0)} ms`);
  assert.ok(median(times) < MEDIAN_CANCEL_MS, `median ${median(times).toFixed(0)} ms`);
  assert.ok(Math.max(...times) < LONGEST_CANCEL_MS, `longest ${Math.max(...times).toFixed(0)} ms`);
  record.assertClean('cancelling a training');
  await page.context().close();
});

test('writing stops within 100 ms', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await chosenText(page);
  await paste(page, ownText());
  await smallest(page, { layers: 4, heads: 4, d_model: 128, context: 128, batch: 2 });
  await button(page, 'step').click(); // One step: the weights are there, and writing is slow enough to be stopped.
  await waitStep(page, 1);
  await waitTrain(page, 'paused');
  await trainLab(page).locator('[data-field="length"]').fill('500');
  await trainLab(page).locator('[data-field="length"]').blur();
  const times = [];
  for (let round = 0; round < 7; round += 1) {
    await button(page, 'generate').click();
    await page.waitForFunction(() => document.querySelector('[data-action="generate"]').textContent === 'Stop writing');
    times.push(await clickUntil(page, 'generate', 'written'));
  }
  console.log(`# writing was cancelled after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms; median ${median(times).toFixed(0)} ms`);
  assert.ok(median(times) < MEDIAN_CANCEL_MS, `median ${median(times).toFixed(0)} ms`);
  assert.ok(Math.max(...times) < LONGEST_CANCEL_MS, `longest ${Math.max(...times).toFixed(0)} ms`);
  record.assertClean('cancelling what is written');
  await page.context().close();
});
