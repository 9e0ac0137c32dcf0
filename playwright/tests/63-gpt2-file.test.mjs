// Opening a GPT-2 from a file: recognised, compared with the builder, loaded, run; and what is wrong is said in a sentence.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { ROOT } from '../helpers/site.mjs';

const LESSON = 'learn/project-gpt2-from-scratch/';
const FOLDER = path.join(ROOT, 'public/models/random-gpt2');
const GOLDEN = JSON.parse(readFileSync(path.join(ROOT, 'engine/core/tests/gpt2/golden.json'), 'utf8'));
const of = (name) => path.join(FOLDER, name);
const ALL = ['model.safetensors', 'config.json', 'vocab.json', 'merges.txt'].map(of);

const root = (page) => lab(page, 'architecture');
const says = async (page, output) => (await root(page).locator(`[data-output="${output}"]`).innerText()).replaceAll('\u202f', ',');
const outcome = (page) => page.evaluate(() => JSON.parse(document.querySelector('section[data-lab="architecture"]').dataset.outcome).values);
const stage = (page, name) => root(page).locator(`[data-file="${name}"]`).waitFor();
const act = (page, name) => root(page).locator(`[data-action="${name}"]`);

async function visit(lesson = LESSON) {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, lesson);
  await waitState(root(page), 'done');
  return { page, record };
}

/** The candidates on screen, as `[id, logit]`. */
const candidates = async (page) => {
  await root(page).locator('details:has([data-output="model-next"])').evaluate((details) => { details.open = true; });
  return root(page).locator('[data-candidate]').evaluateAll(
    (rows) => rows.map((row) => [Number(row.dataset.candidate), Number(row.querySelector('[data-logit]').innerText)]));
};

test('a GPT-2 of the reference library: recognised, the builder set to it, its logits to 1e-4', async () => {
  const { page, record } = await visit();
  const sent = [];
  page.on('request', (request) => { if (request.method() !== 'GET') sent.push(request.url()); });
  await act(page, 'open-files').setInputFiles(ALL);
  await stage(page, 'opened');
  assert.match(await says(page, 'file-headline'), /2 blocks, 2 heads, width 16, 32 tokens at once and 320 tokens in its vocabulary/);
  assert.match(await says(page, 'file-facts'), /in config\.json.*token embedding once more.*knows 320 tokens/s);
  assert.match(await says(page, 'file-memory'), /50\.[23] KiB \(F32\)/);
  assert.match(await says(page, 'file-fit'), /differ: vocab 320 ≠ 50304/);
  assert.equal((await outcome(page)).file_fits, false);
  await act(page, 'match-builder').click();
  assert.match(await says(page, 'file-fit'), /exactly this model/);
  assert.equal((await outcome(page)).file_fits, true);
  assert.equal((await outcome(page)).parameters, (await outcome(page)).file_parameters);

  // By keyboard from here.
  await act(page, 'load-model').focus();
  await page.keyboard.press('Enter');
  await stage(page, 'ready');
  const field = root(page).locator('[data-field="model-ids"]');
  await field.fill(GOLDEN.ids.join(', '));
  await field.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('[data-output="model-read"]').innerText.startsWith('Read 10 tokens'));
  const found = await candidates(page);
  assert.equal(found.length, 10);
  const last = GOLDEN.logits.at(-1);
  assert.equal(found[0][0], last.indexOf(Math.max(...last)));
  for (const [id, logit] of found) assert.ok(Math.abs(logit - last[id]) < 2e-4, `${id}: ${logit} against ${last[id]}`);

  await root(page).locator('[data-field="model-text"]').fill('Alice was beginning to get very tired');
  await act(page, 'run-text').click();
  const { ids } = GOLDEN.tokens[0];
  await page.waitForFunction((ids) => document.querySelector('[data-field="model-ids"]').value === ids, ids.join(', '));
  await act(page, 'append').click();
  await page.waitForFunction((count) => document.querySelector('[data-field="model-ids"]').value.split(',').length === count, ids.length + 1);
  assert.deepEqual(sent, [], 'the file stays on the device');
  record.assertClean('a GPT-2 from a file');
  await page.context().close();
});

test('without config.json the number of heads is asked for; the practice model opens by one press', async () => {
  const { page, record } = await visit();
  await act(page, 'open-files').setInputFiles([of('model.safetensors')]);
  await page.waitForFunction(() => document.querySelector('[data-output="file-error"]').innerText.includes('type the number of heads'));
  await root(page).locator('[data-field="file-heads"]').fill('2');
  await root(page).locator('[data-field="file-heads"]').press('Tab');
  await stage(page, 'opened');
  assert.match(await says(page, 'file-facts'), /You gave the number of heads.*No tokenizer/s);
  assert.equal(await root(page).locator('[data-output="file-error"]').isVisible(), false);

  await act(page, 'open-practice').click();
  await page.waitForFunction(() => document.querySelector('[data-output="file-facts"]')?.innerText.includes('config.json'));
  await act(page, 'load-model').click();
  await stage(page, 'ready');
  await act(page, 'run-ids').click();
  await page.waitForFunction(() => document.querySelector('[data-output="model-read"]').innerText.startsWith('Read 3 tokens'));
  record.assertClean('practice');
  await page.context().close();
});

test('hostile files get a sentence and the page lives on', async () => {
  const { page, record } = await visit();
  const model = readFileSync(of('model.safetensors'));
  const config = { name: 'config.json', mimeType: 'application/json', buffer: readFileSync(of('config.json')) };
  const broken = Buffer.from(model);
  broken.writeFloatLE(Number.NaN, model.length - 4);
  const length = Buffer.alloc(8, 255);
  const cases = [
    [[{ name: 'pytorch_model.bin', mimeType: '', buffer: model }], /pytorch_model\.bin is of no use here/],
    [[{ name: 'model.safetensors', mimeType: '', buffer: model.subarray(0, 40_000) }, config], /cut short/],
    [[{ name: 'model.safetensors', mimeType: '', buffer: Buffer.concat([length, model]) }, config], /not a safetensors file/],
    [[{ name: 'model.safetensors', mimeType: '', buffer: Buffer.alloc(0) }, config], /only 0 bytes/],
    [[{ name: 'a.safetensors', mimeType: '', buffer: model }, { name: 'b.safetensors', mimeType: '', buffer: model }], /several \.safetensors/],
    [[{ name: 'model.safetensors', mimeType: '', buffer: model }, { ...config, buffer: Buffer.from('{"model_type": "llama"}') }], /“llama”/],
  ];
  for (const [files, sentence] of cases) {
    await act(page, 'open-files').setInputFiles(files);
    await page.waitForFunction((source) => new RegExp(source).test(document.querySelector('[data-output="file-error"]').innerText), sentence.source);
    await stage(page, 'empty');
  }
  // A number that is none is found while loading.
  await act(page, 'open-files').setInputFiles([{ name: 'model.safetensors', mimeType: '', buffer: broken }, config]);
  await stage(page, 'opened');
  await act(page, 'load-model').click();
  await page.waitForFunction(() => /holds NaN at position/.test(document.querySelector('[data-output="file-error"]').innerText));
  await act(page, 'open-files').setInputFiles(ALL);
  await stage(page, 'opened');
  record.assertClean('hostile files');
  await page.context().close();
});

test('the lesson on pretrained models: its exercise is solved token by token, as the library wrote it', async () => {
  const { page, record } = await visit('learn/run-pretrained-gpt2/');
  const card = page.locator('[data-exercise="the-same-tokens"]');
  for (const [field, size] of Object.entries({ vocab: 320, context: 32, d_model: 16, n_layers: 2, n_heads: 2 })) {
    await root(page).locator(`[data-field="${field}"]`).fill(String(size));
    await root(page).locator(`[data-field="${field}"]`).press('Tab');
  }
  await act(page, 'open-practice').click();
  await stage(page, 'opened');
  assert.match(await says(page, 'file-fit'), /exactly this model/);
  await act(page, 'load-model').click();
  await stage(page, 'ready');
  const text = GOLDEN.ids.slice(0, 4);
  await root(page).locator('[data-field="model-ids"]').fill(text.join(', '));
  await act(page, 'run-ids').click();
  const greedy = GOLDEN.beams.find(({ width }) => width === 1).tokens[0];
  for (const [at, next] of greedy.slice(0, 5).entries()) {
    await page.waitForFunction((count) => document.querySelector('[data-output="model-read"]').innerText.startsWith(`Read ${count} tokens`), text.length);
    assert.equal((await candidates(page))[0][0], next);
    if (at === 4) break;
    assert.equal(await card.getAttribute('data-solved'), 'false', `after ${at} tokens`);
    await act(page, 'append').click();
    text.push(next);
  }
  await card.and(page.locator('[data-solved="true"]')).waitFor();
  record.assertClean('the same tokens');
  await page.context().close();
});
