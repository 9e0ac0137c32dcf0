// Sharing: each lab's state by link and back, old links, links that say nothing, the QR code, a teacher's task
// from the builder to the code that a learner hands in, and the page for a whole class.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import jsQR from 'jsqr';
import { freshPage, lab, open, waitReady } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { codeOf, fileOf, hashOf, pixelsOf, resultOf, stateOf, waitDesk } from '../helpers/share.mjs';
import { DIST, PAGES, ROOT } from '../helpers/site.mjs';

/** Settings of each lab that differ from its defaults. A lab that is not here is tested as it starts. */
const SETTINGS = {
  sampling: { temperature: '0.5', top_k: '3' },
  train: { size: 'tiny', text: 'pride-and-prejudice', steps: '120', seed: '7' },
  complete: { prompt: 'The <b>old</b> clock & "you"', seed: '5' },
  attention: { text: 'the cat sat', layer: '1', head: '2' },
  matmul: { size: '64' },
};

/** The first page of each lab that has a Share button. */
const HOMES = new Map();
for (const { path: at } of PAGES) {
  const html = readFileSync(path.join(DIST, at, 'index.html'), 'utf8');
  for (const [, name] of html.matchAll(/data-lab="([\w-]+)"/g)) if (!HOMES.has(name)) HOMES.set(name, at);
}

const newPage = async (options = {}) => freshPage(browser, { serviceWorkers: 'block', ...options });
const shared = (page) => page.evaluate(() => window.glassboxShared.then(() => ({
  state: document.documentElement.dataset.shared, fault: document.documentElement.dataset.sharedFault,
})));

/** Presses a lab's Share button and answers the link that the dialog shows. */
async function shareLink(page, name) {
  await lab(page, name).locator('[data-action="share"]').click();
  const field = page.locator('[data-field="share-link"]');
  await field.waitFor();
  return field.inputValue();
}

test('links of every past version are unpacked as they were meant', async () => {
  const page = await newPage();
  const rows = readFileSync(path.join(ROOT, 'learn/fixtures/share/v1.tsv'), 'utf8').trim().split('\n');
  for (const [at, row] of rows.entries()) {
    const [hash, state] = row.split('\t');
    await page.goto(`${server.url}?labs=off&row=${at}#${hash}`);
    assert.deepEqual(await shared(page), { state, fault: undefined }, row);
  }
  goal('A12', `${rows.length} links of past versions open; cargo test -p learn --test share has 10,000 random states`);
  await page.context().close();
});

for (const [name, at] of HOMES) {
  test(`the state of “${name}” comes back from its own link`, async () => {
    const page = await newPage();
    const record = await hygiene(page, server.origin);
    const settings = SETTINGS[name] ?? {};
    await open(page, server, `${at}#${hashOf({ lab: name, ...settings })}`);
    await lab(page, name).waitFor();
    if (await lab(page, name).locator('[data-action="share"]').count() === 0) {
      assert.ok(!(name in SETTINGS), `${name} has settings and no Share button`);
      await page.context().close();
      return;
    }
    const link = await shareLink(page, name);
    const { lab: of, _lesson, ...found } = stateOf(link);
    assert.equal(of, name);
    assert.deepEqual(found, settings, 'the link holds what differs, and nothing else');
    assert.ok(link.length < 300, link);

    const other = await newPage();
    const otherRecord = await hygiene(other, server.origin);
    await other.goto(link);
    await waitReady(other);
    await lab(other, name).waitFor();
    assert.equal(await lab(other, name).locator('.lab-error:visible').count(), 0);
    assert.equal(await shareLink(other, name), link, 'and gives the same link again');
    record.assertClean('sharing');
    otherRecord.assertClean('the shared link');
    await other.context().close();
    await page.context().close();
  });
}

test('the QR code is the link', async () => {
  const page = await newPage();
  await open(page, server, `${HOMES.get('sampling')}#${hashOf({ lab: 'sampling', temperature: '0.5' })}`);
  const link = await shareLink(page, 'sampling');
  const svg = page.locator('.qr svg');
  assert.match(await svg.getAttribute('aria-label'), /QR code of the link/);
  const size = Number((await svg.getAttribute('viewBox')).split(' ')[2]);
  const { data, side } = pixelsOf(await svg.locator('path').getAttribute('d'), size);
  assert.equal(jsQR(data, side, side)?.data, link);
  await page.keyboard.press('Escape');
  await page.locator('.share-dialog').waitFor({ state: 'hidden' });
  await page.context().close();
});

test('a link that says nothing is named so, and the page works', async () => {
  const page = await newPage();
  const record = await hygiene(page, server.origin);
  const at = HOMES.get('sampling');
  for (const hash of ['v1=', 'v1=AAAA', 'v1=%00', 'v9=abc', `v1=${'A'.repeat(9000)}`, hashOf({ steps: '3' }), hashOf({ lab: 'sampling', text: 'a'.repeat(70_000) })]) {
    await page.goto('about:blank');
    await open(page, server, `${at}#${hash}`);
    const notice = page.locator('[data-link-fault]');
    await notice.waitFor();
    assert.match(await notice.innerText(), /This link is not understood\./, hash.slice(0, 40));
    assert.equal(await lab(page, 'sampling').locator('[data-field="temperature"]').inputValue(), '1');
  }
  await page.locator('[data-link-fault] button').click();
  await page.locator('[data-link-fault]').waitFor({ state: 'detached' });

  // Five hundred more, damaged in one place, pasted one after the other.
  const whole = hashOf({ lab: 'sampling', temperature: '0.5', _task: 'Look at the bars.' });
  const damaged = Array.from({ length: 500 }, (_, i) => {
    const place = 3 + ((i * 7919) % (whole.length - 3));
    return whole.slice(0, place) + 'AZ_9-é%<'[i % 8] + whole.slice(place + (i % 2));
  });
  const answers = await page.evaluate(async (all) => {
    const counts = { understood: 0, not: 0 };
    for (const hash of all) {
      const heard = new Promise((resolve) => { addEventListener('glassbox-shared', resolve, { once: true }); });
      location.hash = hash;
      await heard;
      counts[document.documentElement.dataset.sharedFault ? 'not' : 'understood'] += 1;
    }
    return counts;
  }, damaged);
  assert.ok(answers.not > 300 && answers.not + answers.understood === 500, JSON.stringify(answers));
  record.assertClean('links that say nothing');
  await page.context().close();
});

test('a teacher’s task: controls hidden and locked, a way out, a code to hand in', async () => {
  const page = await newPage();
  const record = await hygiene(page, server.origin);
  const task = 'Make the draw as undecided as you can. <b>Bold?</b>';
  const state = { lab: 'sampling', temperature: '0.5', _hide: 'top_p', _lock: 'top_k', _task: task };
  await open(page, server, `${HOMES.get('sampling')}#${hashOf(state)}`);
  const card = page.locator('[data-teacher-task]');
  await card.waitFor();
  assert.equal(await card.locator('[data-field="task-words"]').innerText(), task);
  const field = (name) => lab(page, 'sampling').locator(`[data-field="${name}"]`);
  await field('top_k').waitFor();
  assert.equal(await field('top_p').isVisible(), false);
  await field('top_k').evaluate((input) => input.focus());
  assert.notEqual(await page.evaluate(() => document.activeElement.dataset.field), 'top_k', 'locked: no way to it');
  assert.match(await lab(page, 'sampling').locator('.teacher-note').innerText(), /Set by your teacher/);
  assert.match(await card.innerText(), /not to be changed: top_k/);

  await field('temperature').fill('4');
  await card.locator('[data-field="result-name"]').fill('Zoë <i>');
  await page.waitForFunction(() => document.querySelector('[data-field="result-code"]')?.value.startsWith('glassbox-r1.'));
  const result = resultOf(await card.locator('[data-field="result-code"]').inputValue());
  assert.equal(result.name, 'Zoë <i>');
  assert.equal(result.values.temperature, 4);
  assert.ok(result.values.bits > 2 && Math.abs(result.at - Date.now() / 1000) < 600);

  await card.locator('[data-action="plain"]').click();
  await card.waitFor({ state: 'detached' });
  assert.equal(await field('top_p').isVisible(), true);
  assert.equal(await lab(page, 'sampling').locator('[inert], .teacher-note').count(), 0);
  assert.equal(await field('temperature').inputValue(), '0.5', 'the start is the teacher’s still');

  // Another page ends a task.
  await page.goto('about:blank');
  await open(page, server, `${HOMES.get('sampling')}#${hashOf(state)}`);
  await card.waitFor();
  await page.locator('.site-nav a').first().click();
  await card.waitFor({ state: 'detached' });
  record.assertClean('a teacher’s task');
  await page.context().close();
});

test('the builder makes such a link', async () => {
  const page = await newPage({ viewport: { width: 1100, height: 900 } });
  const record = await hygiene(page, server.origin);
  const from = { lab: 'sampling', temperature: '0.5' };
  await open(page, server, `teach/#${hashOf({ ...from, _lesson: (HOMES.get('sampling').match(/^learn\/(.+)\/$/) ?? [])[1] ?? '' })}`);
  assert.equal(await page.locator('[data-teacher-task]').count(), 0, 'the builder is not under the task itself');
  const knob = page.locator('[data-knob="temperature"]');
  await knob.waitFor();
  assert.equal(await knob.inputValue(), '0.5');
  await page.locator('[data-knob="top_k"]').fill('2');
  await page.locator('[data-field="teach-hide"][data-name="top_p"]').check({ timeout: 60_000 });
  await page.locator('[data-field="teach-lock"][data-name="top_k"]').check();
  await page.locator('[data-field="teach-task"]').fill('Look, then say why.');
  const link = await page.locator('[data-field="teach-link"]').inputValue();
  const { _lesson, ...state } = stateOf(link);
  assert.deepEqual(state, { ...from, top_k: '2', _hide: 'top_p', _lock: 'top_k', _task: 'Look, then say why.' });

  await page.locator('[data-action="teach-preview"]').click();
  const frame = page.frameLocator('.teach-frame');
  await frame.locator('[data-teacher-task]').waitFor({ timeout: 60_000 });
  assert.equal(await frame.locator('[data-field="top_p"]').first().isVisible(), false);
  record.assertClean('the builder');
  await page.context().close();
});

test('a class: files and codes in, one table and one picture out', async () => {
  const page = await newPage();
  const record = await hygiene(page, server.origin);
  await open(page, server, 'class/');
  await page.locator('[data-field="class-files"]').waitFor();
  const result = (i) => ({
    exercise: 'low', lesson: 'project-mini-gpt', lab: 'train', name: `Learner ${i}`, at: 1_790_000_000 + i, seed: i,
    device: i % 3 ? 'cpu' : 'gpu', reached: i % 4 !== 0, values: { val_loss: 2 + i / 100, size: 'nano' },
    curves: [{ name: 'val_loss', points: Array.from({ length: 30 }, (_, x) => [x * 10, 4 - x / 20 + i / 100]) }],
  });
  const all = Array.from({ length: 60 }, (_, i) => result(i));
  const buffer = (text) => Buffer.from(text);
  const files = all.slice(0, 40).map((one, i) => ({ name: `result-${i}.json`, mimeType: 'application/json', buffer: buffer(fileOf([one])) }));
  files.push({ name: 'again.json', mimeType: 'application/json', buffer: buffer(fileOf(all.slice(0, 2))) });
  files.push({ name: 'photo.json', mimeType: 'application/json', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47]) });
  files.push({ name: 'cut.txt', mimeType: 'text/plain', buffer: buffer(codeOf(all[5]).slice(0, 90)) });
  files.push({ name: 'huge.json', mimeType: 'application/json', buffer: Buffer.alloc(4 * 1024 * 1024 + 1, 0x20) });
  await page.locator('[data-field="class-files"]').setInputFiles(files);
  const count = page.locator('[data-class="count"]');
  await page.waitForFunction(() => /^40 results/.test(document.querySelector('[data-class="count"]')?.innerText));
  assert.equal(await count.innerText(), '40 results. 2 came more than once. 3 could not be read.');
  const unreadable = await page.locator('[data-class="unreadable"]').innerText();
  for (const name of ['photo.json', 'cut.txt', 'huge.json']) assert.ok(unreadable.includes(name), name);

  const mail = all.slice(40).map((one) => `${one.name} writes:\n> ${codeOf(one).replace(/(.{60})/g, '$1\n')}\nBest`).join('\n');
  await page.locator('[data-field="class-paste"]').fill(mail);
  await page.locator('[data-action="class-add"]').click();
  await page.waitForFunction(() => /^60 results/.test(document.querySelector('[data-class="count"]')?.innerText));
  assert.equal(await page.locator('[data-class="results"] tbody tr').count(), 60);
  assert.equal(await page.locator('.class-run').count(), 60);
  assert.equal(await page.locator('.class-median').count(), 1);
  assert.match(await page.locator('[data-class="runs-summary"]').innerText(), /^60 runs of val_loss\. They end between 2\.55 and 3\.14; the median is 2\.845 at step 290\.$/);
  await page.locator('[data-field="class-mark"]').selectOption({ label: 'Learner 7' });
  assert.equal(await page.locator('.class-marked').count(), 1);
  const sums = await page.locator('[data-class="sums"] tbody tr').filter({ hasText: 'val_loss' }).innerText();
  assert.match(sums, /60\s+2\s+2\.295\s+2\.59/);

  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-action="class-file"]').click()]);
  const kept = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.equal(kept.results.length, 60);
  await page.locator('[data-action="class-clear"]').click();
  assert.match(await count.innerText(), /^0 results/);
  record.assertClean('the class page');
  await page.context().close();
});
