// The attention lab with the built-in model: a sentence of one's own, every head, every step, every cell.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { assertRowsSumToOne, LESSON, trainLab, trainOwn, waitTrain } from '../helpers/train.mjs';

let page;
let record;
before(async () => {
  page = await freshPage(browser, { serviceWorkers: 'block' });
  record = await hygiene(page, server.origin);
  await open(page, server, 'learn/attention-mechanism/');
  await waitState(root(), 'done');
});

const root = () => lab(page, 'attention');
const chips = () => root().locator('.token-chip');
const card = () => root().locator('.cell-card');
const map = (title) => root().locator('figure.chart', { has: page.locator('.chart-title', { hasText: title }) });

/** Types a text and waits until its tokens are on screen, which they are in order and whole; answers them. */
async function type(text, readable = text) {
  await root().locator('.attention-text textarea').fill(text);
  const shown = readable.replaceAll(' ', '␣');
  await page.waitForFunction(
    (shown) => [...document.querySelectorAll('[data-lab="attention"] .token-chip')].map((it) => it.textContent).join('') === shown,
    shown);
  await waitState(root(), 'done');
  return chips().allTextContents();
}

const stage = async (key) => {
  await root().locator(`[data-stage="${key}"]`).click();
  await root().locator(`[data-stage-shown="${key}"]`).waitFor();
};

test('the learner’s own sentence becomes tokens, and each row of every head sums to one', async () => {
  const tokens = await type('The cat sat on');
  assert.ok(tokens.length > 3, `several tokens: ${tokens}`);
  const heads = await root().locator('[data-head]').evaluateAll((all) => all.map((it) => it.dataset.head));
  assert.ok(heads.length >= 4 && heads.includes('1-0'), `several layers and heads: ${heads}`);
  await stage('softmax');
  const seen = new Set();
  for (const head of heads) {
    await root().locator(`[data-head="${head}"]`).click();
    await root().locator(`[data-head="${head}"][aria-pressed="true"]`).waitFor();
    await waitState(root(), 'done');
    assert.equal((await assertRowsSumToOne(page)).length, tokens.length);
    seen.add(await map('Softmax').locator('.chart-table').textContent());
  }
  assert.equal(seen.size, heads.length, 'each head has numbers of its own');
  const sums = await map('Softmax').locator('td.row-sum').allTextContents();
  assert.equal(sums.length, tokens.length);
  for (const sum of sums) assert.ok(Math.abs(Number(sum) - 1) <= 1e-5, `the table says ${sum}`);
  record.assertClean('every head');
});

describe('one cell, by the keyboard', () => {
  let tokens;
  before(async () => {
    tokens = await type('The cat sat on');
    await stage('softmax');
  });

  test('arrows move to a cell and open its arithmetic, which agrees with the engine', async () => {
    const heatmap = map('Softmax');
    await heatmap.locator('canvas').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowRight');
    const [asks, answers] = [tokens.at(-2), tokens[1]];
    const readout = await heatmap.locator('.chart-readout').textContent();
    assert.ok(readout.startsWith(`from (query) “${asks}”, to (key) “${answers}”: `), readout);
    assert.match(readout, /”: \d+(\.\d+)? ?% \(0\.\d{4}\) \(pinned\)$/);
    assert.equal(await card().locator('.asks').textContent(), asks);
    assert.equal(await card().locator('.answers').textContent(), answers);
    assert.match(await card().textContent(), /powers add up to \d/);
    await card().locator('.card-check[data-agrees="true"]').waitFor();
    const weight = /\((0\.\d{4})\)/.exec(readout)[1];
    assert.match(await card().locator('.card-check').textContent(), new RegExp(`the engine's number: ${weight.replace('.', '\\.')} ✓ they agree$`));
    assert.ok(await chips().nth(tokens.length - 2).evaluate((it) => it.classList.contains('asks')), 'the two tokens are marked in the text');
    assert.ok(await chips().nth(1).evaluate((it) => it.classList.contains('answers')));
  });

  test('all seven steps explain that cell', async () => {
    for (const [key, words] of Object.entries({
      'dot-product': /dimension by dimension/, scale: /\/ √\d+ = /, mask: /not in the future/,
      softmax: /e\^\(/, 'weighted-sum': /Each token's value in this dimension, times its share, added up\./,
      concatenate: /It comes from head 1, as its number 1\./, project: /times its number in this column of W_O/,
    })) {
      await stage(key);
      await root().locator(`.cell-card[data-card="${key}"]`).waitFor();
      await page.waitForFunction(
        ([source]) => new RegExp(source).test(document.querySelector('[data-lab="attention"] .cell-card').textContent), [words.source]);
      assert.ok((await root().locator('.stage-text').innerText()).length > 40, `${key} is explained`);
      if (key !== 'mask') {
        const checks = card().locator('.card-check');
        assert.ok(await checks.count() >= 1, `${key} is recomputed`);
        assert.equal(await card().locator('.card-check[data-agrees="false"]').count(), 0, `${key} agrees`);
      }
    }
    await stage('weighted-sum');
    assert.equal(await map('Weighted sum').count(), 1);
    assert.equal(await map('Values times shares').count(), 1);
    record.assertClean('the seven steps');
  });

  test('every cell of the map agrees with the engine, and what is hidden says so', async () => {
    for (const key of ['dot-product', 'softmax']) {
      await stage(key);
      const canvas = map(key === 'softmax' ? 'Softmax' : 'Dot product').locator('canvas');
      await canvas.focus();
      await page.keyboard.press('Control+Home');
      for (let row = 0; row < tokens.length; row += 1) {
        for (let column = 0; column < tokens.length; column += 1) {
          if (key === 'softmax' && column > row) {
            assert.match(await card().textContent(), /comes later than the one that asks/);
          } else {
            assert.equal(await card().locator('.card-check').first().getAttribute('data-agrees'), 'true', `${key} ${row} ${column}`);
          }
          if (column < tokens.length - 1) await page.keyboard.press('ArrowRight');
        }
        await page.keyboard.press('Home');
        await page.keyboard.press('ArrowDown');
      }
    }
    record.assertClean('every cell');
  });
});

test('a pointer on the map does what the keyboard does, and rows and columns have their names', async () => {
  await stage('softmax');
  const canvas = map('Softmax').locator('canvas');
  await canvas.focus();
  await page.keyboard.press('Escape'); // Lets go of the pinned cell.
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await canvas.hover({ position: { x: box.width * 0.4, y: box.height * 0.8 } });
  await page.waitForFunction(() => /^from \(query\) “.+”, to \(key\) “.+”: /
    .test(document.querySelector('[data-stage-shown="softmax"] .chart-readout').textContent));
  assert.ok(await card().locator('.card-head').count() === 1);
  record.assertClean('the pointer');
});

test('a token shows what the model expects after it', async () => {
  const tokens = await type('The cat sat on');
  await chips().nth(1).click();
  await root().locator('.predictions[data-position="1"]').waitFor();
  assert.equal(await root().locator('.predictions-head').innerText(), `What the model expects after “${tokens[1]}”`);
  assert.equal(await root().locator('.predictions-truth').innerText(), `In your text “${tokens[2]}” follows.`);
  record.assertClean('predictions');
});

test('no text: a sentence, and the last picture stays', async () => {
  const tokens = await type('The cat sat on');
  await root().locator('.attention-text textarea').fill('   ');
  const remark = root().locator('.lab-remark[role="alert"]');
  await remark.waitFor();
  assert.equal(await remark.innerText(), 'There is no text to read. Type a few words above.');
  assert.deepEqual(await chips().allTextContents(), tokens);
  await type('Once more');
  await remark.waitFor({ state: 'hidden' });
  record.assertClean('no text');
});

test('a text longer than the model can see: a sentence says what was left off', async () => {
  await root().locator('.attention-text textarea').fill('and so on '.repeat(60));
  const remark = root().locator('.lab-remark', { hasText: 'of your text were left off.' });
  await remark.waitFor();
  assert.match(await remark.innerText(), /^This model sees \d+ tokens at once; the last \d+ of your text were left off\.$/);
  await waitState(root(), 'done');
  await assertRowsSumToOne(page);
  record.assertClean('a long text');
});

describe('a model of characters, trained a moment ago', () => {
  before(async () => {
    await open(page, server, LESSON);
    await trainOwn(page, { steps: 20 });
    await waitTrain(page, 'finished');
    await trainLab(page).locator('.kept-links a[href*="attention-mechanism"]').click();
    await page.waitForURL(/\?model=/);
    await waitState(root(), 'done');
  });

  test('characters it has never seen: a sentence names them', async () => {
    await type('The 猫 fox €', 'The  fox ');
    const remark = root().locator('.lab-remark:not([role="alert"])');
    await remark.waitFor();
    assert.equal(await remark.innerText(), 'This model was never trained on “猫”, “€”, so they were left out.');
    await assertRowsSumToOne(page);
    record.assertClean('unknown characters');
  });

  test('nothing but characters it has never seen: a sentence, and the lab goes on', async () => {
    await root().locator('.attention-text textarea').fill('猫猫猫');
    await waitState(root(), 'failed');
    const said = await root().locator('> .lab-error').innerText();
    assert.match(said, /^This model knows none of these characters: .*猫/);
    await type('The fox');
    await assertRowsSumToOne(page);
    record.assertClean('only unknown characters');
  });
});

test('a model that is not there: a sentence, and the built-in one can be chosen', async () => {
  await open(page, server, 'learn/attention-mechanism/?model=nosuch');
  await waitState(root(), 'failed');
  assert.equal(await root().locator('> .lab-error').innerText(), 'This model is not kept in this browser. Choose another one under “My models”.');
  await root().locator('[data-field="model"]').selectOption('');
  await waitState(root(), 'done');
  await assertRowsSumToOne(page);
  record.assertClean('a missing model');
});
