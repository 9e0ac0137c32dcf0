// The lab of word vectors: learns on the invented text, answers by mouse and keyboard, stops at once, reads a text of one's own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/word2vec/';
const root = (page) => lab(page, 'embeddings');
const learn = (page) => root(page).locator('[data-action="learn"]');
const says = (page, output) => root(page).locator(`[data-output="${output}"]`).innerText();
const outcome = async (page) => JSON.parse(await root(page).getAttribute('data-outcome')).values;

test('vectors are learned, and answer by mouse and by keyboard', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'idle');
  await learn(page).focus();
  await page.keyboard.press('Enter');
  await waitState(root(page), 'running');
  await waitState(root(page), 'done');

  const values = await outcome(page);
  assert.equal(values.answer, 'queen');
  assert.equal(values.nearest, 'dog');
  assert.ok(values.cosine > 0.9 && values.one_hot_cosine === 0, `cat and dog: ${values.cosine}`);
  assert.ok(values.loss < values.first_loss / 2, `${values.first_loss} then ${values.loss}`);
  assert.equal(await says(page, 'analogy'), 'man is to king as woman is to queen.');
  assert.match(await says(page, 'one-hot'), /Their cosine is 0\.$/);
  console.log(`# loss ${values.first_loss.toFixed(2)} to ${values.loss.toFixed(2)}, cat and dog ${values.cosine.toFixed(3)}`);

  for (const [field, word] of [['a', 'france'], ['b', 'paris'], ['c', 'spain']]) {
    await root(page).locator(`[data-field="${field}"]`).fill(word);
  }
  await page.waitForFunction(() => document.querySelector('[data-output="analogy"]').textContent.endsWith('spain is to madrid.'));
  await root(page).locator('[data-field="word"]').fill('unicorn');
  await page.waitForFunction(() => document.querySelector('.lab-embeddings').textContent.includes('“unicorn” has no vector'));

  const map = root(page).locator('.scatter-canvas');
  const word = () => root(page).locator('[data-field="word"]').inputValue();
  await map.focus();
  await page.keyboard.press('ArrowRight');
  const first = await word();
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await word(), first, 'an arrow goes to another word');
  await map.click({ position: { x: 30, y: 30 } });
  assert.ok((await word()).length > 0);

  // The same seed gives the same numbers; another dimension does not.
  const { loss } = values;
  await learn(page).click();
  await waitState(root(page), 'running');
  await waitState(root(page), 'done');
  assert.equal((await outcome(page)).loss, loss);
  record.assertClean('learning');
  await page.context().close();
});

test('a run stops when it is asked to, and a text of one’s own is learned from', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await root(page).locator('[data-field="steps"]').fill('20000000');
  await learn(page).click();
  await root(page).locator('.scatter-canvas').waitFor();
  await learn(page).click();
  await waitState(root(page), 'idle', 2_000);
  assert.match(await says(page, 'says'), /^Stopped\./);
  assert.equal(await says(page, 'analogy').then((text) => text.length > 0), true, 'what was learned stays');

  await root(page).locator('[data-field="text"]').selectOption('own');
  await learn(page).click();
  await waitState(root(page), 'failed');
  assert.match(await root(page).locator('.lab-error').innerText(), /no text of yours yet/);
  const own = 'the red ball rolls. the blue ball rolls. a red kite flies. a blue kite flies. '.repeat(20);
  await root(page).locator('[data-field="own"]').fill(own);
  await root(page).locator('[data-field="steps"]').fill('50000');
  await learn(page).click();
  await waitState(root(page), 'done');
  assert.match(await says(page, 'counted'), /^320 words, 8 different ones; 8 of them get a vector/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);
  record.assertClean('stopping');
  await page.context().close();
});
