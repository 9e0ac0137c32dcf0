// The lab that takes a model apart: a text of one's own, every place, every block unfolded, the lens, the shares.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

let page;
let record;
const root = () => lab(page, 'block');
const outcome = () => page.evaluate(() => JSON.parse(document.querySelector('section[data-lab="block"]').dataset.outcome).values);
const says = (output) => root().locator(`[data-output="${output}"]`).innerText();
/** Waits until the outcome has this value. */
const until = (name, value) => page.waitForFunction(
  ([name, value]) => JSON.parse(document.querySelector('section[data-lab="block"]').dataset.outcome ?? '{"values":{}}').values[name] === value,
  [name, value]);
const minus = (text) => Number(text.replaceAll('−', '-'));

before(async () => {
  page = await freshPage(browser, { serviceWorkers: 'block' });
  record = await hygiene(page, server.origin);
  await open(page, server, 'learn/transformer-block/');
  await waitState(root(), 'done');
});

test('the lens begins with the token itself and ends with the prediction, at every place', async () => {
  const found = await outcome();
  assert.equal(found.tokens, 15);
  assert.ok(found.echo_share > 0.8 && found.sum_off < 1e-4, JSON.stringify(found));
  // 4 blocks: five depths, each with a cell for each token.
  assert.equal(await root().locator('.lens tbody tr[data-depth]').count(), 5);
  assert.equal(await root().locator('.lens tbody tr[data-depth] td').count(), 5 * 15);
  const lowest = root().locator('.lens tr[data-depth="4"] td');
  for (const at of [3, 6]) {
    await root().locator(`.token-radio[data-position="${at}"]`).click();
    await until('position', at);
    await waitState(root(), 'done');
    const top = await root().locator('.spine-end .token-bar-token').first().innerText();
    assert.equal(await lowest.nth(at).getAttribute('data-top'), top, 'the last row of the lens is the prediction');
    assert.equal((await outcome()).settled, 4);
  }
  // Ranks instead of tokens.
  await root().locator('[data-lens="rank"]').click();
  assert.equal(await lowest.nth(6).innerText(), '#1');
  await root().locator('[data-lens="top"]').click();
  record.assertClean('the lens');
});

test('by keyboard: arrows choose the place, a block unfolds and shows heads and neurons', async () => {
  await root().locator('.token-radio[aria-checked="true"]').focus();
  await page.keyboard.press('Home');
  await until('position', 0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await until('position', 2);
  await waitState(root(), 'done');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.position), '2', 'the focus goes along');

  const block = root().locator('.spine-turn[data-block="1"]');
  await block.focus();
  await page.keyboard.press('Enter');
  assert.equal(await block.getAttribute('aria-expanded'), 'true');
  const inside = root().locator('[data-inside="1"]');
  assert.equal(await inside.locator('[data-output="heads"] tbody tr').count(), 4);
  assert.equal(await inside.locator('[data-output="neurons"] tbody tr').count(), 8);
  assert.match(await inside.locator('[data-output="ln1"]').innerText(), /mean −?\d\.\d{3}, standard deviation \d\.\d{3}/);
  const active = await inside.locator('[data-output="neurons"] tbody td:nth-child(2)').allInnerTexts();
  const sizes = active.map((text) => Math.abs(minus(text)));
  assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a), 'most active first');
  await page.keyboard.press('Enter');
  assert.equal(await inside.count(), 0, 'folded again');
  record.assertClean('unfolding');
});

test('the shares of all parts add up to the logit, for the top token and for the true one', async () => {
  for (const which of ['of-truth', 'of-top']) {
    await root().locator(`[data-show="${which}"]`).click();
    const bars = await root().locator('.signed-bar').evaluateAll((all) => all.map((it) => Number(it.dataset.value)));
    assert.equal(bars.length, 2 + 4 * 6);
    const [, parts, bias, logit] = (await says('shares')).match(/together (\S+), .* bias (\S+)\. That is (\S+), /).map(minus);
    const sum = bars.reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - parts) < 2e-3 && Math.abs(parts + bias - logit) < 3e-3, `${sum} ${parts} ${bias} ${logit}`);
  }
  await root().locator('[data-show="by-size"]').click();
  const sizes = await root().locator('.signed-bar').evaluateAll((all) => all.map((it) => Math.abs(Number(it.dataset.value))));
  assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a));
  record.assertClean('the shares');
});

test('a text of one’s own, another model, and no text at all', async () => {
  const text = root().locator('.pick-text textarea');
  await text.fill('the Queen said quietly');
  await until('text', 'the Queen said quietly');
  await waitState(root(), 'done');
  await root().locator('.token-radio[data-position="2"]').click();
  await until('position', 2);
  const found = await outcome();
  assert.ok(found.settled === 1 && found.truth_rank === 1 && found.probability > 0.9, JSON.stringify(found));
  await root().locator('[data-field="model"]').selectOption('copying');
  await until('model', 'copying');
  await waitState(root(), 'done');
  assert.equal((await outcome()).n_layers, 2);
  assert.match(await root().locator('.lab-remark').first().innerText(), /never trained on these characters/);
  await text.fill('   ');
  await waitState(root(), 'idle');
  assert.match(await root().locator('.lab-remark:visible').last().innerText(), /no text to read/);
  record.assertClean('other texts');
  await page.context().close();
});
