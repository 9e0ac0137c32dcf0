// The attention explorer beyond one cell: what kind each head is, heads alike, a pinned view beside the present one,
// steps of one run compared, and long texts.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { assertRowsSumToOne, LESSON, ownText, trainLab, trainOwn, waitTrain } from '../helpers/train.mjs';

const EXPLORER = 'learn/attention-mechanism/';
let page;
let record;
before(async () => {
  page = await freshPage(browser, { serviceWorkers: 'block' });
  record = await hygiene(page, server.origin);
});

const root = () => lab(page, 'attention');
const field = (name) => root().locator(`[data-field="${name}"]`);
const says = (output, of = root()) => of.locator(`[data-output="${output}"]`).innerText();
const percent = (text) => Number(/(-?\d+(?:\.\d+)?) %/.exec(text)[1]);
const head = async (at) => {
  await root().locator(`[data-head="${at}"]`).click();
  await waitState(root(), 'done');
};
const map = (title) => root().locator('figure.chart', { has: page.locator('.chart-title', { hasText: title }) });

test('a head says how widely it looks, and its likes can be visited', async () => {
  await open(page, server, EXPLORER);
  await waitState(root(), 'done');
  await head('0-3');
  assert.match(await says('habits'), /^Layer 1, head 4 on your text: its attention is spread as if over \d+\.\d tokens at once; /);
  const values = JSON.parse(await root().getAttribute('data-outcome')).values;
  assert.ok(values.head_effective_tokens > 1 && values.head_effective_tokens <= values.tokens, values.head_effective_tokens);
  const likes = root().locator('[data-related]');
  assert.equal(await likes.count(), 3);
  const shares = (await likes.allInnerTexts()).map(percent);
  assert.deepEqual(shares, [...shares].sort((a, b) => b - a), 'the most alike first');
  const like = await likes.first().getAttribute('data-related');
  await likes.first().click();
  await root().locator(`[data-head="${like}"][aria-pressed="true"]`).waitFor();
  await waitState(root(), 'done');
  assert.equal(await root().locator('[data-related="0-3"]').count(), 1, 'alike is mutual here');
  record.assertClean('related');
});

test('a pinned view: the same at first, then another head, another text', async () => {
  await head('0-3');
  await field('compare').focus();
  await page.keyboard.press('Space');
  await map('Pinned: layer 1, head 4').waitFor();
  await page.waitForFunction(() => /^Both spend 100 % of their attention on the same tokens\./
    .test(document.querySelector('[data-output="compared"]').textContent));
  await head('0-0');
  await map('Now: layer 1, head 1').waitFor();
  await page.waitForFunction(() => !/^Both spend 100 %/.test(document.querySelector('[data-output="compared"]').textContent));
  const words = await says('compared');
  assert.match(words, /They differ most from “.+” to “.+”: [−]?0\.\d+\.$/);
  // The difference of a cell is what its two shares differ by.
  const cell = (chart) => chart.locator('.chart-table tbody tr').last().locator('td').first();
  for (const chart of [map('Pinned: layer'), map('Now: layer'), map('Now less pinned')]) {
    await chart.locator('.chart-data summary').click();
    await cell(chart).waitFor();
  }
  const number = async (chart) => Number((await cell(chart).innerText()).replace('−', '-'));
  const [pinned, now, less] = [await number(map('Pinned: layer')), await number(map('Now: layer')), await number(map('Now less pinned'))];
  assert.ok(Math.abs(now - pinned - less) < 2e-4, `${now} − ${pinned} is not ${less}`);
  assert.equal(await root().locator('[data-output="measures"] tr[data-measure]').count(), 5);

  await field('pinned-text').fill('Once upon a time');
  await page.waitForFunction(() => /different tokens/.test(document.querySelector('[data-output="compared"]').textContent));
  assert.equal(await map('Now less pinned').count(), 0);
  await root().locator('[data-action="pin"]').click();
  await page.waitForFunction(() => /^Both spend 100 %/.test(document.querySelector('[data-output="compared"]').textContent));
  record.assertClean('compare');
});

test('a link opens the comparison as it is', async () => {
  const knobs = new URLSearchParams({
    text: 'one two one', layer: 1, head: 1, compare: true, pinned_text: 'one two one', pinned_layer: 0, pinned_head: 2,
  });
  await page.goto(`${server.url}embed/attention/?autorun=1&knobs=${encodeURIComponent(knobs)}`);
  await map('Pinned: layer 1, head 3').waitFor();
  await map('Now: layer 2, head 2').waitFor();
  record.assertClean('a link');
});

test('two steps of one run, kept on the training board, are compared, and the test names the head that formed', async () => {
  await open(page, server, 'learn/llm-training-loop/');
  const board = lab(page, 'board');
  await waitState(board, 'idle');
  await board.locator('[data-field="source"]').selectOption('induction');
  await board.locator('[data-action="train"]').click();
  await waitState(board, 'running');
  await waitState(board, 'done', 120_000);
  await board.locator('[data-action="keep"]').focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /Kept as “Induction, run 1” \(step 800\)/.test(document.querySelector('[data-output="kept"]').textContent));
  const scores = await board.locator('[data-field="head"] option').allInnerTexts();
  const best = Math.max(...scores.map((words) => Number(/score (0\.\d\d)$/.exec(words)[1])));
  assert.ok(best > 0.5, `${scores}`);
  // The map of the embeddings moves with time.
  const places = () => board.locator('.board-map .chart-table').textContent();
  await board.locator('.board-map .chart-data summary').click();
  await board.locator('.board-map .chart-table tbody tr').first().waitFor();
  const last = await places();
  await board.locator('[data-field="time"]').focus();
  await page.keyboard.press('Home');
  await page.waitForFunction((last) => document.querySelector('.board-map .chart-table').textContent !== last, last);
  await board.locator('[data-action="keep"]').click();
  await page.waitForFunction(() => /\(step 0\)/.test(document.querySelector('[data-output="kept"]').textContent));
  assert.match(await says('kept', board), /every lab that has a list of models can look into it now\.$/);
  record.assertClean('the board');

  await open(page, server, EXPLORER);
  await waitState(root(), 'done');
  await root().locator('.attention-text textarea').fill('abcdefab');
  const option = (list, step) => list.locator('option', { hasText: `Induction, run 1 (step ${step})` }).getAttribute('value');
  const now = field('model').first();
  await now.selectOption(await option(now, 800));
  await waitState(root(), 'done');
  await field('compare').click();
  const pinned = root().locator('[data-side="pinned"] [data-field="model"]');
  await pinned.selectOption(await option(pinned, 0));
  await map('Pinned: layer 1, head 1, Induction, run 1 (step 0)').waitFor();
  await map('Now: layer 1, head 1, Induction, run 1 (step 800)').waitFor();
  await page.waitForFunction(() => /^Both spend (?!100 )\d/.test(document.querySelector('[data-output="compared"]').textContent));

  await root().locator('.attention-kinds summary').focus();
  await page.keyboard.press('Enter');
  const named = root().locator('[data-kind="induction"]').first();
  await named.waitFor();
  assert.match(await says('kinds-test'), /^Tested on 8 rows of \d+ random tokens, each row written twice/);
  assert.equal(await root().locator('[data-kind-of]').count(), await root().locator('[data-head]').count(), 'a row for each head');
  assert.equal(await named.locator('td').count(), 7, 'the kind and six scores');
  const said = await named.locator('td').nth(5).innerText();
  assert.ok(Math.abs(percent(said) / 100 - best) < 0.011, `${said} here, ${best} on the board`);
  // The button of a row leads to that head.
  const at = await named.getAttribute('data-kind-of');
  await named.locator('button').focus();
  await page.keyboard.press('Enter');
  await root().locator(`[data-head="${at}"][aria-pressed="true"]`).waitFor();
  await waitState(root(), 'done');
  record.assertClean('kinds');
});

test('128 tokens are drawn without a stall, more come in groups', async () => {
  await open(page, server, LESSON);
  await trainOwn(page, { d_model: 16, context: 256, batch: 2, warmup: 1, steps: 4 });
  await waitTrain(page, 'finished');
  await trainLab(page).locator('.kept-links a[href*="attention-mechanism"]').click();
  await page.waitForURL(/\?model=/);
  await waitState(root(), 'done');
  await page.evaluate(() => {
    globalThis.stalls = [];
    new PerformanceObserver((list) => globalThis.stalls.push(...list.getEntries().map((it) => it.duration))).observe({ type: 'longtask' });
  });
  await root().locator('.attention-text textarea').fill(ownText().slice(0, 128));
  await page.waitForFunction(() => document.querySelectorAll('[data-lab="attention"] .token-chip').length === 128);
  await waitState(root(), 'done');
  await assertRowsSumToOne(page);
  const longest = Math.max(0, ...await page.evaluate(() => globalThis.stalls));
  console.log(`# 128 tokens: the longest task of the page took ${longest} ms`);
  assert.ok(longest < 1000, `${longest} ms`);

  await root().locator('.attention-text textarea').fill(ownText().slice(0, 250));
  await page.waitForFunction(() => document.querySelectorAll('[data-lab="attention"] .token-chip').length === 125);
  const remark = root().locator('.lab-remark:not([role="alert"])').first();
  assert.match(await remark.innerText(), /^This text is long: 2 neighbouring tokens make one row and one column, 125 of each\./);
  assert.equal(await root().locator('.stages').count(), 0);
  await map('Softmax').waitFor();
  record.assertClean('long texts');
});
