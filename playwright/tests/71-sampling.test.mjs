// The sampling lab: filters, the draw on its strip, and a real model that writes with two settings on one seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/sampling-decoding/';
const root = (page) => lab(page, 'sampling');
const field = (page, name) => root(page).locator(`[data-field="${name}"]`);
const says = (page, output) => root(page).locator(`[data-output="${output}"]`).innerText();
const outcome = (page) => page.evaluate(() => JSON.parse(document.querySelector('section[data-lab="sampling"]').dataset.outcome).values);
const until = (page, name, value) => page.waitForFunction(
  ([name, value]) => JSON.parse(document.querySelector('section[data-lab="sampling"]').dataset.outcome).values[name] === value, [name, value]);

test('min-p cuts, the penalty lowers what stands there already, and the number lands where the strip says', async () => {
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'done');
  await until(page, 'kept', 6);
  await field(page, 'min_p').fill('0.1');
  await until(page, 'kept', 3);
  await field(page, 'min_p').fill('0');

  await field(page, 'penalty').fill('2');
  await until(page, 'greedy', 'floor');
  assert.match(await says(page, 'sampling-summary'), /Greedy decoding would take “floor”/);
  await field(page, 'seen-mat').uncheck();
  await until(page, 'greedy', 'mat');
  await field(page, 'penalty').fill('1');

  // By keyboard: the next numbers of the seed, each on the word whose stretch holds it.
  await root(page).locator('[data-action="draw"]').focus();
  const numbers = new Set();
  for (let draw = 2; draw <= 6; draw += 1) {
    await page.keyboard.press('Enter');
    // On screen, and told to whoever scores exercises.
    await page.waitForFunction((n) => {
      const [, nth, number] = /^Number (\d+) of seed 1 is ([\d.]+)\./.exec(document.querySelector('[data-output="draw"]').innerText) ?? [];
      const { values } = JSON.parse(document.querySelector('section[data-lab="sampling"]').dataset.outcome);
      return Number(nth) === n && Math.abs(values.number - Number(number)) < 1e-4;
    }, draw);
    const { number, drawn } = await outcome(page);
    numbers.add(number);
    const strip = root(page).locator('.sampling-draw .sampling-strip');
    const [, told, word, from, to] = /number ([\d.]+) lands on “(\w+)”, which lies from ([\d.]+) to ([\d.]*\d)/.exec(await strip.getAttribute('aria-label'));
    assert.equal(word, drawn);
    assert.ok(Math.abs(Number(told) - number) < 1e-4 && Number(from) <= number + 1e-4 && number <= Number(to) + 1e-4);
    const left = await strip.locator('.sampling-marker').evaluate((marker) => Number.parseFloat(marker.style.left));
    assert.ok(Math.abs(left / 100 - number) < 1e-4);
    assert.equal(await strip.locator('.sampling-part.hit').count(), 1);
  }
  assert.equal(numbers.size, 5);
  await field(page, 'seed').fill('7');
  await field(page, 'seed').press('Tab');
  await until(page, 'seed', 7);
  assert.match(await says(page, 'draw'), /^Number 1 of seed 7/);
  record.assertClean('filters and strip');
  await page.context().close();
});

test('two settings on one seed share their numbers; beam search finds a likelier text than greedy', async () => {
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'done');
  await root(page).locator('[data-action="write"]').click();
  await page.waitForFunction(() => document.querySelector('[data-output="compared"]').innerText !== '');
  await waitState(root(page), 'done');
  assert.match(await says(page, 'compared'), /^Tokens in common at the beginning: \d+/);
  const side = (name) => root(page).locator(`[data-side="${name}"]`);
  const marker = (name) => side(name).locator('.sampling-marker').evaluate((it) => it.style.left);
  for (const name of ['left', 'right']) assert.equal(await side(name).locator('.sampling-token').count(), 24);
  for (const at of [0, 11, 23]) {
    await side('left').locator('.sampling-token').nth(at).click();
    assert.equal(await side('right').locator('.sampling-token').nth(at).getAttribute('aria-pressed'), 'true');
    assert.equal(await marker('left'), await marker('right'), 'one seed, one number');
    assert.match(await says(page, 'number'), new RegExp(`^Token ${at + 1}: `));
  }

  await field(page, 'left-method').selectOption('greedy');
  await field(page, 'right-method').selectOption('beam');
  await field(page, 'tokens').fill('20');
  await field(page, 'tokens').press('Tab');
  await root(page).locator('[data-action="write"]').click();
  await until(page, 'right_beam', true);
  await waitState(root(page), 'done');
  const found = await outcome(page);
  assert.ok(found.right_log_probability > found.left_log_probability, JSON.stringify(found));
  assert.equal(await side('left').locator('.sampling-token.likeliest').count(), 20, 'greedy takes the likeliest each time');
  assert.equal(await side('right').locator('[data-output="beams"] li').count(), 4);
  record.assertClean('two settings');
  await page.context().close();
});
