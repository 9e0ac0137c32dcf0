// The lesson on the complete transformer: build a model, see every shape, be told what is impossible, train a small one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/transformer-architecture/';
const root = (page) => lab(page, 'architecture');
const says = async (page, output) => (await root(page).locator(`[data-output="${output}"]`).innerText()).replaceAll('\u202f', ',');
const field = (page, name) => root(page).locator(`[data-field="${name}"]`);
const outcome = (page) => page.evaluate(
  () => JSON.parse(document.querySelector('section[data-lab="architecture"]').dataset.outcome).values);

test('GPT-2 small is counted to the last parameter, and every setting counts anew', async () => {
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'done');
  assert.equal(await says(page, 'parameters'), '124,439,808 parameters');
  assert.match(await says(page, 'preset'), /exactly GPT-2 small/);
  assert.match(await says(page, 'costs'), /475 MiB f32 · 237 MiB f16 · 119 MiB int8/);
  assert.match(await says(page, 'costs'), /266 MFLOP/);

  // Every preset by its name; the published counts of the family.
  for (const [preset, count] of [['gpt2-xl', 1_557_611_200], ['gpt2-large', 774_030_080], ['gpt2-medium', 354_823_168], ['nano', 16_160]]) {
    await field(page, 'preset').selectOption(preset);
    await page.waitForFunction((count) => JSON.parse(document.querySelector('section[data-lab="architecture"]').dataset.outcome)
      .values.parameters === count, count);
  }
  await field(page, 'preset').selectOption('gpt2');
  assert.match(await says(page, 'tensors'), /h\.0\.attn\.c_attn\.weight\s+\[768, 2304\]\s+× 12\s+21,233,664/);

  await field(page, 'tied').uncheck();
  assert.equal(await says(page, 'parameters'), '163,037,184 parameters');
  await field(page, 'tied').check();
  await root(page).locator('[data-action="add-block"]').click();
  assert.equal(await says(page, 'blocks'), 'Block, 13 times');
  assert.equal((await outcome(page)).parameters, 124_439_808 + 7_087_872);
  record.assertClean('building');
  await page.context().close();
});

test('by keyboard: what is impossible is said in a sentence, with a way out', async () => {
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'done');
  await field(page, 'n_heads').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('10');
  await waitState(root(page), 'failed');
  assert.match(await root(page).locator('.lab-error').innerText(), /^d_model \(768\) cannot be shared evenly by 10 heads: .* 8 heads would fit/);
  assert.equal((await outcome(page)).possible, false);
  assert.equal(await root(page).locator('.arch-result').isVisible(), false, 'no number of an impossible model');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('6');
  await waitState(root(page), 'done');
  assert.equal(await says(page, 'parameters'), '124,439,808 parameters', 'heads cost nothing');

  const mlp = root(page).locator('[data-part="Mlp"]');
  await mlp.focus();
  await page.keyboard.press('Enter');
  assert.equal(await mlp.getAttribute('aria-pressed'), 'true');
  assert.match(await says(page, 'flows'), /\[1024, 3072\]/);
  record.assertClean('refusing');
  await page.context().close();
});

test('a small one like it opens in the training lab', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'done');
  assert.match(await says(page, 'small'), /2 blocks, 4 heads, width 96 and 64 tokens at once/);
  await root(page).locator('[data-action="train"]').click();
  await page.waitForURL('**/learn/project-mini-gpt/**');
  await waitState(lab(page, 'train'), ['idle', 'done']);
  await page.waitForFunction(() => document.querySelector('[data-lab="train"]').innerText.includes('96'));
  record.assertClean('opening the training lab');
  await page.context().close();
});
