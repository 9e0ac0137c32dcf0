// The tokenizer lab: learns step by step by mouse and keyboard, compares with published vocabularies, loses no byte.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const root = (page) => lab(page, 'tokenizer');
const says = (page, output) => root(page).locator(`[data-output="${output}"]`).innerText();
const field = (page, name) => root(page).locator(`[data-field="${name}"]`).locator('visible=true');
const view = (page, name) => root(page).locator(`input[name="tokenizer-view"][value="${name}"]`).check();
const shown = (page, side) => root(page).locator(`[data-output="${side}"] .tok-text`).allInnerTexts();

/** Waits until the newest outcome has these values, and answers all of them. */
async function outcome(page, wanted) {
  const handle = await page.waitForFunction((wanted) => {
    const text = document.querySelector('section[data-lab="tokenizer"]')?.dataset.outcome;
    const values = text && JSON.parse(text).values;
    return values && Object.entries(wanted).every(([name, value]) => values[name] === value) && values;
  }, wanted, { timeout: 30_000 });
  return handle.jsonValue();
}

test('a tokenizer is learned merge by merge, and cuts a text of one’s own', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/tokenization-bpe/');
  await waitState(root(page), 'done');
  assert.equal((await outcome(page, { step: 0 })).next, 'h+e');
  await root(page).locator('[data-action="step"]').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  const two = await outcome(page, { step: 2 });
  assert.deepEqual([two.made, two.next, two.tokens], ['the', '␣+the', 452]);
  assert.match(await says(page, 'told'), /the whole text takes 452 tokens\. Of 51 pairs, “␣” \+ “the” comes next: it occurs 17 times/);
  await field(page, 'sample').fill('the newest song');
  await root(page).locator('[data-action="last"]').click();
  assert.equal((await outcome(page, { step: 63, sample: 'the newest song' })).sample_tokens, 3);
  assert.deepEqual(await shown(page, 'spans'), ['the', '␣newest', '␣song']);

  // One token at a time by the keyboard, and all of them as a table.
  await root(page).locator('[data-output="spans"]').focus();
  await page.keyboard.press('End');
  assert.match(await root(page).locator('.tokenizer-told').innerText(), /^Token 3 of 3: “␣song”, id \d+\. Bytes 20 73 6f 6e 67\.$/);
  await root(page).locator('summary', { hasText: 'As a table' }).click();
  await root(page).getByRole('row', { name: '3 ␣song' }).waitFor();

  await root(page).locator('[data-action="first"]').click();
  await outcome(page, { step: 0 });
  await root(page).locator('[data-action="play"]').click();
  await outcome(page, { step: 2 });
  await root(page).locator('[data-action="play"]').click();

  await root(page).locator('input[value="word-piece"]').check();
  assert.equal((await outcome(page, { method: 'word-piece', step: 0 })).next, 'r+##u');
  await root(page).locator('input[value="unigram"]').check();
  const many = await outcome(page, { method: 'unigram', step: 0 });
  assert.deepEqual([many.pieces, many.tokens], [271, 124]);
  await field(page, 'text').selectOption('own');
  await waitState(root(page), 'failed');
  assert.match(await root(page).locator('.lab-error').innerText(), /There is no text to learn from/);
  await field(page, 'own').fill('naïve naïve café café');
  await field(page, 'own').blur();
  assert.ok((await outcome(page, { text: 'own', method: 'unigram' })).pieces > 8);
  record.assertClean('learning');
  await page.context().close();
});

test('published vocabularies cut as their makers do, and show bytes for half characters', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/token-distribution/');
  const all = await outcome(page, { view: 'languages', a: 'gpt2', b: 'o200k' });
  assert.deepEqual([all.dearest_a, all.dearest_b, all.times_th_a], ['th', 'el', 7]);
  await view(page, 'compare');
  await field(page, 'sample').fill('Hello world 🐱');
  await outcome(page, { sample: 'Hello world 🐱', tokens_a: 5, shared_a: 1 });
  assert.deepEqual(await shown(page, 'spans-a'), ['Hello', '␣world', '␣‹f0›‹9f›', '‹90›', '‹b1›']);
  const ids = () => root(page).locator('[data-output="spans-a"] .tok').evaluateAll((all) => all.map((one) => +one.dataset.id));
  assert.deepEqual((await ids()).slice(0, 2), [15496, 995]);
  await field(page, 'b').selectOption('bert');
  assert.equal((await outcome(page, { b: 'bert', sample: 'Hello world 🐱' })).unknown_b, 1);
  await field(page, 'a').selectOption('cl100k');
  await outcome(page, { a: 'cl100k', b: 'bert' });
  assert.deepEqual((await ids()).slice(0, 2), [9906, 1917]);
  assert.ok(!(await root(page).innerText()).includes('\ufffd'), 'the replacement character is never shown');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);
  await view(page, 'counts');
  await field(page, 'text').selectOption('emma');
  await field(page, 'a').selectOption('characters');
  assert.equal((await outcome(page, { view: 'counts', text: 'emma', a: 'characters' })).distinct_a, 69);
  record.assertClean('comparing');
  await page.context().close();
});

test('a vocabulary that does not come is said, and own tokenizers go on', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await page.route('**/data/vocabularies/**', (route) => route.abort());
  await open(page, server, 'learn/token-distribution/');
  await waitState(root(page), 'failed', 60_000);
  assert.match(await root(page).locator('.lab-error').innerText(), /The vocabulary of .* could not be loaded\. Check the connection/);
  await field(page, 'a').selectOption('bytes');
  await field(page, 'b').selectOption('bpe');
  await outcome(page, { view: 'languages', a: 'bytes', b: 'bpe' });
  await page.context().close();
});
