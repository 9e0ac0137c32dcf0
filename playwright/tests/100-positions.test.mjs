// The lab of positions: draws each scheme, trains the same model with one and with all, stops and goes on, by mouse and keyboard.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const root = (page) => lab(page, 'positions');
const outcome = async (page) => JSON.parse(await root(page).getAttribute('data-outcome')).values;
const one = (page, scheme) => root(page).locator(`tr[data-scheme="${scheme}"] [data-action="one"]`);
const cells = (page, scheme) => root(page).locator(`tr[data-scheme="${scheme}"] td`).allInnerTexts();
const view = (page, scheme) => root(page).locator(`input[name="positions-scheme"][value="${scheme}"]`).check();

test('a training stops, goes on to the same end, and keeps working at twice the length', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/rotary-embeddings/');
  await waitState(root(page), 'idle');

  // The dials follow two sliders; moved together, the angle between the hands stays.
  const caption = () => root(page).locator('.positions-dial figcaption').first().innerText();
  const before = await caption();
  for (const field of ['query', 'key']) {
    await root(page).locator(`[data-field="${field}"]`).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
  }
  assert.equal(await caption(), before);
  await root(page).locator('[data-field="query"]').focus();
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await caption(), before);

  await one(page, 'rope').focus();
  const started = Date.now();
  await page.keyboard.press('Enter');
  await waitState(root(page), 'running');
  await page.waitForFunction(() => /^[1-9]/.test(document.querySelector('tr[data-scheme="rope"] td:nth-of-type(2)').textContent));
  await page.keyboard.press('Enter');
  await waitState(root(page), 'idle');
  assert.match(await root(page).locator('[data-output="says"]').innerText(), /^Stopped\./);
  assert.match(await one(page, 'rope').innerText(), /Go on/);
  await page.keyboard.press('Enter');
  await waitState(root(page), 'running');
  await waitState(root(page), 'done');
  const values = await outcome(page);
  console.log(`# RoPE in ${((Date.now() - started) / 1000).toFixed(1)} s: ${JSON.stringify(values)}`);
  assert.ok(values.exact > 0.99 && values.far_exact > 0.95, 'RoPE goes on working at twice the length');
  assert.equal(values.passed_at, 90, 'as the lesson says, in spite of the stop');
  assert.deepEqual((await cells(page, 'rope')).slice(1, 4), ['600 / 600', '100 %', '100 %']);
  await root(page).locator('[data-output="sample"]').waitFor();

  // Other settings: what was trained stays to be seen, and can be trained anew.
  assert.match(await one(page, 'rope').innerText(), /Trained/);
  await root(page).locator('details').filter({ hasText: 'Settings of the model' }).locator('summary').click();
  await root(page).locator('[data-field="steps"]').fill('80');
  await page.keyboard.press('Tab');
  await root(page).getByText('The results below belong to other settings.').waitFor();
  await one(page, 'rope').click();
  await page.waitForFunction(() => document.querySelector('tr[data-scheme="rope"] td:nth-of-type(2)').textContent === '80 / 80');
  record.assertClean('stopping and going on');
  await page.context().close();
});

test('all five are drawn and trained; learned positions reverse first', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/positional-encoding/');
  await waitState(root(page), 'idle');
  await view(page, 'sinusoidal');
  await root(page).locator('.heat-canvas').waitFor();
  assert.equal(await root(page).locator('[data-output="wavelengths"] tbody tr').count(), 16);
  await view(page, 'alibi');
  await root(page).locator('.line-canvas').waitFor();
  await view(page, 'learned');
  await root(page).getByText('There is no table yet').waitFor();

  const started = Date.now();
  await root(page).locator('[data-action="all"]').click();
  await waitState(root(page), 'running');
  await waitState(root(page), 'done', 120_000);
  const values = await outcome(page);
  console.log(`# all five in ${((Date.now() - started) / 1000).toFixed(1)} s: ${JSON.stringify(values)}`);
  assert.equal(values.first, 'learned');
  assert.equal(values.trained, 5);
  assert.ok(values.none_right < values.blind && values.learned_exact > 0.99 && values.rope_right < 0.7);
  assert.match(await root(page).locator('[data-output="says"]').innerText(), /First to 95 % of tokens: learned, at step 90\./);
  assert.equal(await root(page).locator('.heat-canvas').count(), 2, 'the table and how alike its rows are');
  await root(page).locator('[data-field="show"]').selectOption('loss');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);
  record.assertClean('all five');
  await page.context().close();
});
