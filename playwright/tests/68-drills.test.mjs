// The engine is broken in every way we can think of; the page lives on and replaces it, or says honestly that it cannot.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { engineWorker, waitEngine } from '../helpers/engine.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const generation = (page) => page.locator('[data-output="generation"]').innerText().then(Number);

/** The self-test of the worker that is there now has passed: a job went through. */
async function assertComputes(page) {
  await waitEngine(page);
  await page.locator('[data-action="self-test"]').click();
  await waitState(lab(page, 'engine'), 'done');
  const rows = page.locator('[data-output="self-test"] tbody tr');
  assert.ok(await rows.count() >= 3, 'several things were compared');
  assert.equal(await page.locator('[data-output="self-test"] tr[data-passed="false"]').count(), 0);
}

async function engineRoom() {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'engine/');
  await waitState(lab(page, 'engine'), 'done');
  await assertComputes(page);
  // Beats of the page itself: if it ever stops, the longest pause grows.
  await page.evaluate(() => {
    window.longestPause = 0;
    let last = performance.now();
    setInterval(() => {
      window.longestPause = Math.max(window.longestPause, performance.now() - last);
      last = performance.now();
    }, 50);
  });
  return { page, record };
}

describe('drills', () => {
  let page;
  let record;
  before(async () => { ({ page, record } = await engineRoom()); });
  after(() => page.context().close());

  const drills = {
    panic: { words: /the drill the learner asked for/, console: /panicked at/ },
    stack: { words: /stack/ },
    // On a busy machine the heartbeat may notice before the last page of memory is gone.
    memory: { words: /memory|has not answered/ },
    vanish: { words: null },
    hang: { words: /has not answered for \d+ seconds/ },
  };
  for (const [name, { words, console: noise }] of Object.entries(drills)) {
    test(name, async () => {
      const older = await generation(page);
      const worker = await engineWorker(page);
      await page.locator(`[data-action="drill-${name}"]`).click();
      await page.locator('[data-drill-state="recovered"]').waitFor({ timeout: 60_000 });
      const result = await page.locator('[data-drill-result]').innerText();
      assert.match(result, /: the page noticed\. The worker was replaced in \d+\.\d\d s, and the page never stopped\.$/);
      assert.equal(await generation(page), older + 1, 'there is a new worker');
      assert.notEqual(await engineWorker(page), worker);
      if (words) assert.match(await page.locator('[data-output="drill-said"]').innerText(), words);
      await assertComputes(page);
      const pause = await page.evaluate(() => window.longestPause);
      goal('B3', `${name}: ${result.match(/\d+\.\d\d s/)[0]} until a new worker answered; the page’s longest pause was ${pause.toFixed(0)} ms`);
      assert.ok(pause < 5000, `the page never stood still: ${pause.toFixed(0)} ms`);
      if (noise) record.forget(noise);
      record.assertClean(`the drill ${name}`);
    });
  }
});

test('four failures within a minute: an honest message, a page that lives, and Start again', async () => {
  const { page, record } = await engineRoom();
  for (let strike = 1; strike <= 4; strike += 1) {
    await waitEngine(page);
    const worker = await engineWorker(page);
    await worker.evaluate(() => { setTimeout(() => { throw new Error('a strike'); }); });
    await page.locator('[data-engine-state]:not([data-engine-state="ready"])').waitFor();
  }
  await waitEngine(page, 'stopped');
  const toast = page.locator('[data-toast="stopped"]');
  assert.match(await toast.innerText(), /^The engine was started four times within a minute and failed each time; the last time it failed with “.*a strike”\. Your models and your progress are kept\./);
  assert.equal(page.workers().length, 0, 'no worker is left');

  // The text reads and the pages turn without an engine; a job is answered in words.
  await page.locator('[data-action="self-test"]').click();
  await waitState(lab(page, 'engine'), 'failed');
  assert.match(await lab(page, 'engine').locator('> .lab-error').innerText(), /started four times within a minute/);
  await page.locator('.site-nav a[href$="models/"]').click();
  await lab(page, 'models').waitFor();
  await page.goBack();
  await lab(page, 'engine').waitFor();

  await toast.locator('[data-action="start-again"]').click();
  await waitEngine(page);
  await toast.waitFor({ state: 'detached' });
  await assertComputes(page);
  record.assertClean('four strikes');
  await page.context().close();
});
