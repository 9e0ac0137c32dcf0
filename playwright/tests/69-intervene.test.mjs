// The lab that interferes with a model: every kind of change, undo, both models side by side, what each part is worth.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

let page;
let record;
const root = () => lab(page, 'intervene');
const outcome = () => page.evaluate(() => JSON.parse(document.querySelector('section[data-lab="intervene"]').dataset.outcome).values);
const until = (name, value) => page.waitForFunction(
  ([name, value]) => JSON.parse(document.querySelector('section[data-lab="intervene"]').dataset.outcome ?? '{"values":{}}').values[name] === value,
  [name, value]);
const field = (name) => root().locator(`[data-field="${name}"]`);
const act = (name) => root().locator(`[data-action="${name}"]`);
const verdict = () => root().locator('[data-output="verdict"]').innerText();
/** Applies one more intervention and waits until both models have read. */
async function apply(deed, fields) {
  const before = (await outcome()).changes;
  await field('deed').selectOption(deed);
  for (const [name, value] of Object.entries(fields)) {
    if (await field(name).evaluate((it) => it.tagName) === 'SELECT') await field(name).selectOption(value);
    else await field(name).fill(value);
  }
  await act('add').click();
  await until('changes', before + 1);
  await waitState(root(), 'done');
  return outcome();
}
async function clear() {
  await act('clear').click();
  await until('changes', 0);
  await waitState(root(), 'done');
}

before(async () => {
  page = await freshPage(browser, { serviceWorkers: 'block' });
  record = await hygiene(page, server.origin);
  await open(page, server, 'learn/transformer-block/');
  await waitState(root(), 'done');
});

test('at first both models are the same, and a factor of one changes no bit', async () => {
  assert.match(await verdict(), /to the last bit/);
  const found = await apply('scale', { part: 'block-2', factor: '1' });
  assert.equal(found.largest, 0);
  assert.match(await verdict(), /to the last bit/);
  await clear();
});

test('one head zeroed breaks one prediction; both sides show it; undo takes it back', async () => {
  await root().locator('.token-radio[data-position="4"]').click();
  await until('position', 4);
  const found = await apply('zero', { part: 'head-1-4' });
  assert.ok(found.chance_before > 0.9 && found.top_changed && found.only === 'head-zero', JSON.stringify(found));
  const top = (side) => root().locator(`[data-side="${side}"] .token-bar-token`).first().innerText();
  assert.equal(await top('before'), 'p');
  assert.equal(await top('after'), 'er');
  assert.match(await verdict(), /another one now/);
  // What moved most stands first.
  const moves = await root().locator('.signed-bar').evaluateAll((all) => all.slice(0, 12).map((it) => Math.abs(Number(it.dataset.value))));
  assert.deepEqual(moves, [...moves].sort((a, b) => b - a));
  assert.equal(await root().locator('.signed-bar').first().getAttribute('data-key'), 'p');
  await act('undo').click();
  await until('changes', 0);
  await waitState(root(), 'done');
  assert.match(await verdict(), /to the last bit/);
  await act('redo').click();
  await until('changes', 1);
  await clear();
  record.assertClean('zeroing');
});

test('patch, swap and an edited weight', async () => {
  const other = await apply('patch', { part: 'mlp-1', other: 'He would not dare to' });
  assert.ok(other.largest > 0.1 && other.only === 'patch');
  await clear();
  const same = await apply('patch', { part: 'mlp-1', other: await field('text').inputValue() });
  assert.equal(same.largest, 0, 'a patch from the same text changes nothing');
  await clear();
  const vain = await apply('swap', { part: 'head-2-1', with: 'head-2-3' });
  assert.ok(vain.largest < 1e-9, 'two heads of one block write into one sum');
  assert.match(await root().locator('.intervene-list').innerText(), /nothing can change/);
  await clear();
  assert.ok((await apply('swap', { part: 'block-1', with: 'block-4' })).largest > 1);
  await clear();
  const edited = await apply('weight', { tensor: 'blocks.0.mlp.up.weight', row: '3', column: '7', value: '2.5' });
  assert.ok(edited.largest > 0);
  assert.match(await root().locator('.intervene-list').innerText(), /row 3, column 7: −?\d\.\d{4} became 2\.5000/);
  // What cannot be done is said, and nothing is added.
  await field('row').fill('900');
  await act('add').click();
  assert.match(await root().locator('.intervene-form .lab-error').innerText(), /88 rows and 352 columns/);
  assert.equal((await outcome()).changes, 1);
  await clear();
  record.assertClean('other changes');
});

test('what each part is worth, on the model that copies, by keyboard', async () => {
  await field('model').selectOption('copying');
  await until('model', 'copying');
  await waitState(root(), 'done');
  await act('each-part').focus();
  await page.keyboard.press('Enter');
  await act('zero-first').waitFor();
  const parts = await root().locator('.signed-bars').last().locator('.signed-bar').evaluateAll((all) => all.map((it) => it.dataset.key));
  assert.equal(parts.length, 2 * 5);
  assert.equal(parts[0], 'head-1-1');
  await act('zero-first').focus();
  await page.keyboard.press('Enter');
  await until('only', 'head-zero');
  const found = await outcome();
  assert.ok(found.set_before < 1 && found.set_rise > 2.5, JSON.stringify(found));
  record.assertClean('worth');
  await page.context().close();
});
