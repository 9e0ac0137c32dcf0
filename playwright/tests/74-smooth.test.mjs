// The page stays quick while the engine works: no long task on the main thread, and runs that stop when asked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, open } from '../helpers/browser.mjs';
import { waitEngine } from '../helpers/engine.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { button, chosenText, LESSON, paste, ownText, smallest, trainLab, trainOwn, waitStep, waitTrain } from '../helpers/train.mjs';

const LONGEST_TASK_MS = 200;
/** The requirement is 100 ms; a busy test machine with two cores gets some room, the median does not. */
const LONGEST_CANCEL_MS = 250;
const MEDIAN_CANCEL_MS = 100;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/**
 * The tasks of the page's main thread while it trains at a fourth of the processor's speed, longest first, as
 * `{ wall, cpu }` in milliseconds. On a busy test machine a task also stands still while other programs have the
 * processor, so its own processor time is what counts; the slowing down is part of that.
 */
async function tasksWhileTraining() {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await trainOwn(page, { steps: 5000 });
  const { step } = await waitStep(page, 40);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  // Samples, checkpoints, a growing chart, and a learner who looks at it.
  await trainLab(page).locator('.train-live figure.chart canvas').first().focus();
  for (let at = 1; at <= 10; at += 1) {
    await waitStep(page, step + at * 40);
    await page.keyboard.press(at % 2 ? 'End' : 'ArrowLeft');
  }
  const { traceEvents: events } = JSON.parse((await browser.stopTracing()).toString('utf8'));
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  record.assertClean('training on a slow processor');
  await page.context().close();

  const thread = ({ pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread));
  return events
    .filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && mains.has(thread(event)))
    .map(({ dur, tdur = 0 }) => ({ wall: dur / 1000, cpu: tdur / 1000 }))
    .sort((a, b) => b.cpu - a.cpu);
}

test('no task over 200 ms on the main thread while training at a fourth of the speed', async () => {
  let longest;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const tasks = await tasksWhileTraining();
    assert.ok(tasks.length > 100, `the trace has the main thread’s tasks (${tasks.length})`);
    longest = tasks[0].cpu;
    const wall = Math.max(...tasks.map((task) => task.wall));
    console.log(`# attempt ${attempt}: the longest task took ${longest.toFixed(0)} ms of processor time (${wall.toFixed(0)} ms with waiting for the processor)`);
    if (longest <= LONGEST_TASK_MS) {
      goal('A16', `the longest task of the main thread while training, at a fourth of the speed: ${longest.toFixed(0)} ms of processor time`);
      return;
    }
  }
  assert.fail(`a task of ${longest.toFixed(0)} ms`);
});

/**
 * Clicks a button as soon as `ready` holds and answers how many milliseconds later `arrived` holds. Both are watched
 * inside the page, so that what the test machine does meanwhile is not part of the measure.
 */
const clickUntil = (page, action, ready, arrived) => page.evaluate(([action, ...names]) => new Promise((resolve) => {
  const root = document.querySelector('[data-lab="train"]');
  const generate = () => root.querySelector('[data-action="generate"]').textContent;
  const [ready, arrived] = names.map((name) => ({
    running: () => root.dataset.trainState === 'running',
    opening: () => root.dataset.trainState === 'opening',
    writing: () => generate() === 'Stop writing' && root.querySelector('.draw') !== null,
    written: () => generate() === 'Generate',
  })[name]);
  let began = null;
  const look = () => {
    if (began === null && ready()) {
      began = performance.now();
      root.querySelector(`[data-action="${action}"]`).click();
    } else if (began !== null && arrived()) {
      observer.disconnect();
      resolve(performance.now() - began);
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
}), [action, ready, arrived]);

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
    times.push(await clickUntil(page, 'rewind', 'running', 'opening'));
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
    const stopped = clickUntil(page, 'generate', 'writing', 'written');
    await button(page, 'generate').click();
    times.push(await stopped);
  }
  console.log(`# writing was cancelled after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms; median ${median(times).toFixed(0)} ms`);
  assert.ok(median(times) < MEDIAN_CANCEL_MS, `median ${median(times).toFixed(0)} ms`);
  assert.ok(Math.max(...times) < LONGEST_CANCEL_MS, `longest ${Math.max(...times).toFixed(0)} ms`);
  record.assertClean('cancelling what is written');
  await page.context().close();
});
