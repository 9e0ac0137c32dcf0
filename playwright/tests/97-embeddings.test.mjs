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

const map = (page) => root(page).locator('.embeddings-map');
const waitMap = (page, state) => root(page).locator(`[data-map="${state}"]`).waitFor({ timeout: 60_000 });
const summary = (page) => map(page).locator('.chart-summary').innerText();
const kind = (page, name) => map(page).locator(`input[value="${name}"]`);
const step = async (page) => Number((await summary(page)).match(/^t-SNE, step (\d+) of 600: /)?.[1]);

test('a t-SNE map is made in view, keeps neighbours, and stops when it is asked to', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', reducedMotion: 'no-preference' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  // Chosen while the vectors move, it is made once they rest.
  await learn(page).click();
  await kind(page, 'tsne').check();
  await root(page).getByText('The vectors are still moving').waitFor();
  assert.match(await summary(page), /Two directions of 24 hold/);
  await waitState(root(page), 'done');
  await waitMap(page, 'running');
  await waitMap(page, 'done');
  assert.equal(await step(page), 600);
  const values = await outcome(page);
  assert.ok(values.divergence > 0 && values.divergence < 0.3, `${values.divergence} nats`);
  // The numbers of the lesson.
  assert.equal(Math.round(values.kept_first * 100), 47);
  assert.equal(Math.round(values.kept * 100), 73);
  assert.match(await summary(page), /73% are among its 8 nearest on this map; .* began, 47%\.$/);
  const places = async () => {
    await map(page).locator('.chart-data').evaluate((details) => { details.open = true; });
    await map(page).locator('tbody tr').first().waitFor();
    return map(page).locator('tbody').innerText();
  };
  const tsne = await places();

  // By keyboard: back to PCA, whose map is another one, and to t-SNE again, which gives the same.
  await kind(page, 'tsne').focus();
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction(() => /Two directions of 24/.test(document.querySelector('.embeddings-map .chart-summary').textContent));
  assert.notEqual(await places(), tsne, 'the map changes');
  assert.equal((await outcome(page)).kept, undefined, 'no t-SNE map is there to be asked');
  await page.keyboard.press('ArrowRight');
  await waitMap(page, 'running');
  await waitMap(page, 'done');
  assert.equal(await places(), tsne, 'the same question, the same map');

  // Another perplexity gives another map, which is stopped half-way.
  await map(page).locator('[data-field="perplexity"]').fill('5');
  await map(page).locator('[data-action="lay-out"]').click();
  // Pressed by the page itself as soon as a step is in view: the film lasts 2.5 seconds, and a busy machine may need
  // longer to send a click.
  await page.waitForFunction(() => {
    const begun = /^t-SNE, step [1-9]/.test(document.querySelector('.embeddings-map .chart-summary').textContent);
    if (begun) document.querySelector('.embeddings-map [data-action="lay-out"]').click();
    return begun;
  });
  await waitMap(page, 'idle');
  const stopped = await step(page);
  assert.ok(stopped > 0 && stopped < 600, `stopped at ${stopped}`);
  await map(page).locator('.scatter-canvas').focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await step(page), stopped, 'it stays where it was stopped');
  console.log(`# t-SNE: ${values.divergence.toFixed(3)} nats, neighbours kept ${values.kept_first.toFixed(3)} to ${values.kept.toFixed(3)}; stopped at ${stopped}`);
  record.assertClean('t-SNE');
  await page.context().close();
});

test('who has asked for less motion sees where the map begins and where it ends', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await learn(page).click();
  await waitState(root(page), 'running');
  await waitState(root(page), 'done');
  await page.evaluate(() => {
    globalThis.seen = [];
    const look = () => {
      const step = /^t-SNE, step (\d+)/.exec(document.querySelector('.embeddings-map .chart-summary')?.textContent ?? '');
      if (step) globalThis.seen.push(Number(step[1]));
    };
    new MutationObserver(look).observe(document.querySelector('.embeddings-map'), { subtree: true, childList: true, characterData: true });
  });
  await kind(page, 'tsne').check();
  await waitMap(page, 'done');
  assert.equal(await step(page), 600);
  assert.deepEqual([...new Set(await page.evaluate(() => globalThis.seen))].filter((step) => step > 0), [600]);
  record.assertClean('less motion');
  await page.context().close();
});

test('published vectors are loaded when asked for, answer, and stand beside one’s own', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  let asked = 0;
  page.on('request', (request) => { asked += request.url().includes('/data/vectors/') ? 1 : 0; });
  await open(page, server, LESSON);
  await learn(page).click();
  await waitState(root(page), 'done');
  assert.equal(asked, 0, 'nobody has asked for them yet');
  const compare = root(page).locator('[data-action="compare"]');
  assert.match(await compare.innerText(), /loads 1\.2 MB/);
  await compare.click();
  const there = root(page).locator('[data-output="near-published"] li');
  await there.first().waitFor();
  assert.match(await there.first().innerText(), /^dog\s+0\.92$/);
  assert.match(await root(page).locator('[data-output="near"] li').first().innerText(), /^dog/);

  await root(page).locator('[data-field="text"]').selectOption('published');
  assert.match(await learn(page).innerText(), /1\.2 MB/);
  assert.equal(await root(page).locator('[data-field="dim"]').isVisible(), false, 'nothing is learned, so nothing is set');
  await learn(page).click();
  await page.waitForFunction(() => document.querySelector('[data-output="counted"]').textContent.match(/^20\s000 words/));
  const values = await outcome(page);
  assert.deepEqual([values.text, values.words, values.dim, values.nearest, values.answer, values.loss], ['published', 20_000, 50, 'dog', 'queen', undefined]);
  assert.equal(asked, 1, 'what is here is not fetched again');
  assert.match(await says(page, 'one-hot'), /^20000 numbers each/);
  for (const [field, word] of [['a', 'France'], ['b', 'paris'], ['c', 'spain']]) {
    await root(page).locator(`[data-field="${field}"]`).fill(word);
  }
  await page.waitForFunction(() => document.querySelector('[data-output="analogy"]').textContent.endsWith('spain is to aires.'));
  assert.match(await summary(page), /^The 300 most frequent words of at least 5 letters/);
  await kind(page, 'tsne').check();
  await waitMap(page, 'running');
  await waitMap(page, 'done');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);
  record.assertClean('published vectors');
  await page.context().close();
});

test('a file of vectors that is absent or spoilt is told in a sentence', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  let answer = (route) => route.abort();
  await page.route('**/data/vectors/**', (route) => answer(route));
  await open(page, server, LESSON);
  await root(page).locator('[data-field="text"]').selectOption('published');
  const error = root(page).locator('.lab-error');
  const told = async (pattern) => {
    await learn(page).click();
    await error.filter({ hasText: pattern }).waitFor();
    assert.equal(await root(page).getAttribute('data-state'), 'failed');
  };
  await told(/could not be loaded\. Check the connection/);
  answer = (route) => route.fulfill({ status: 404, body: 'gone' });
  await told(/could not be loaded\. Check the connection/);
  answer = (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<!doctype html><p>Please sign in' });
  await told(/cannot be read: it does not begin as such a file does\./);
  answer = async (route) => route.fulfill({ status: 200, body: (await (await route.fetch()).body()).subarray(0, 500_000) });
  await told(/cannot be read: it ends too early\./);
  answer = (route) => route.continue();
  await learn(page).click();
  await waitState(root(page), 'done');
  await page.context().close();
});
