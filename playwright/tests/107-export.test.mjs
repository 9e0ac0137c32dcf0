// Saving a model for other programs, opening it again, the desktop project, and running a model under budgets.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { freshPage, lab, open, setLab, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'learn/edge-runtimes/';
const root = (page) => lab(page, 'export');
const values = async (page, name) => JSON.parse(await lab(page, name).getAttribute('data-outcome')).values;
const says = (page, field) => root(page).locator(`[data-output="${field}"]`);

/** Waits until the lab has told of a file of this kind. */
const told = (page, format, numbers) => page.waitForFunction(([format, numbers]) => {
  const { state, outcome } = document.querySelector('section[data-lab="export"]').dataset;
  const { values } = JSON.parse(outcome ?? '{"values":{}}');
  return state === 'done' && values.format === format && values.numbers === numbers;
}, [format, numbers]);

/** Presses a button by keyboard and answers the file that comes of it. */
async function saved(page, action) {
  const download = page.waitForEvent('download');
  await root(page).locator(`[data-action="${action}"]`).focus();
  await page.keyboard.press('Enter');
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test('each format is written, shown field by field, saved by keyboard and opened again from the disk', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  const starts = { onnx: [0x08], gguf: [0x47, 0x47, 0x55, 0x46], burnpack: [0x4e, 0x52, 0x55, 0x42], safetensors: null };
  for (const [format, start] of Object.entries(starts)) {
    await root(page).locator('[data-field="format"]').selectOption(format);
    await told(page, format, 'f32');
    const found = await values(page, 'export');
    assert.equal(found.largest, 0, `${format} comes back to the last bit`);
    assert.ok(found.weight_bytes === 1_798_720 && found.bytes > found.weight_bytes, `${JSON.stringify(found)}`);
    const { name, bytes } = await saved(page, 'save');
    console.log(`# ${name}: ${bytes.length} bytes`);
    assert.equal(bytes.length, found.bytes);
    if (start) assert.deepEqual([...bytes.subarray(0, start.length)], start);
    const file = path.join(os.tmpdir(), `glassbox-${process.pid}-${name}`);
    writeFileSync(file, bytes);
    await root(page).locator('[data-action="bring"]').setInputFiles(file);
    await says(page, 'says').filter({ hasText: 'every logit is the same to the last bit' }).waitFor();
    // Cut in the middle it is refused in a sentence, and the lab goes on.
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    await root(page).locator('[data-action="bring"]').setInputFiles(file);
    await page.waitForFunction(() => /(cut short|damaged|anew)/.test(document.querySelector('[data-output="says"]').textContent));
    await waitState(root(page), 'done');
  }
  await root(page).locator('[data-output="fields"] summary').click();
  const rows = root(page).locator('[data-output="fields"] tbody tr');
  await rows.first().waitFor();
  assert.ok(await rows.count() > 50);
  assert.match(await rows.first().innerText(), /^0\s+length of the header/);
  record.assertClean('four formats');
  await page.context().close();
});

test('what cannot be had is said, and a project is saved, at 360 px', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 800 } });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await told(page, 'onnx', 'f32');
  const whole = (await values(page, 'export')).bytes;
  await root(page).locator('[data-field="numbers"]').selectOption('q4');
  await told(page, 'onnx', 'q4');
  const four = await values(page, 'export');
  console.log(`# ONNX of four bits: ${four.bytes} of ${whole} bytes`);
  assert.ok(4 * four.bytes < whole && four.largest > 0, JSON.stringify(four));
  await root(page).locator('[data-field="numbers"]').selectOption('f32');
  await told(page, 'onnx', 'f32');
  await root(page).locator('[data-field="format"]').selectOption('burnpack');
  await told(page, 'burnpack', 'f32');
  await root(page).locator('[data-field="numbers"]').selectOption('q8');
  await waitState(root(page), 'failed');
  assert.match(await root(page).locator('.lab-error').innerText(), /Only GGUF and ONNX hold whole numbers here/);
  await root(page).locator('[data-field="format"]').selectOption('gguf');
  await told(page, 'gguf', 'q8');
  assert.ok((await values(page, 'export')).largest > 0);
  const { name, bytes } = await saved(page, 'project');
  assert.ok(name.endsWith('.zip') && bytes.subarray(0, 2).toString() === 'PK');
  for (const file of ['Program.cs', 'Text.cs', 'Chat.csproj', 'chat.py', 'README.md', 'model.onnx', 'tokenizer.json', 'parity.json']) {
    assert.ok(bytes.includes(`glassbox-chat/${file}`), file);
  }
  assert.match(await says(page, 'project').innerText(), /3 test cases/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing sticks out at 360 px: ${wide}`);
  record.assertClean('a project');
  await page.context().close();
});

test('a model runs within its budgets, and is refused beyond them', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/project-edge-inference/');
  const edge = lab(page, 'edge');
  await waitState(edge, 'idle');
  await edge.locator('[data-needs="all"]').filter({ hasText: /1.986.944/ }).waitFor();
  await setLab(page, 'edge', 'context=64&memory=1930&work=42&tokens=30');
  await waitState(edge, 'idle');
  await edge.locator('[data-action="run"]').focus();
  await page.keyboard.press('Enter');
  await waitState(edge, 'failed');
  assert.match(await edge.locator('.lab-error').innerText(), /The model needs 1986944 bytes.*The budget is 1930000\./);
  await edge.locator('[data-field="context"]').fill('45');
  await edge.locator('[data-field="context"]').press('Tab');
  await edge.locator('[data-action="run"]').focus();
  await page.keyboard.press('Enter');
  await waitState(edge, 'done');
  const found = await values(page, 'edge');
  console.log(`# at the edge: ${JSON.stringify(found)}`);
  assert.deepEqual([found.written, found.memory, found.operations, found.spent], [30, 1_926_752, 40_993_920, false]);
  await edge.locator('[data-field="private"]').check();
  await edge.locator('[data-output="route"]').filter({ hasText: 'nobody else may' }).waitFor();
  record.assertClean('budgets');
  await page.context().close();
});
