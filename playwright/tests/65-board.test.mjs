// The training board: a task learned to the end by keyboard, time as a slider, a fork, a sweep that is stopped, going back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/llm-training-loop/';
const root = (page) => lab(page, 'board');
const action = (page, name) => root(page).locator(`[data-action="${name}"]`);
const field = (page, name) => root(page).locator(`[data-field="${name}"]`);
const says = (page, output) => root(page).locator(`[data-output="${output}"]`).innerText();
const outcome = async (page) => JSON.parse(await root(page).getAttribute('data-outcome')).values;
const whole = (page) => root(page).locator('.board-example[data-right="true"]').count();
const waitStep = (page, step) => page.waitForFunction(
  (step) => Number(document.querySelector('section[data-lab="board"]').dataset.step) >= step, step);

async function set(page, name, value) {
  const settings = root(page).locator('.board-settings');
  if (!await settings.evaluate((it) => it.open)) await settings.locator('summary').click();
  await field(page, name).fill(String(value));
  await field(page, name).dispatchEvent('change');
}

test('reverse is learned, and every earlier step can be looked at', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'idle');
  await field(page, 'source').selectOption('reverse');
  await action(page, 'train').focus();
  await page.keyboard.press('Enter');
  await waitState(root(page), 'running');
  await waitState(root(page), 'done', 90_000);
  const values = await outcome(page);
  assert.ok(values.exact >= 0.99 && values.finished, `reverse: ${values.exact}`);
  assert.equal(await whole(page), 12);
  assert.equal(await root(page).locator('[data-milestone="nearly-all"]').count(), 1);
  assert.equal(await root(page).locator('.board-verdict').getAttribute('data-verdict'), 'learned');
  console.log(`# reverse: ${values.exact} after ${values.steps} steps, 99 % from step ${values.step_99}`);

  // Back to the first look by keyboard: nothing is right yet, and every part of the board says so.
  await field(page, 'time').focus();
  await page.keyboard.press('Home');
  assert.equal(await says(page, 'shown'), 'Shown: step 0');
  await page.waitForFunction(() => document.querySelectorAll('.board-chip.wrong').length > 40);
  assert.equal(await whole(page), 0);
  assert.match(await says(page, 'words'), /^Guessing/);

  // A chip by mouse, its neighbours by keyboard.
  await root(page).locator('[data-chip="1-2"]').click();
  assert.match(await says(page, 'token'), /in example 2\./);
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.chip), '2-2');
  assert.match(await says(page, 'token'), /in example 3\./);
  await page.keyboard.press('End');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.chip), '2-7');

  // A fork from the middle with another rate stands beside the first run, with what differs.
  const middle = Math.floor(Number(await field(page, 'time').getAttribute('max')) / 5);
  await field(page, 'time').focus();
  for (let at = 0; at < middle; at += 1) await page.keyboard.press('ArrowRight');
  assert.equal(await action(page, 'fork').isDisabled(), true, 'a fork needs a change');
  await set(page, 'rate', 0.001);
  await action(page, 'fork').click();
  await waitState(root(page), 'running');
  await waitState(root(page), 'done', 90_000);
  assert.equal(await root(page).getAttribute('data-runs'), '2');
  const row = await root(page).locator('tr[data-run="2"]').innerText();
  assert.match(row, /learning rate 0\.003 → 0\.001/);
  assert.match(row, /forked from run 1 at step \d+/);
  record.assertClean('learning');
  await page.context().close();
});

test('pause, one step, go back, go on; a sweep is stopped; a text of one’s own is asked for', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await field(page, 'source').selectOption('copy');
  await set(page, 'steps', 2000);
  await action(page, 'train').click();
  await waitStep(page, 90);
  await action(page, 'pause').click();
  await waitState(root(page), 'done', 3_000);
  const step = Number(await root(page).getAttribute('data-step'));
  assert.match(await says(page, 'says'), /^Paused/);
  await action(page, 'step').click();
  await page.waitForFunction((step) => Number(document.querySelector('section[data-lab="board"]').dataset.step) === step, step + 1);
  await waitState(root(page), 'done');

  await field(page, 'time').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await action(page, 'rewind').click();
  await page.waitForFunction(() => Number(document.querySelector('section[data-lab="board"]').dataset.step) === 40);
  await action(page, 'resume').click();
  await waitStep(page, 60);
  await action(page, 'pause').click();
  await waitState(root(page), 'done', 3_000);

  await field(page, 'sweep').selectOption('seed');
  await action(page, 'sweep').click();
  await waitState(root(page), 'running');
  await waitStep(page, 5);
  await action(page, 'pause').click();
  await waitState(root(page), 'done', 3_000);
  assert.equal(await root(page).getAttribute('data-runs'), '2', 'the others of the sweep are not begun');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);

  await field(page, 'source').selectOption('own');
  await action(page, 'train').click();
  await waitState(root(page), 'failed');
  assert.match(await root(page).locator('.lab-error').innerText(), /no text of yours yet/);
  await field(page, 'own').fill('the red ball rolls. the blue ball rolls. a red kite flies. a blue kite flies. '.repeat(20));
  await set(page, 'steps', 60);
  await action(page, 'train').click();
  await waitState(root(page), 'running');
  await waitState(root(page), 'done');
  const values = await outcome(page);
  assert.ok(values.trigram_loss < values.unigram_loss && values.val_loss < values.unigram_loss, JSON.stringify(values));
  assert.ok((await says(page, 'written')).length > 40);
  record.assertClean('pausing');
  await page.context().close();
});

test('an induction head forms, and the marker leads to it', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await open(page, server, LESSON);
  await field(page, 'source').selectOption('induction');
  await action(page, 'train').click();
  await action(page, 'to-induction').waitFor({ timeout: 90_000 });
  await action(page, 'pause').click();
  await waitState(root(page), 'done', 3_000);
  const at = await action(page, 'to-induction').getAttribute('data-induction-step');
  await action(page, 'to-induction').click();
  assert.equal(await says(page, 'shown'), `Shown: step ${at}`);
  const { induction, induction_step: step } = await outcome(page);
  assert.ok(induction > 0.5 && String(step) === at, `${induction} at ${step}`);
  console.log(`# induction head above 0.5 at step ${step}, ${induction.toFixed(2)} when paused`);
  await page.context().close();
});
