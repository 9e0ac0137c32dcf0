// The back-propagation lab: the walk, the card with its check, editing, and steps downhill; by mouse and by keyboard.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

let page;
let record;
before(async () => {
  page = await freshPage(browser, { serviceWorkers: 'block' });
  record = await hygiene(page, server.origin);
  await open(page, server, 'learn/self-attention/');
  await waitState(root(), 'done');
});

const root = () => lab(page, 'backprop');
const press = (action) => root().locator(`[data-action="${action}"]`).click();
const table = (key) => root().locator(`[data-table="${key}"]`);
const cell = (key, at) => table(key).locator(`[data-cell="${at}"]`);
const card = () => root().locator('.bp-card');
const formula = () => root().locator('[data-output="formula"]').textContent();
const outcome = async () => JSON.parse(await root().getAttribute('data-outcome')).values;
const number = (text) => Number(text.replace('∂', '').replace('−', '-').trim());

/** The outcome as soon as it is as asked. */
async function until(what, wanted) {
  await page.waitForFunction(([name, value]) => {
    const told = document.querySelector('section[data-lab="backprop"]')?.dataset.outcome;
    return told && JSON.parse(told).values[name] === value;
  }, [what, wanted]);
  return outcome();
}

describe('the walk', () => {
  test('forwards: a table is empty until its step, and says what it reads', async () => {
    await press('start');
    assert.equal((await cell('q', '0.0').textContent()).trim(), '·');
    for (let step = 0; step < 2; step += 1) await press('next');
    assert.equal(await formula(), 'Q = X · W_Q');
    assert.equal(await table('q').getAttribute('data-role'), 'written');
    assert.deepEqual(await root().locator('[data-role="read"]').evaluateAll((all) => all.map((it) => it.dataset.table)), ['x', 'wq']);
    assert.ok(Number.isFinite(number(await cell('q', '0.0').locator('.bp-value').textContent())));
    assert.equal((await cell('k', '0.0').textContent()).trim(), '·');
  });

  test('the value in the card is the sum of the products that stand there', async () => {
    await cell('q', '1.2').click();
    const products = await card().locator('.bp-half.values .bp-terms tbody td:last-child').allTextContents();
    const sum = products.map((text) => number(text.replace('=', ''))).reduce((a, b) => a + b, 0);
    assert.equal(products.length, 4);
    assert.ok(Math.abs(sum - (await until('column', 2)).value) < 1e-5);
  });

  test('backwards: X is complete when four parts have arrived, and each part is checked', async () => {
    await press('backward');
    assert.ok((await until('finished', true)).loss > 0);
    await cell('x', '1.0').click();
    assert.equal((await until('table', 'x')).uses_arrived, 4);
    const checks = card().locator('.bp-check');
    assert.equal(await checks.count(), 5, 'four parts and the whole');
    for (const check of await checks.all()) {
      assert.equal(await check.getAttribute('data-agrees'), 'true');
      assert.ok(Number(await check.getAttribute('data-error')) < 1e-5);
    }
    await press('back');
    await cell('x', '1.0').click();
    assert.equal(await root().locator('td .bp-gradient.partly').count(), 0, 'the last edge is that from X to E');
    for (let step = 0; step < 3; step += 1) await press('back');
    assert.ok(await table('x').locator('.bp-gradient.partly').count() > 0, 'a part is still to come');
  });

  test('a hidden score has a gradient of exactly zero', async () => {
    await press('backward');
    await cell('s', '0.2').click();
    assert.equal((await until('table', 's')).gradient_size, 0);
    await cell('m', '0.2').click();
    assert.match(await card().textContent(), /−∞/);
  });
});

describe('changing it', () => {
  test('a number is set, and everything is computed anew; Undo takes it back', async () => {
    const before = (await outcome()).loss;
    await cell('wq', '0.0').click();
    await card().locator('[data-field="number"]').fill('3');
    await page.keyboard.press('Tab');
    const after = await until('edits', 1);
    assert.equal(after.value, 3);
    assert.notEqual(after.loss, before);
    await press('undo');
    assert.equal((await until('edits', 0)).loss, before);
  });

  test('a step downhill lowers the loss; one that is too long raises it', async () => {
    await press('descend');
    const down = await until('descents', 1);
    assert.ok(down.fall > 0.5 && down.loss < down.loss_first, JSON.stringify(down));
    await press('descend-ten');
    assert.ok((await until('descents', 11)).loss < 0.15);
    await press('reset');
    await until('descents', 0);
    await root().locator('[data-field="rate"]').fill('5');
    await press('descend');
    assert.ok((await until('descents', 1)).fall < 0);
    assert.match(await root().locator('[data-output="loss"]').textContent(), /it rose by/);
    await press('reset');
  });

  test('with a feed-forward layer there are 180 numbers to learn; without it 104', async () => {
    await root().locator('[data-field="feed_forward"]').check();
    assert.equal((await until('feed_forward', true)).learned_numbers, 180);
    await table('w1').locator('td[data-cell]').nth(31).waitFor();
    assert.equal(await table('w1').locator('td[data-cell]').count(), 32);
    await root().locator('[data-field="feed_forward"]').uncheck();
    assert.equal((await until('feed_forward', false)).learned_numbers, 104);
  });

  test('a longer text with a word that comes twice', async () => {
    await root().locator('[data-field="word-3"]').selectOption('the');
    await root().locator('[data-field="word-4"]').selectOption('mat');
    assert.equal((await until('tokens', 4)).tokens, 4);
    await table('a').locator('td[data-cell]').nth(15).waitFor();
    assert.equal(await table('a').locator('td[data-cell]').count(), 16);
    await cell('e', '0.0').click();
    await press('backward');
    assert.equal(await card().locator('.bp-check').last().getAttribute('data-agrees'), 'true');
  });
});

test('by keyboard alone: walk, move through a table, read its numbers', async () => {
  await root().locator('[data-action="next"]').focus();
  await root().locator('[data-action="start"]').focus();
  await page.keyboard.press('Enter');
  await until('step', 0);
  await root().locator('[data-field="step"]').focus();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowRight');
  await until('step', 3);
  await table('k').locator('td[tabindex="0"]').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  const told = await until('column', 1);
  assert.equal(told.table, 'k');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-selected')), 'true');
  record.assertClean('walking by keyboard');
});
