// Hostile text at every place that shows a text of somebody's: it is shown as text, and nothing else happens.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { codeOf, fileOf, hashOf, waitDesk } from '../helpers/share.mjs';
import { PAGES } from '../helpers/site.mjs';
import { PAYLOADS, assertUnharmed, watch } from '../helpers/xss.mjs';

const LESSON = 'learn/project-mini-gpt/';
const SLOW = 240_000;

/** One sink: opens a page, lets `attack` put every payload somewhere, and looks at what became of the page. */
function sink(name, at, attack) {
  test(`${PAYLOADS.length} payloads: ${name}`, { timeout: SLOW }, async () => {
    const page = await freshPage(browser, { serviceWorkers: 'block' });
    const seen = await watch(page);
    const record = await hygiene(page, server.origin);
    await open(page, server, at);
    await attack(page, async (where) => assertUnharmed(page, seen, `${name}, ${where}`));
    await page.waitForTimeout(300); // What was to run late has had its chance.
    await assertUnharmed(page, seen, name);
    record.assertClean(name);
    goal('B13', `${PAYLOADS.length} payloads in ${name}: no effect`);
    await page.context().close();
  });
}

/** Follows links on the open page, one after the other. */
const follow = (page, hashes, read) => page.evaluate(async ([hashes, read]) => {
  const shown = [];
  for (const hash of hashes) {
    const heard = new Promise((resolve) => { addEventListener('glassbox-shared', resolve, { once: true }); });
    location.hash = hash;
    await heard;
    await new Promise((resolve) => { setTimeout(resolve, 30); });
    shown.push(document.querySelector(read)?.textContent ?? '');
  }
  return shown;
}, [hashes, read]);

const SAMPLING = 'learn/sampling/';
const samplingPage = PAGES.find(({ path: at }) => at === SAMPLING)?.path;

sink('a shared link’s settings', LESSON, async (page) => {
  await lab(page, 'train').waitFor();
  const hashes = PAYLOADS.map((payload) => hashOf({ lab: 'train', steps: payload }));
  const shown = await follow(page, hashes, '.lab-error[role="alert"]');
  const told = shown.filter((text) => text.includes('steps=')).length;
  assert.ok(told > PAYLOADS.length - 5, `the lab names the setting that does not fit (${told})`);
});

sink('a teacher’s task', samplingPage ?? LESSON, async (page) => {
  const hashes = PAYLOADS.map((payload) => hashOf({ lab: samplingPage ? 'sampling' : 'train', _task: `Do: ${payload}` }));
  await page.evaluate((hash) => { location.hash = hash; }, hashOf({ lab: 'train', _task: 'first' }));
  await waitDesk(page);
  const shown = await follow(page, hashes, '[data-field="task-words"]');
  const same = (text) => text.replaceAll('\r', '');
  for (const [at, payload] of PAYLOADS.entries()) assert.equal(same(shown[at]), `Do: ${same(payload)}`, 'shown as it was written');
});

sink('results of a class', 'class/', async (page, look) => {
  await page.locator('[data-field="class-files"]').waitFor();
  const result = (payload, i) => ({
    exercise: payload, lesson: payload, lab: payload, name: payload, at: 1_790_000_000 + i, seed: i, device: 'cpu', reached: true,
    values: { [payload]: payload, loss: i }, curves: [{ name: i % 20 ? 'loss' : payload, points: [[0, 4], [10, i / 100]] }],
  });
  const all = PAYLOADS.map(result);
  const names = PAYLOADS.map((payload) => payload.replaceAll(/[/\0\n\t]/g, '_').slice(0, 100));
  const files = all.map((one, i) => ({ name: `${names[i]}.json`, mimeType: 'application/json', buffer: Buffer.from(i % 3 ? fileOf([one]) : 'no result') }));
  await page.locator('[data-field="class-files"]').setInputFiles(files);
  await page.locator('[data-class="unreadable"]').waitFor();
  await page.locator('[data-field="class-paste"]').fill(all.map(codeOf).join('\n'));
  await page.locator('[data-action="class-add"]').click();
  await page.waitForFunction((n) => document.querySelector('[data-class="count"]')?.innerText.startsWith(`${n} results`), PAYLOADS.length);
  await look('all gathered');
  const first = await page.locator('[data-class="results"] tbody th').first().textContent();
  assert.equal(first, PAYLOADS[1], 'shown as it was written');
  await page.locator('[data-field="class-curve"]').selectOption('loss');
  await page.locator('[data-field="class-mark"]').selectOption({ index: 3 });
  await page.locator('.class-marked').waitFor();
});

sink('notes', LESSON, async (page, look) => {
  const notes = page.locator('[data-notes]');
  await notes.waitFor();
  const text = `${PAYLOADS.join('\n\n')}\n`;
  await notes.fill(text);
  await notes.blur();
  await page.locator('.notes-state').filter({ hasText: /./ }).waitFor();
  await look('in the lesson');
  await open(page, server, 'progress/');
  await waitDesk(page);
  await page.locator('[data-action="import"]').waitFor();
  await look('on the progress page');
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-action="export"]').click()]);
  await page.locator('[data-action="import"]').setInputFiles(await download.path());
  await page.locator('[data-import="planned"]').waitFor();
  await look('an import planned');
  const file = path.join(tmpdir(), `<img src=x onerror=__xss(1)> ${process.pid}.txt`);
  writeFileSync(file, text);
  await page.locator('[data-action="import"]').setInputFiles(file);
  await page.locator('[data-import="refused"]').waitFor();
});

sink('the name of a model’s file', 'models/', async (page) => {
  const input = page.locator('[data-action="import"]');
  await input.waitFor();
  for (const payload of PAYLOADS) {
    const name = `${payload.replaceAll(/[/\0\n\t]/g, '_').slice(0, 100)}.safetensors`;
    await input.setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(`{"${payload}`) });
  }
});

sink('the prompt of a lab', '', async (page) => {
  const field = lab(page, 'complete').locator('[data-field="prompt"]');
  await field.waitFor();
  for (const payload of PAYLOADS) await field.fill(payload);
  await waitState(lab(page, 'complete'), ['done', 'failed'], 120_000);
});

sink('the text to train on', LESSON, async (page) => {
  const field = lab(page, 'train').locator('[data-field="paste"]');
  await lab(page, 'train').locator('details.paste').evaluate((element) => { element.open = true; });
  await field.fill(PAYLOADS.join('\n'));
  await lab(page, 'train').locator('[data-action="use-text"]').click();
  await lab(page, 'train').locator('.train-text [data-characters]').waitFor();
});

sink('the search', '', async (page, look) => {
  await page.evaluate(() => dispatchEvent(new CustomEvent('glassbox-open', { detail: '{"open":"search"}' })));
  await waitDesk(page);
  const field = page.locator('dialog[open] input');
  await field.waitFor();
  for (const payload of PAYLOADS) await field.fill(payload);
  await look('typed');
});
