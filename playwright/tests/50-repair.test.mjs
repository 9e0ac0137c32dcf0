// When the page's program does not start, the reader keeps the text and is offered a way out.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, launch, open, waitOffline, waitReady } from '../helpers/browser.mjs';
import { DIST } from '../helpers/site.mjs';
import { start } from '../server.mjs';

let browser;
let server;
before(async () => {
  browser = await launch();
  server = await start({ root: DIST });
});
after(async () => {
  await browser.close();
  await server.stop();
});

const card = (page) => page.locator('.repair-card');
const PROGRAM = /\/web-[^/]*\.wasm$/;

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
  release();
  await waitReady(page);
  await card(page).waitFor({ state: 'detached' });
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
