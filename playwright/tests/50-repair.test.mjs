// When the page's program does not start, the reader keeps the text and is offered a way out.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { freshPage, lab, open, waitOffline, waitReady } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';

const card = (page) => page.locator('.repair-card');
const PROGRAM = /\/web[-_][^/]*\.wasm$/;

afterEach(() => server.spoil(() => null));

test('a missing program brings the repair card, and a reload heals', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  server.spoil((pathname) => (PROGRAM.test(pathname) ? { status: 404, body: 'gone' } : null));
  await page.goto(`${server.url}learn/`);
  await card(page).waitFor();
  assert.ok((await page.locator('main').innerText()).length > 200, 'the text stays');
  assert.match(await card(page).locator('a').getAttribute('href'), /\?labs=off$/);
  server.spoil(() => null);
  await card(page).locator('.repair-reload').click();
  await waitReady(page);
  assert.equal(await card(page).count(), 0);
  await page.context().close();
});

test('a missing script brings the repair card too', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  server.spoil((pathname) => (/\/start-[^/]*\.js$/.test(pathname) ? { status: 404, body: 'gone' } : null));
  await page.goto(server.url);
  await card(page).waitFor();
  server.spoil(() => null);
  await page.context().close();
});

test('labs that cannot be loaded bring the card too, and the text stays', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  server.spoil((pathname) => (pathname === '/labs_bg.wasm' ? { status: 404, body: 'gone' } : null));
  await page.goto(server.url);
  await card(page).waitFor();
  assert.match(await card(page).innerText(), /could not be loaded/);
  server.spoil(() => null);
  await card(page).locator('.repair-reload').click();
  await lab(page, 'complete').waitFor();
  await page.context().close();
});

test('the card of labs that failed stays when the page\'s own program comes later', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  server.spoil((pathname) => (pathname === '/labs_bg.wasm' ? { status: 404, body: 'gone' } : null));
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(PROGRAM, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(server.url, { waitUntil: 'domcontentloaded' });
  await page.waitForFunction(() => document.documentElement.dataset.laboratory === 'failed');
  release();
  await waitReady(page);
  server.spoil(() => null);
  assert.match(await card(page).innerText({ timeout: 5000 }), /could not be loaded/);
  await page.context().close();
});

test('a program that only takes long gets the card after 15 s, and loses it when it starts', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(PROGRAM, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(server.url, { waitUntil: 'domcontentloaded' });
  await page.waitForTimeout(10_000);
  assert.equal(await card(page).count(), 0, 'ten seconds are not yet a fault');
  await card(page).waitFor({ timeout: 8000 });
  goal('B12', 'a program that does not come gets the card between 10 and 18 s after the start');
  release();
  await waitReady(page);
  await card(page).waitFor({ state: 'detached' });
  await page.context().close();
});

test('the program panics: the card within a second, the progress as a file, and a reload recovers', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await open(page, server, 'learn/matmul-benchmark/');
  const notes = page.locator('[data-notes]');
  await notes.fill('before the panic');
  await notes.blur();
  await page.locator('.notes-state').filter({ hasText: /./ }).waitFor();

  // The next element that the program asks for is refused, which it has no answer to.
  await page.evaluate(() => {
    for (const [owner, name] of [[Document.prototype, 'createElement'], [Node.prototype, 'cloneNode']]) {
      const real = owner[name];
      owner[name] = () => {
        owner[name] = real;
        throw new Error('a drill');
      };
    }
    addEventListener('glassbox-crashed', () => { window.crashedAt = performance.now(); });
    new MutationObserver(() => {
      if (document.querySelector('.repair-card')) window.cardAt ??= performance.now();
    }).observe(document.body, { childList: true, subtree: true });
  });
  await lab(page, 'matmul').locator('[data-field="guess"]').press('End');
  await lab(page, 'matmul').locator('[data-action="measure"]').click();
  await card(page).waitFor();
  const ms = await page.evaluate(() => window.cardAt - window.crashedAt);
  assert.ok(ms < 1000, `the card came ${ms} ms after the panic`);
  goal('B4', `the card ${ms.toFixed(0)} ms after the panic; its file has the progress; a reload recovers`);
  assert.match(await card(page).innerText(), /The cause: \S+/);

  const [download] = await Promise.all([page.waitForEvent('download'), card(page).locator('.repair-save').click()]);
  const file = await download.path();
  assert.match(readFileSync(file, 'utf8'), /before the panic/, 'what the page called saved is in the file');
  await Promise.all([page.waitForEvent('load'), card(page).locator('.repair-reload').click()]);
  await waitReady(page);
  assert.equal(await card(page).count(), 0);

  // The file is one that the progress page of another browser takes in.
  const other = await freshPage(browser, { serviceWorkers: 'block' });
  await open(other, server, 'progress/');
  await other.locator('[data-action="import"]').setInputFiles(file);
  await other.locator('[data-import="planned"]').waitFor();
  await other.context().close();
  await page.context().close();
});

test('clearing the cache removes it and keeps what the learner has stored', async () => {
  const page = await freshPage(browser);
  await open(page, server);
  await waitOffline(page);
  await page.evaluate(() => {
    localStorage.setItem('glassbox-drill', 'kept');
    dispatchEvent(new CustomEvent('glassbox-crashed', { detail: 'a drill' }));
  });
  await card(page).waitFor();
  assert.match(await card(page).innerText(), /a drill/);
  const before = await page.evaluate(() => caches.keys());
  assert.equal(before.length, 1);
  await Promise.all([page.waitForEvent('load'), card(page).locator('.repair-clear').click()]);
  await waitReady(page);
  assert.equal(await page.evaluate(() => localStorage.getItem('glassbox-drill')), 'kept');
  assert.equal(await card(page).count(), 0);
  await page.context().close();
});

test('denied storage does not stop the page', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });
  });
  await open(page, server, 'learn/');
  assert.equal(await card(page).count(), 0);
  await page.context().close();
});

for (const theme of ['light', 'dark']) {
  test(`the chosen theme ${theme} is there before the first paint`, async () => {
    const page = await freshPage(browser, { colorScheme: theme === 'light' ? 'dark' : 'light', javaScriptEnabled: true });
    await page.addInitScript((theme) => localStorage.setItem('glassbox-theme', theme), theme);
    await page.route(PROGRAM, (route) => route.abort());
    await page.goto(server.url, { waitUntil: 'domcontentloaded' });
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
    await page.context().close();
  });
}
