// The lab on LoRA: adapts the shipped model by two methods, keeps and saves what came of it, puts the adapter on again, and
// says in a sentence what a file lacks; by mouse and keyboard.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const root = (page) => lab(page, 'lora');
const outcome = async (page) => JSON.parse(await root(page).getAttribute('data-outcome')).values;
const one = (page, method) => root(page).locator(`tr[data-method="${method}"] [data-action="one"]`);
const field = (page, name) => root(page).locator(`[data-field="${name}"]`);

async function set(page, name, value) {
  await field(page, name).fill(String(value));
  await page.keyboard.press('Tab');
}

test('an adapter is learned, merged, saved, put on and taken off', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/lora/');
  await waitState(root(page), 'idle');
  await set(page, 'steps', 20);
  await set(page, 'rank', 2);
  await one(page, 'lora').focus();
  const started = Date.now();
  await page.keyboard.press('Enter');
  await waitState(root(page), 'running');
  await root(page).locator('[data-output="memory"] tbody tr').first().waitFor();
  console.log(`# first point after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  await waitState(root(page), 'done', 120_000);
  const values = await outcome(page);
  console.log(`# LoRA in ${((Date.now() - started) / 1000).toFixed(1)} s: ${JSON.stringify(values)}`);
  assert.equal(values.lora_trainable, 11_264, 'as the formula of the lesson says');
  assert.equal(values.lora_frozen, 4 * 449_680);
  assert.ok(values.lora_new < values.lora_start - 0.1 && values.lora_gap < 1e-3);

  // Saved, loaded again as a file, and put on: the text is that of the run.
  const [download] = await Promise.all([page.waitForEvent('download'), root(page).locator('[data-action="save"]').click()]);
  const bytes = readFileSync(await download.path());
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))));
  assert.deepEqual(header['base_model.model.blocks.0.attn.qkv.lora_A.weight'].shape, [2, 88]);
  assert.deepEqual(header['base_model.model.blocks.0.attn.qkv.lora_B.weight'].shape, [264, 2]);
  const says = root(page).locator('[data-output="tried-says"]');
  await root(page).locator('[data-action="load"]').setInputFiles({ name: 'mine.safetensors', mimeType: 'application/octet-stream', buffer: bytes });
  await says.filter({ hasText: 'mine.safetensors' }).waitFor();
  await root(page).locator('[data-action="write"]').click();
  await says.filter({ hasText: 'rank 2' }).waitFor();
  const after = await root(page).locator('[data-output="after"] b').innerText();
  const tried = await root(page).locator('[data-output="tried"] b').innerText();
  assert.ok(tried.startsWith(after.trimEnd()), 'the same seed writes the same, further on');

  // A file that is no adapter is refused in a sentence.
  await root(page).locator('[data-action="load"]').setInputFiles({ name: 'no.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from('nothing') });
  await says.filter({ hasText: 'no.safetensors' }).waitFor();
  await root(page).locator('[data-action="write"]').click();
  await says.filter({ hasText: 'safetensors file starts with 8 bytes' }).waitFor();

  // Merged, it is one of the learner's models.
  await root(page).locator('[data-action="keep"]').click();
  await root(page).locator('[data-output="kept"]').filter({ hasText: 'Kept as' }).waitFor();
  record.assertClean('LoRA');
  await page.context().close();
});

test('other settings are told apart, and a run can be stopped, on a narrow screen', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/peft-vs-full/');
  await waitState(root(page), 'idle');
  await one(page, 'biases').click();
  await waitState(root(page), 'running');
  await root(page).locator('[data-output="memory"] tbody tr').first().waitFor();
  await one(page, 'biases').click();
  await waitState(root(page), 'idle');
  assert.match(await root(page).locator('[data-output="says"]').innerText(), /^Stopped\./);
  await set(page, 'rank', 1);
  await root(page).getByText('The results below belong to other settings.').waitFor();

  // A text of one's own that is too short gets a sentence.
  await field(page, 'new').selectOption('own');
  await field(page, 'own').fill('Too short.');
  await page.keyboard.press('Tab');
  await one(page, 'head').click();
  await waitState(root(page), 'failed');
  await root(page).getByText('The new text: The text has only').waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `the page is ${wide} px too wide`);
  record.assertClean('stopping and a short text');
  await page.context().close();
});
