// The lesson on the cost of attention: predict what doubling costs, measure three ways, read slopes; stop at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, outcome, setLab, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/attention-complexity/';
const SLOW = 240_000;
const root = (page) => lab(page, 'attention-cost');
const says = (page, output) => root(page).locator(`[data-output="${output}"]`).innerText();
const press = (page, action) => root(page).locator(`[data-action="${action}"]`).click();

test('predict, measure, read slopes', async () => {
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'idle');
  await setLab(page, 'attention-cost', 'longest=1024');
  assert.equal(await root(page).locator('canvas').first().isVisible(), false, 'nothing is given away before a prediction');
  await press(page, 'measure');
  assert.match(await says(page, 'verdict'), /^Move the slider first/);

  const slider = root(page).locator('[data-field="guess"]');
  await slider.focus();
  await page.keyboard.press('Home');
  for (let at = 0; at < 6; at += 1) await page.keyboard.press('ArrowRight');
  assert.equal(await slider.getAttribute('aria-valuetext'), '4 times as much');
  await press(page, 'measure');
  await waitState(root(page), 'running');
  await waitState(root(page), 'done', SLOW);

  assert.match(await says(page, 'verdict'), /^You predicted 4 times\. Among the longest texts, twice the length cost [\d.]+ times as much\. /);
  const { values } = await outcome(page, 'attention-cost');
  console.log(`# slopes: whole ${values.exponent_whole.toFixed(2)}, fused ${values.exponent_fused.toFixed(2)}, cached ${values.exponent_cached.toFixed(2)}; `
    + `memory ${values.memory_exponent_whole.toFixed(2)}, ${values.memory_exponent_fused.toFixed(2)}, ${values.memory_exponent_cached.toFixed(2)}`);
  // The machine may be busy; a square and a straight line stay apart all the same.
  assert.ok(values.exponent_whole > 1.4 && values.exponent_cached < 1.4, JSON.stringify(values));
  assert.ok(values.memory_exponent_whole > 1.5 && values.memory_exponent_fused < 1.1, 'bytes do not depend on the machine');
  assert.equal(values.matrix_mib, 4);

  const rows = await root(page).locator('[data-output="cells"] tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(rows.map(([tokens]) => tokens), ['64', '128', '256', '512', '1024']);
  for (const [tokens, ...cells] of rows) assert.ok(cells.every((cell) => cell !== '–'), `${tokens}: ${cells}`);
  assert.equal(await root(page).locator('[data-output="slopes"] li').count(), 3);
  assert.equal(await root(page).locator('figure.chart').count(), 2);
  record.assertClean('measuring');
  await page.context().close();
});

test('by keyboard alone, and a run stops', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'idle');
  await root(page).locator('[data-field="guess"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.action), 'measure');
  await page.keyboard.press('Enter');
  await waitState(root(page), 'running');
  await page.waitForFunction(() => document.querySelector('.cost-progress').value >= 4, undefined, { timeout: SLOW });
  await page.keyboard.press('Enter');
  await waitState(root(page), 'idle');
  assert.match(await says(page, 'verdict'), /^Stopped\./);
  record.assertClean('stopping');
  await page.context().close();
});
