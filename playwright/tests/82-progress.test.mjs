// Progress: what a learner does is kept twice, survives damage to either copy, is shared between tabs, and goes out
// and in again as a file (goals B9 and B10).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { freshPage, open } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const LESSON = 'attention-mechanism';
const NOTE = '[data-notes]';
const DAY = 86_400_000;

/** A log as the site writes it. */
function written(events, { epoch = 0, seq = 1 } = {}) {
  const lines = [{ glassbox: 'progress', version: 2, epoch, seq, events: events.length }, ...events];
  return lines.map((line) => JSON.stringify(line)).map((line) => `${crc(line)} ${line}\n`).join('');
}
const crc = (line) => (crc32 ? crc32(line) : slowCrc(Buffer.from(line))).toString(16).padStart(8, '0');
function slowCrc(bytes) {
  let rest = -1;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (0xedb88320 & -(rest & 1));
  }
  return (rest ^ -1) >>> 0;
}
const answered = (n, item, { right = true, at = Date.now(), by = 9, lesson = LESSON } = {}) => (
  { at, z: 0, by, n, k: 'answered', lesson, item, objectives: [1], right, helped: false });

const ready = (page) => page.waitForFunction(() => document.documentElement.dataset.desk === 'ready');
async function openDesk(page, path) {
  await open(page, server, path);
  await ready(page);
}

/** Both copies as they lie in the browser. */
const copies = (page) => page.evaluate(async () => {
  const base = new URL('./', document.baseURI).pathname;
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(`glassbox ${base}`);
    request.onsuccess = () => {
      const get = request.result.transaction('records').objectStore('records').get('progress/log');
      get.onsuccess = () => { request.result.close(); resolve(get.result ?? null); };
      get.onerror = () => reject(get.error);
    };
    request.onerror = () => reject(request.error);
  });
  return { database, mirror: localStorage.getItem(`glassbox ${base} progress`) };
});

/** Puts texts in the place of the copies: a string, `null` to delete, `undefined` to leave as it is. */
const setCopies = (page, changed) => page.evaluate(async ({ database, mirror, records = {} }) => {
  const base = new URL('./', document.baseURI).pathname;
  const key = `glassbox ${base} progress`;
  if (mirror === null) localStorage.removeItem(key);
  else if (mirror !== undefined) localStorage.setItem(key, mirror);
  const puts = { ...records, ...(database === undefined ? {} : { 'progress/log': database }) };
  await new Promise((resolve, reject) => {
    const request = indexedDB.open(`glassbox ${base}`);
    request.onsuccess = () => {
      const change = request.result.transaction('records', 'readwrite');
      for (const [name, text] of Object.entries(puts)) {
        if (text === null) change.objectStore('records').delete(name);
        else change.objectStore('records').put(text, name);
      }
      change.oncomplete = () => { request.result.close(); resolve(); };
      change.onabort = () => { request.result.close(); reject(change.error ?? new Error('aborted')); };
    };
    request.onerror = () => reject(request.error);
  });
}, changed);

/** How many events of a copy can be read: a damaged line is none. */
const eventsIn = (text) => (text ?? '').split('\n').filter((line) => line.includes('"by":')
  && line.slice(0, 8) === crc(line.slice(9))).length;
/** Waits until both copies are the same, with their first line and at least so many events. */
async function waitKept(page, least) {
  const until = Date.now() + 10_000;
  let found;
  do {
    found = await copies(page);
    const { database, mirror } = found;
    if (database && database === mirror && /^[0-9a-f]{8} \{"glassbox":/.test(database) && eventsIn(database) >= least) return found;
    await page.waitForTimeout(100);
  } while (Date.now() < until);
  assert.fail(`both copies hold the same ${least} events; they hold ${eventsIn(found.database)} and ${eventsIn(found.mirror)}:\n${found.database}\n${found.mirror}`);
}

/** A profile that has a history: its progress page. */
async function withHistory(texts) {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await openDesk(page, 'progress/');
  await waitIdle(page);
  await setCopies(page, texts);
  await page.reload();
  await ready(page);
  return page;
}
const waitIdle = (page) => page.waitForTimeout(600);
const level = (page, lesson = LESSON) => page.locator(`[data-lesson="${lesson}"] .progress-line .level`);
const reached = (page, words) => page.waitForFunction(
  ([lesson, words]) => document.querySelector(`[data-lesson="${lesson}"] .progress-line`)?.innerText.includes(words),
  [LESSON, words]);

test('notes are saved as they are typed, kept twice, and come back; the way back is on the home page', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await openDesk(page, `learn/${LESSON}/`);
  await page.locator(NOTE).fill('Divide by the root of d.\n<b>Not bold</b>');
  await page.locator('.notes-state', { hasText: 'Saved.' }).waitFor();
  const kept = await waitKept(page, 2);
  assert.equal(kept.database, kept.mirror, 'both copies are the same');
  await page.reload();
  await ready(page);
  await page.waitForFunction((selector) => document.querySelector(selector)?.value.includes('<b>Not bold</b>'), NOTE);

  await open(page, server, '');
  const card = page.locator(`[data-go-on="${LESSON}"]`);
  await card.waitFor();
  assert.match(await card.innerText(), /Continue where you left off/);

  await openDesk(page, 'progress/');
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('[data-action="export-notes"]').click()]);
  const text = readFileSync(await file.path(), 'utf8');
  assert.match(text, /^# Notes from Glassbox\n\n## .+\n\nDivide by the root of d\.\n<b>Not bold<\/b>\n$/);
  assert.deepEqual(record.found, []);
  await page.context().close();
});

test('somebody who has not begun does not load the desk on the home page', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await open(page, server, '');
  await page.waitForTimeout(500);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.desk), undefined);
  await page.context().close();
});

test('a milestone is ticked by a real outcome and by hand, and one unticked by hand stays so', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await openDesk(page, 'progress/');
  const box = (id) => page.locator(`[data-milestone="${id}"] input`);
  const outcome = (detail) => page.evaluate((detail) => dispatchEvent(
    new CustomEvent('glassbox-outcome', { detail: JSON.stringify(detail) })), detail);
  await outcome({ lab: 'train', final: false, values: { step: 120, val_loss: 1.93 } });
  await page.locator('[data-milestone="loss-below-2"][data-done="true"]').waitFor();
  assert.equal(await box('trained').isChecked(), false);
  await box('loss-below-2').uncheck();
  await outcome({ lab: 'train', final: true, values: { step: 1200, val_loss: 1.5 } });
  await page.locator('[data-milestone="trained"][data-done="true"]').waitFor();
  assert.equal(await box('loss-below-2').isChecked(), false);
  await box('source-read').check();
  await waitKept(page, 3);
  await page.reload();
  await ready(page);
  await page.locator('[data-milestone="source-read"][data-done="true"]').waitFor();
  await page.locator('[data-milestone="loss-below-2"][data-done="false"]').waitFor();
  await page.context().close();
});

test('either copy mends the other; both gone is a clean start', async (t) => {
  const whole = written([answered(0, 'q:one'), answered(1, 'q:two'), answered(2, 'q:three')]);
  const flipped = whole.replace('"q:two"', '"q:tWo"');
  const cut = whole.slice(0, whole.length / 2);
  const damage = { gone: null, flipped, cut, nonsense: '\u0000\uffff{"', headless: whole.slice(whole.indexOf('\n') + 1), empty: '' };
  const page = await withHistory({ database: whole, mirror: whole });
  for (const [name, damaged] of Object.entries(damage)) {
    for (const which of ['database', 'mirror']) {
      await t.test(`${which}: ${name}`, async () => {
        await setCopies(page, { database: whole, mirror: whole, [which]: damaged });
        await page.reload();
        await ready(page);
        const kept = await waitKept(page, 3);
        assert.equal(eventsIn(kept.mirror), 3, 'nothing is there that was not');
        assert.equal(await page.locator('[data-trouble="lost"]').isVisible(), false);
      });
    }
  }
  await t.test('each copy has lost another line: nothing is lost', async () => {
    await setCopies(page, { database: flipped, mirror: whole.replace('"q:three"', '"q:thrEe"') });
    await page.reload();
    await ready(page);
    await waitKept(page, 3);
    assert.equal(await page.locator('[data-trouble="lost"]').isVisible(), false);
  });
  await t.test('both have lost the same line: the rest is there, and it is said', async () => {
    await setCopies(page, { database: flipped, mirror: flipped });
    await page.reload();
    await ready(page);
    const said = page.locator('[data-trouble="lost"]');
    await said.waitFor();
    assert.match(await said.innerText(), /\b1 entries could not be read/);
    const kept = await waitKept(page, 2);
    assert.equal(eventsIn(kept.database), 2);
  });
  await t.test('both gone', async () => {
    await setCopies(page, { database: null, mirror: null });
    await page.reload();
    await ready(page);
    assert.match(await page.locator('[data-summary]').innerText(), /You have begun 0 of/);
    assert.equal(await page.locator('[data-trouble="lost"]').isVisible(), false);
  });
  goal('B10', 'either copy gone, flipped, cut; both spoilt in different and in the same line; both gone: whatever a copy still has is there');
  await page.context().close();
});

test('the records of the first version open as events', async () => {
  const records = JSON.parse(readFileSync(new URL('../../learn/tests/fixtures/progress-v1.json', import.meta.url), 'utf8'));
  const page = await withHistory({ database: null, mirror: null, records });
  await reached(page, 'best quiz score from before: 6 of 6');
  assert.equal(await level(page).getAttribute('data-level'), 'familiar');
  const kept = await waitKept(page, 3);
  assert.ok(kept.mirror.includes('"k":"scored"'));
  await page.context().close();
});

test('a file of version 2 and one of a newer version open, and keep what is not understood', async () => {
  const fixture = readFileSync(new URL('../../learn/tests/fixtures/progress-v2.txt', import.meta.url), 'utf8');
  const page = await withHistory({ database: fixture, mirror: null });
  const kept = await waitKept(page, 9);
  assert.ok(kept.mirror.includes('"sang"') && kept.mirror.includes('"mood":"good"'));
  const newer = written([answered(0, 'q:one'), { at: 5, by: 9, n: 1, k: 'hummed', tune: 3 }]).replace(/^\S+ (.*)\n/, (_, line) => {
    const later = line.replace('"version":2', '"version":9');
    return `${crc(later)} ${later}\n`;
  });
  await setCopies(page, { database: newer, mirror: newer });
  await page.reload();
  await ready(page);
  await page.locator('[data-milestone="source-read"] input').check();
  const after = await waitKept(page, 3);
  assert.ok(after.database.includes('"version":9') && after.database.includes('"hummed"'));
  await page.context().close();
});

test('two tabs keep what both have done', async () => {
  const first = await freshPage(browser, { serviceWorkers: 'block' });
  await openDesk(first, 'progress/');
  const second = await first.context().newPage();
  await openDesk(second, 'progress/');
  await waitIdle(second);
  await Promise.all([
    first.locator('[data-milestone="source-read"] input').check(),
    second.locator('[data-milestone="attention-explained"] input').check(),
  ]);
  for (const page of [first, second]) {
    await page.locator('[data-milestone="source-read"][data-done="true"]').waitFor();
    await page.locator('[data-milestone="attention-explained"][data-done="true"]').waitFor();
  }
  const kept = await waitKept(first, 2);
  assert.equal(kept.database, kept.mirror);
  // What one tab erases, the other does not bring back.
  await first.locator('[data-action="erase"]').click();
  await first.locator('[data-action="erase-sure"]').click();
  await first.locator('[data-action="erase-undo"]').waitFor();
  await second.locator('[data-milestone="source-read"][data-done="false"]').waitFor();
  await second.locator('[data-milestone="sampled"] input').check();
  await first.locator('[data-milestone="sampled"][data-done="true"]').waitFor();
  await first.reload();
  await ready(first);
  await first.locator('[data-milestone="sampled"][data-done="true"]').waitFor();
  assert.equal(await first.locator('[data-milestone="source-read"]').getAttribute('data-done'), 'false');
  await first.context().close();
});

/** Writes into the database until the browser refuses. */
async function fillDatabase(page) {
  for (let n = 0; n < 20; n += 1) {
    try {
      await setCopies(page, { records: { [`fill/${n}`]: 'x'.repeat(500_000) } });
    } catch (error) {
      assert.match(String(error), /Quota/);
      return;
    }
  }
  assert.fail('the browser refuses nothing');
}

test('a full storage loses nothing, says so, and offers the file', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const session = await page.context().newCDPSession(page);
  const quota = (quotaSize) => session.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize });
  // Chromium remembers for half a minute how much room a database has, so that there is little from the start.
  await quota(4_000_000);
  await openDesk(page, 'progress/');
  await page.locator('[data-milestone="source-read"] input').check();
  const before = await waitKept(page, 1);
  await quota(1);
  await fillDatabase(page);
  // Local storage has a quota of its own: five million letters.
  await page.evaluate(() => {
    let size = 4_000_000;
    for (let n = 0; size > 0; n += 1) {
      try { localStorage.setItem(`fill ${n}`, 'x'.repeat(size)); } catch { size = Math.floor(size / 2); }
    }
  });
  const box = page.locator('[data-milestone="attention-explained"] input');
  await box.check();
  const notice = page.locator('[data-notice="progress-unsaved"]');
  await notice.waitFor();
  assert.match(await notice.innerText(), /storage for this site is full\. What was saved before is kept\./);
  assert.equal(await box.isChecked(), true, 'the page goes on in memory');
  assert.deepEqual(await copies(page), before, 'what was saved before is as it was');
  const [file] = await Promise.all([page.waitForEvent('download'), notice.locator('[data-action="export-now"]').click()]);
  assert.ok(readFileSync(await file.path(), 'utf8').includes('attention-explained'));
  goal('B9', 'a full storage: both copies as before, the page goes on, the file has the newest');

  // After a reload with a full storage, what was saved is still there.
  await page.reload();
  await ready(page);
  await page.locator('[data-milestone="source-read"][data-done="true"]').waitFor();

  // Room again: everything is saved.
  await quota();
  await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('fill')).forEach((key) => localStorage.removeItem(key)));
  await page.locator('[data-milestone="attention-explained"] input').check();
  await waitKept(page, 2);
  await page.locator('[data-notice="progress-unsaved"]').waitFor({ state: 'detached' });
  await page.context().close();
});

test('export, then import in a fresh profile: a dry run first, then undone and done', async () => {
  const now = Date.now();
  const log = written([
    answered(0, 'q:one', { at: now - 3 * DAY }), answered(1, 'q:one', { at: now }), { at: now, z: 0, by: 9, n: 2, k: 'ticked', milestone: 'trained', on: true },
  ]);
  const old = await withHistory({ database: log, mirror: log });
  const [file] = await Promise.all([old.waitForEvent('download'), old.locator('[data-action="export"]').click()]);
  const exported = readFileSync(await file.path());
  await old.context().close();

  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await openDesk(page, 'progress/');
  await waitIdle(page);
  const choose = (buffer) => page.locator('[data-action="import"]').setInputFiles({ name: 'progress.txt', mimeType: 'text/plain', buffer });

  await choose(Buffer.from('not ours'));
  assert.match(await page.locator('[data-import="refused"]').innerText(), /not a progress file/);
  await choose(Buffer.alloc(2 * 1024 * 1024 + 1, 'x'));
  await page.locator('[data-import="refused"]', { hasText: 'larger than 2 MB' }).waitFor();

  await choose(exported);
  const plan = page.locator('[data-import="planned"]');
  await plan.waitFor();
  assert.equal(await plan.getAttribute('data-new'), '3');
  assert.match(await plan.innerText(), /Known better afterwards/);
  assert.equal(await page.locator('[data-milestone="trained"]').getAttribute('data-done'), 'false', 'nothing is changed yet');
  await page.locator('[data-action="import-apply"]').click();
  await page.locator('[data-milestone="trained"][data-done="true"]').waitFor();
  await waitKept(page, 3);

  await choose(exported);
  await plan.waitFor();
  assert.equal(await plan.getAttribute('data-new'), '0', 'importing twice adds nothing');
  await page.reload();
  await ready(page);
  await page.locator('[data-milestone="trained"][data-done="true"]').waitFor();
  await page.locator('[data-action="import-undo"]').click();
  await page.locator('[data-import="undone"]').waitFor();
  await page.locator('[data-milestone="trained"][data-done="false"]').waitFor();
  await page.reload();
  await ready(page);
  await page.locator('[data-milestone="trained"][data-done="false"]').waitFor();
  await page.context().close();
});

test('mastery fades, is due, and a streak forgives a day and can be switched off', async () => {
  const now = Date.now();
  const log = written([
    answered(0, 'q:old', { at: now - 300 * DAY }), answered(1, 'q:old', { at: now - 296 * DAY }),
    answered(2, 'q:a', { at: now - 3 * DAY }), answered(3, 'q:b', { at: now - DAY }), answered(4, 'q:c', { at: now }),
  ]);
  const page = await withHistory({ database: log, mirror: log });
  await page.locator('a[data-due]').first().waitFor();
  assert.equal(await page.locator('[data-streak]').getAttribute('data-streak'), '3');
  await page.getByLabel('Count my days in a row').uncheck();
  await page.locator('p', { hasText: 'You have switched the streak off.' }).waitFor();
  await page.context().close();
});

test('the certificate calls itself self-attested and has the digest of the answers', async () => {
  const page = await withHistory({ database: null, mirror: null });
  const lesson = await page.evaluate(async (slug) => {
    const course = await (await fetch('course.json')).json();
    return course.tracks.flatMap(({ modules }) => modules).flatMap(({ lessons }) => lessons).find((it) => it.slug === slug);
  }, LESSON);
  const items = [...lesson.questions, ...lesson.exercises, ...lesson.predictions];
  assert.ok(items.length >= 3);
  const log = written(items.map((item, n) => answered(n, item)));
  await setCopies(page, { database: log, mirror: log });
  await openDesk(page, 'certificate/');
  const sheet = page.locator('[data-certificate="drawn"]');
  await sheet.waitFor();
  assert.match(await sheet.innerText(), /Self-attested/);
  assert.match(await sheet.innerText(), /Proficient/);
  assert.match(await sheet.locator('[data-digest]').innerText(), /^[0-9a-f]{64}$/);
  await page.getByLabel('Name on the certificate').fill('<i>Ada</i>');
  await page.getByLabel('Name on the certificate').blur();
  await page.locator('.certificate-who', { hasText: '<i>Ada</i>' }).waitFor();
  await page.context().close();
});
