// The lab of number formats: one number in five formats, its bits turned over by keyboard and mouse; what cannot be read is
// refused in a sentence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, outcome, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/quantization-int8/';
const root = (page) => lab(page, 'formats');
const row = (page, format) => root(page).locator(`[data-format="${format}"]`);
const value = (page, format) => row(page, format).locator('[data-output="value"]').innerText();
const bit = (page, format, place) => row(page, format).locator(`[data-place="${place}"]`);
const number = (page) => root(page).locator('[data-field="number"]');
/** Reads as the page writes: a real minus. */
const write = async (page, text) => {
  await number(page).fill(text);
  await waitState(root(page), 'done');
};

test('a number in five formats: bits by keyboard, neighbours, and the ends of each format', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'done');
  assert.equal(await value(page, 'float16'), '0.0999755859375');
  assert.equal(await row(page, 'float32').locator('.formats-bit').count(), 32);
  assert.equal(await row(page, 'int4').locator('.formats-bit').count(), 4);
  const digits = await row(page, 'float16').locator('.formats-bit').allInnerTexts();
  assert.equal(digits.join(''), '0010111001100110');

  // One bit of a row is reached by the tab key, the others by arrows; Enter turns one over.
  assert.equal(await row(page, 'float16').locator('.formats-bit[tabindex="0"]').count(), 1);
  await bit(page, 'float16', 15).focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.place), '14');
  await page.keyboard.press('Enter');
  await root(page).locator('[data-output="status"]', { hasText: 'float16 now says 6552.' }).waitFor();
  assert.equal(await number(page).inputValue(), '6552', 'the number is what the bits say');
  assert.equal(await value(page, 'float32'), '6552', 'the other formats follow');
  assert.equal(await value(page, 'int8'), '1', 'whole numbers stop at their reach');
  assert.match(await row(page, 'int8').locator('[data-output="error"]').innerText(), /^Off by −6550/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.place), '0');
  await page.keyboard.press('Enter');
  assert.equal(await value(page, 'float16'), '0.10003662109375', 'the lowest bit hardly counts');

  // The ends of the formats, as the lesson says.
  await write(page, '70000');
  assert.equal(await value(page, 'float16'), '∞');
  assert.equal(await value(page, 'bfloat16'), '70144');
  assert.equal((await outcome(page, 'formats')).values.float16_kind, 'infinite');
  await write(page, '1e-7');
  assert.match(await row(page, 'float16').locator('[data-output="formula"]').innerText(), /^\(0 \+ 2\/1024\) × 2\^−14/);
  await write(page, 'NaN');
  assert.equal(await value(page, 'bfloat16'), 'NaN');
  assert.equal(await value(page, 'int8'), '0', 'whole numbers have no pattern for it');

  // Neighbours: INT4 has fifteen numbers between -1 and 1.
  await write(page, '0.1');
  await row(page, 'int4').locator('[data-action="below"]').click();
  assert.equal(await number(page).inputValue(), '0');
  assert.equal((await outcome(page, 'formats')).values.int4_error, 0);
  await bit(page, 'int4', 1).click();
  await bit(page, 'int4', 0).click();
  const { int4_error: four, int8_error: eight } = (await outcome(page, 'formats')).values;
  assert.ok(four < 1e-7 && eight > 0.003, `3/7 is nearer in four bits: ${four} and ${eight}`);
  record.assertClean('five formats');
  await page.context().close();
});

test('what is no number is refused in a sentence and the last one stays; the reach moves whole numbers only; 360 px', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await waitState(root(page), 'done');
  const before = await value(page, 'float16');
  await number(page).fill('0,1');
  await waitState(root(page), 'failed');
  assert.match(await root(page).getByRole('alert').innerText(), /^This is not a number: write digits with a point/);
  assert.equal(await number(page).getAttribute('aria-invalid'), 'true');
  assert.equal(await value(page, 'float16'), before, 'the last number stays');
  await write(page, '5');
  assert.equal(await value(page, 'int8'), '1');
  const reach = root(page).locator('[data-field="reach"]');
  await reach.fill('10');
  await page.keyboard.press('Tab');
  await page.waitForFunction(() => document.querySelector('[data-format="int8"] [data-output="value"]').textContent !== '1');
  assert.ok(Math.abs(Number(await value(page, 'int8')) - 5) <= 10 / 127 / 2, 'half a step at most');
  assert.equal(await value(page, 'float16'), '5');
  await reach.fill('0');
  await page.keyboard.press('Tab');
  await waitState(root(page), 'failed');
  assert.match(await root(page).getByRole('alert').innerText(), /choose a reach between 0\.000001 and 1000000/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);
  record.assertClean('numbers that are none');
  await page.context().close();
});
