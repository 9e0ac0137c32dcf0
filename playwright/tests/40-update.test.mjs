// A new build is installed beside the old one, says so, and takes over only when the reader agrees.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freshPage, launch, open, waitOffline, waitReady } from '../helpers/browser.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { buildOf, DIST, pack } from '../helpers/site.mjs';
import { start } from '../server.mjs';

let browser;
let next;
before(async () => {
  browser = await launch();
  next = pack('next', { salt: 'the next build' });
});
after(() => browser.close());

const build = (page) => page.evaluate(() => document.documentElement.dataset.build);
const caches = (page) => page.evaluate(async () => (await window.caches.keys()).sort());
const checkForUpdate = (page) => page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
const toast = (page) => page.locator('[data-toast="update"]');

/** A first visit to the old build, then the new one is published. */
async function visitThenPublish(server) {
  const page = await freshPage(browser);
  await open(page, server, 'learn/');
  await waitOffline(page);
  await page.evaluate(() => { window.stillTheSame = true; });
  server.publish(next);
  return page;
}

test('the notice appears, nothing reloads by itself, and agreeing brings the new build', async () => {
  assert.notEqual(buildOf(next), buildOf(DIST));
  const server = await start({ root: DIST });
  const page = await visitThenPublish(server);
  const record = await hygiene(page, server.origin);
  await checkForUpdate(page);
  await toast(page).waitFor();
  await page.waitForTimeout(1500);
  assert.equal(await page.evaluate(() => window.stillTheSame), true, 'a page is never reloaded unasked');
  assert.equal(await build(page), buildOf(DIST));

  await toast(page).locator('[data-action="update"]').click();
  await page.waitForFunction((id) => document.documentElement.dataset.build === id, buildOf(next));
  await waitReady(page);
  assert.deepEqual(await caches(page), [`glassbox-/-${buildOf(next)}`], 'only the new build stays in the cache');
  assert.equal(await toast(page).count(), 0);
  record.assertClean('the update');
  await page.context().close();
  await server.stop();
});

test('without agreement the next visit still has the old build, whole', async () => {
  const server = await start({ root: DIST });
  const page = await visitThenPublish(server);
  await checkForUpdate(page);
  await toast(page).waitFor();
  await page.goto(server.url);
  await waitReady(page);
  assert.equal(await build(page), buildOf(DIST));
  await toast(page).waitFor();
  await page.context().close();
  await server.stop();
});

test('a second tab that has not agreed is told, not reloaded', async () => {
  const server = await start({ root: DIST });
  const page = await visitThenPublish(server);
  const other = await page.context().newPage();
  await open(other, server);
  await other.evaluate(() => { window.stillTheSame = true; });
  await checkForUpdate(page);
  await toast(page).locator('[data-action="update"]').click();
  await page.waitForFunction((id) => document.documentElement.dataset.build === id, buildOf(next));
  await toast(other).waitFor();
  assert.equal(await other.evaluate(() => window.stillTheSame), true);
  await toast(other).locator('[data-action="update"]').click();
  await other.waitForFunction((id) => document.documentElement.dataset.build === id, buildOf(next));
  await page.context().close();
  await server.stop();
});

test('an update keeps an unchanged WebGPU engine for offline use', async (t) => {
  const file = 'worker-gpu_bg.wasm';
  if (!existsSync(path.join(DIST, file))) return t.skip('this build has no WebGPU engine (--cpu-only)');
  const server = await start({ root: DIST });
  const page = await visitThenPublish(server);
  const kept = () => page.evaluate((file) => window.caches.match(file).then(Boolean), file);
  assert.equal(await kept(), false, 'the large engine is not fetched before it is wanted');
  server.publish(DIST);
  const reply = await page.evaluate(() => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    navigator.serviceWorker.controller.postMessage({ type: 'cache-gpu' }, [port2]);
  }));
  assert.deepEqual(reply, { type: 'cached-gpu', ok: true });
  assert.equal(await kept(), true);
  server.publish(next);
  await checkForUpdate(page);
  await toast(page).locator('[data-action="update"]').click();
  await page.waitForFunction((id) => document.documentElement.dataset.build === id, buildOf(next));
  assert.equal(await kept(), true);
  assert.equal(server.requests.filter((pathname) => pathname.endsWith(file)).length, 1, 'it is not fetched again');
  await page.context().close();
  await server.stop();
});

const spoilt = {
  'a file is missing': { status: 404, body: 'gone' },
  'a file is cut short': { status: 200, type: 'text/html', body: '<!doctype html>' },
};
for (const [name, answer] of Object.entries(spoilt)) {
  test(`${name} in the new build: the old one goes on, whole`, async () => {
    const server = await start({ root: DIST });
    const page = await visitThenPublish(server);
    server.spoil((pathname) => (pathname === '/models/' ? answer : null));
    await checkForUpdate(page).catch(() => {});
    await page.waitForTimeout(2000);
    assert.deepEqual(await caches(page), [`glassbox-/-${buildOf(DIST)}`]);
    assert.equal(await toast(page).count(), 0);
    await server.stop();
    await page.goto(`${server.url}models/`);
    await waitReady(page);
    assert.equal(await build(page), buildOf(DIST));
    await page.context().close();
  });
}

test('the emergency exit removes worker and caches', async () => {
  const server = await start({ root: DIST });
  const page = await freshPage(browser);
  await open(page, server);
  await waitOffline(page);
  await page.evaluate(() => { localStorage.setItem('glassbox-drill', 'kept'); });
  const exit = readFileSync(path.join(DIST, 'sw-kill.js'));
  server.spoil((pathname) => (pathname === '/sw.js' ? { status: 200, type: 'text/javascript', body: exit } : null));
  await checkForUpdate(page).catch(() => {}); // The page is loaded again while this waits.
  await page.waitForFunction(async () => (await window.caches.keys()).length === 0 && !navigator.serviceWorker.controller);
  assert.equal(await page.evaluate(() => localStorage.getItem('glassbox-drill')), 'kept');
  await page.context().close();
  await server.stop();
});
