// What is far down the page sleeps until the reader comes near, so that the text is there at once and answers; nothing
// stays asleep for long, and an exercise wakes the lab it is about.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/attention-mechanism/';

const asleep = (page) => page.locator('.lab-slot[data-lab="attention"]');

test('far below, neither lab nor desk starts before the reader comes near', async () => {
  const page = await freshPage(browser, { asReader: true, serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await open(page, server, LESSON);
  await page.waitForTimeout(1000);
  assert.equal(await asleep(page).count(), 1);
  assert.deepEqual(asked.filter((path) => /desk/.test(path)), []);
  await asleep(page).scrollIntoViewIfNeeded();
  await waitState(lab(page, 'attention'), 'done');
  await page.locator('[data-desk="quiz"]').first().scrollIntoViewIfNeeded();
  await page.locator('[data-desk="quiz"][data-live]').first().waitFor();
  record.assertClean('coming near');
  await page.context().close();
});

test('after some seconds everything is awake without a move', async () => {
  const page = await freshPage(browser, { asReader: true, serviceWorkers: 'block' });
  await open(page, server, LESSON);
  await waitState(lab(page, 'attention'), 'done', 15_000);
  await page.locator('[data-desk="quiz"][data-live]').first().waitFor({ timeout: 15_000 });
  assert.equal(await page.evaluate(() => scrollY), 0);
  await page.context().close();
});

test('an exercise sets up a lab that still sleeps', async () => {
  // So low a window that the lab is more than half a screen above its second exercise.
  const page = await freshPage(browser, { asReader: true, serviceWorkers: 'block', viewport: { width: 1280, height: 200 } });
  await page.addInitScript(() => {
    const real = window.setTimeout;
    // Nothing wakes by waiting.
    window.setTimeout = (run, ms, ...rest) => real(run, ms === 4000 ? 1e9 : ms, ...rest);
  });
  await open(page, server, LESSON);
  const setUp = page.locator('[data-desk="exercise"][data-live] [data-action="set-up"]').last();
  await page.evaluate(() => [...document.querySelectorAll('[data-desk="exercise"]')].at(-1).scrollIntoView({ block: 'end' }));
  await setUp.waitFor();
  assert.equal(await asleep(page).count(), 1, 'the lab still sleeps');
  await setUp.click();
  await waitState(lab(page, 'attention'), 'done');
  await page.context().close();
});
