// The lessons that teach with the labs for attention, completion and training: each prediction is made and each
// exercise solved as a learner would, by typing and pressing.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { waitDesk } from '../helpers/practice.mjs';
import { button, chosenText, setSettings, waitTrain } from '../helpers/train.mjs';

const act = (card, action) => card.locator(`[data-action="${action}"]`).click();
const settled = (card, mark, timeout = 60_000) => card.and(card.page().locator(mark)).waitFor({ timeout });
const pick = (at) => async (card) => card.locator('input').nth(at).check();
const type = (number) => async (card) => card.locator('[data-field="guess"]').fill(number);
const head = (layer, head) => (page) => page.locator(`[data-lab="attention"] [data-head="${layer}-${head}"]`).click();
const read = (text) => (page) => page.locator('.attention-text textarea').fill(text);
/** Trains with what the lab is set to, and with these settings and this size on top. */
const train = (settings = {}, size = null) => async (page) => {
  await chosenText(page);
  if (size) await page.locator(`[data-lab="train"] [data-preset="${size}"]`).click();
  await setSettings(page, settings);
  await button(page, 'train').click();
  await waitTrain(page, 'finished', 150_000);
};
const prompt = (text) => (page) => page.locator('[data-lab="complete"] [data-field="prompt"]').fill(text);

/** Of each lesson: its prediction, a right guess, and what is pressed to see; its exercise and what solves it. */
const LESSONS = [
  ['causal-lm-objective', ['universally-acknow', pick(2)], ['one-answer', prompt('it was imposs')]],
  ['multi-head-attention', ['neighbours-differ', type('0.15')], ['first-token-head', head(0, 1)]],
  ['causal-masking', ['three-tokens', pick(2)], ['dilute', read(
    'We went down to the harbour in the morning to see the boats come in. The wind was cold, and the men were late, '
    + 'but in the end there was fish enough for all of us and for the cats.',
  )]],
  ['llm-training-loop', ['hundred-times-smaller', pick(1), train()], ['repair-the-rate', train({ learning_rate: 0.01 })]],
  ['project-train-your-text', ['a-page-is-short', pick(1), train()], ['by-heart', train({ steps: 300 }, 'tiny')]],
  ['project-attention-visualizer', ['same-head-again', pick(1)], ['stay-at-home', read('one two three one two three one two three')]],
  ['project-text-completion', ['bars-and-temperature', pick(1)], ['bring-in-darcy', prompt('to see Mr.')]],
  ['project-simple-chatbot', ['form-first', pick(1), train()], ['learn-the-form', train({ steps: 400 })]],
];

for (const [slug, [prediction, guess, look], [exercise, solve]] of LESSONS) {
  test(`${slug}: predicted, then solved`, async () => {
    const page = await freshPage(browser, { serviceWorkers: 'block' });
    const record = await hygiene(page, server.origin);
    await open(page, server, `learn/${slug}/`);
    await waitDesk(page, 'quiz');

    const foreseen = page.locator(`[data-predict="${prediction}"]`);
    await guess(foreseen);
    await act(foreseen, 'commit');
    await look?.(page);
    await settled(foreseen, '[data-result="right"]', 120_000);

    const card = page.locator(`[data-exercise="${exercise}"]`);
    await act(card, 'set-up');
    await page.waitForTimeout(500);
    assert.equal(await card.getAttribute('data-solved'), 'false', 'not solved from the start');
    await solve(page);
    await settled(card, '[data-solved="true"]', 120_000);
    record.assertClean(slug);
    await page.context().close();
  });
}

test('a heat map can be kept as numbers, as pixels and as shapes', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/project-attention-visualizer/');
  await waitState(lab(page, 'attention'), 'done');
  await read('if a < b & c > d')(page);
  const map = page.locator('[data-lab="attention"] figure.chart').first();
  await map.locator('summary').first().click();
  await page.waitForTimeout(1000);
  const kept = async (button) => {
    const [download] = await Promise.all([page.waitForEvent('download'), map.locator(button).click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const [csv, png, svg] = [await kept('.chart-csv'), await kept('[data-save="png"]'), await kept('[data-save="svg"]')];
  assert.deepEqual([csv, png, svg].map(({ name }) => name.split('.').at(-1)), ['csv', 'png', 'svg']);
  assert.deepEqual([...png.bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10], 'a PNG file');
  const size = await page.evaluate(async (data) => {
    const picture = new Image();
    picture.src = data;
    await picture.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at + 3] !== 255) return 'see-through';
      colours.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
    }
    return colours.size;
  }, `data:image/png;base64,${png.bytes.toString('base64')}`);
  assert.ok(size > 10, `the picture has ${size} colours`);
  const parsed = await page.evaluate((text) => {
    const read = new DOMParser().parseFromString(text, 'image/svg+xml');
    return { fault: read.querySelector('parsererror')?.textContent, rects: read.querySelectorAll('rect').length, words: read.documentElement.textContent };
  }, svg.bytes.toString('utf8'));
  assert.equal(parsed.fault, undefined);
  assert.ok(parsed.rects > 3 && parsed.words.includes('<') && parsed.words.includes('&'), 'names are only text');
  record.assertClean('exports');
  await page.context().close();
});
