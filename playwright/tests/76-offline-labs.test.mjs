// With the server stopped after one visit, the labs work: train a model, keep it, look inside, come back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, lab, launch, open, waitOffline, waitReady, waitState } from '../helpers/browser.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST } from '../helpers/site.mjs';
import { assertRowsSumToOne, button, chosenText, LESSON, trainLab, trainOwn, waitStep, waitTrain } from '../helpers/train.mjs';
import { start } from '../server.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** Long enough to be paused in the middle on a fast machine. */
const STEPS = 800;

test('without a server: train, pause, reload, resume, and open in the attention lab', async () => {
  const server = await start({ root: DIST });
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server); // The home page alone: the lesson is not visited while there is a server.
  await waitOffline(page);
  await server.stop();

  await page.goto(server.url + LESSON);
  await waitReady(page);
  assert.notEqual((await chosenText(page)).name, 'Your text', 'a shipped text is there too');
  await trainOwn(page, { steps: STEPS });
  await waitStep(page, 25);
  await button(page, 'pause').click();
  const paused = await waitTrain(page, 'paused');
  await page.reload();
  await waitReady(page);
  await button(page, 'resume-kept').click();
  const finished = await waitTrain(page, 'finished');
  assert.equal(finished.step, STEPS);
  assert.ok(paused.step < STEPS && finished.valLoss < finished.unigramLoss);

  await trainLab(page).locator('.kept-links a[href*="attention-mechanism"]').click();
  await page.waitForURL(/\?model=/);
  await waitState(lab(page, 'attention'), 'done');
  assert.match(await page.locator('[data-model-name]').getAttribute('data-model-name'), /^Your text/);
  await assertRowsSumToOne(page);

  await page.goto(`${server.url}models/`);
  await waitReady(page);
  await lab(page, 'models').locator('[data-model]:not([data-model="built-in"])').waitFor();
  await page.goto(`${server.url}engine/`);
  await waitReady(page);
  await waitState(lab(page, 'engine'), 'done');
  assert.equal(await page.locator('[data-output="self-test"] tr[data-passed="false"]').count(), 0);
  record.assertClean('the labs without a server');
  await page.context().close();
});
