// The lab of families: an encoder, a decoder, an encoder-decoder and a decoder that translates, trained on the CPU and on
// WebGPU's program, asked about own sentences, by mouse and keyboard.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/encoder-decoder-bert-gpt/';
const root = (page) => lab(page, 'families');
const outcome = async (page) => JSON.parse(await root(page).getAttribute('data-outcome')).values;
const one = (page, family) => root(page).locator(`tr[data-family="${family}"] [data-action="one"]`);
const answer = (page, family) => root(page).locator(`[data-answer="${family}"]`);
const tokens = (page, family) => answer(page, family).locator('.token-bar-token').allInnerTexts();

test('a training stops and goes on to the same end, by keyboard; the gap is filled from both sides', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'idle');
  await one(page, 'encoder').focus();
  await page.keyboard.press('Enter');
  await waitState(root(page), 'running');
  await page.waitForFunction(() => /^[1-9]/.test(document.querySelector('tr[data-family="encoder"] td:nth-of-type(2)').textContent));
  await page.keyboard.press('Enter');
  await waitState(root(page), 'idle');
  assert.match(await root(page).locator('[data-output="says"]').innerText(), /^Stopped\./);
  assert.match(await one(page, 'encoder').innerText(), /Go on/);
  await page.keyboard.press('Enter');
  await waitState(root(page), 'running');
  await waitState(root(page), 'done', 120_000);
  const values = await outcome(page);
  console.log(`# the encoder: ${JSON.stringify(values)}`);
  assert.equal(values.encoder_noun, 1, 'as the lesson says, in spite of the stop');
  assert.equal(values.trained, 1);

  // The verb after the gap decides: one, or several. Nouns alone can stand there.
  await page.waitForFunction(() => document.querySelectorAll('[data-answer="encoder"] .token-bar').length === 5);
  const several = await tokens(page, 'encoder');
  assert.ok(several.every((word) => /s$|mice|children/.test(word)), `${several}`);
  const gap = root(page).locator('[data-field="gap"]');
  await gap.fill('the _ has seen an owl');
  await page.waitForFunction((before) => document.querySelector('[data-answer="encoder"] .token-bar-token')?.textContent !== before, several[0]);
  const single = await tokens(page, 'encoder');
  assert.ok(single.every((word) => /^(dog|bird|cat|mouse|horse|child|otter|eagle|owl|ant)$/.test(word)), `${single}`);
  assert.equal(await root(page).locator('.heat-canvas').count(), 1, 'where its heads look');

  // What cannot be asked is said in a sentence, and what was there stays.
  await gap.fill('the dragon sees _');
  await root(page).getByText('“dragon” is not a word of this small language.').waitFor();
  await gap.fill('the dogs see an owl');
  await root(page).getByText('An encoder fills gaps: write _ in place of a word.').waitFor();
  record.assertClean('an encoder');
  await page.context().close();
});

test('all four are trained at 360 px; the decoder guesses, the others translate', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'idle');
  const started = Date.now();
  await root(page).locator('[data-action="all"]').click();
  await waitState(root(page), 'running');
  await waitState(root(page), 'done', 240_000);
  const values = await outcome(page);
  console.log(`# all four in ${((Date.now() - started) / 1000).toFixed(1)} s: ${JSON.stringify(values)}`);
  assert.equal(values.trained, 4);
  assert.ok(values.decoder_noun < 0.7 && values.decoder_verb > 0.95 && values.decoder_writes > values.encoder_writes);
  assert.ok(values.pair_translates > 0.97 && values.pair_aligned > 0.8 && values.prompted_translates > 0.8);

  await root(page).locator('[data-field="translate"]').fill('the child has heard two owls today');
  const wanted = 'heute hat das Kind zwei Eulen gehört';
  await page.waitForFunction((wanted) => document.querySelector('[data-answer="encoder-decoder"]').textContent === wanted, wanted);
  await root(page).locator('input[name="families-family"][value="encoder-decoder"]').check();
  const map = root(page).locator('[data-field="map"]');
  const names = await map.locator('option').allInnerTexts();
  assert.equal(names.length, 6, `${names}`);
  assert.match(names[0], /the translation at the sentence, layer 1/);
  // A row is the moment before a word is said.
  await root(page).locator('details').filter({ hasText: 'The numbers' }).last().locator('summary').click();
  await root(page).locator('th', { hasText: '→ heute' }).first().waitFor();
  await map.selectOption('3');
  await root(page).locator('[data-field="head"]').selectOption('2');
  await root(page).getByText('the translation at the sentence, layer 2, head 3').first().waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);
  record.assertClean('all four');
  await page.context().close();
});
