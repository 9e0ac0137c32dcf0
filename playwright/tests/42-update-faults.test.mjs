// An update in which one file is wrong, in each of six ways: nothing of it stays, and the old version goes on, whole.
// Every run takes one file of each type; with GLASSBOX_FULL=1 (`cargo xtask test --full`) every file has its turn.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { altered, filesOf, keptAtOnce } from '../helpers/altered.mjs';
import { freshPage, launch, open, waitOffline, waitReady } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { buildOf, DIST } from '../helpers/site.mjs';
import { start } from '../server.mjs';

const FULL = process.env.GLASSBOX_FULL === '1';
const eager = Object.keys(keptAtOnce(DIST));
const type = (file) => file.split('.').pop();
/** The start page, its program, and the first file of every other type. */
const chosen = FULL ? eager : eager.filter((file, i) => eager.findIndex((other) => type(other) === type(file)) === i || file === 'index.html');

const hung = new Set();
const FAULTS = {
  missing: () => ({ status: 404, body: 'gone' }),
  truncated: (bytes) => ({ type: 'application/octet-stream', body: bytes.subarray(0, bytes.length >> 1) }),
  'of the wrong type and content': () => ({ type: 'image/gif', body: Buffer.from('GIF89a') }),
  'a page of the network instead': () => ({ type: 'text/html', body: '<!doctype html><title>Sign in</title><p>Please sign in' }),
  'one byte flipped': (bytes) => {
    const copy = Buffer.from(bytes);
    copy[copy.length >> 1] ^= 1;
    return { type: 'application/octet-stream', body: copy };
  },
  'cut off by the connection': (bytes) => ({
    send(response, head) {
      response.writeHead(200, { ...head, 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1));
      setTimeout(() => response.destroy(), 20);
    },
  }),
};

let browser;
let next;
before(async () => {
  browser = await launch();
  next = altered(DIST, 'altered');
});
after(() => browser.close());

const keys = (page) => page.evaluate(() => caches.keys());
/** Tries the update; answers how the new service worker ended. */
const update = (page) => page.evaluate(async () => {
  const registration = await navigator.serviceWorker.ready;
  const ended = new Promise((resolve) => {
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker.addEventListener('statechange', () => { if (worker.state !== 'installing') resolve(worker.state); });
    }, { once: true });
  });
  await registration.update().catch(() => {});
  return ended;
});

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`${chosen.length} files ${name}: the old version goes on`, { timeout: FULL ? 1_800_000 : 300_000 }, async () => {
    const server = await start({ root: DIST });
    const page = await freshPage(browser);
    await open(page, server, 'offline/');
    await waitOffline(page);
    server.publish(next);
    for (const file of chosen) {
      const address = `/${file.replace(/(^|\/)index\.html$/, '$1')}`;
      const bytes = readFileSync(path.join(next, file));
      server.spoil((pathname) => (pathname === address ? fault(bytes) : null));
      assert.equal(await update(page), 'redundant', `${file}: the new version is refused`);
      assert.deepEqual(await keys(page).then((all) => all.filter((key) => !key.endsWith('-parts'))), [`glassbox-/-${buildOf(DIST)}`], `${file}: only the old version is kept`);
      assert.equal(await page.locator('[data-toast="update"]').count(), 0, file);
      const kept = await page.evaluate(async (address) => {
        const response = await fetch(address);
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()));
        return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
      }, address);
      assert.equal(kept, filesOf(DIST)[file][0], `${file}: the old version's own bytes still answer`);
    }
    await page.goto(server.url);
    await waitReady(page);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.build), buildOf(DIST));
    goal('B11', `${chosen.length} files ${name}: ${chosen.length} refused, the old version whole`);
    // And without the fault the same update goes through: it was the fault that stopped it.
    server.spoil(() => null);
    assert.equal(await update(page), 'installed');
    await page.context().close();
    await server.stop();
  });
}

test('a server that never answers for one file: the old version goes on meanwhile', async () => {
  const server = await start({ root: DIST });
  const page = await freshPage(browser);
  await open(page, server, 'offline/');
  await waitOffline(page);
  server.publish(next);
  server.spoil((pathname) => (pathname === '/learn/' ? { send: (response) => { hung.add(response); } } : null));
  await page.evaluate(async () => { (await navigator.serviceWorker.ready).update().catch(() => {}); });
  const until = Date.now() + 15_000;
  while (hung.size === 0 && Date.now() < until) await page.waitForTimeout(100);
  assert.ok(hung.size > 0, 'the file was asked for');
  await page.goto(`${server.url}learn/`);
  await waitReady(page);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.build), buildOf(DIST));
  assert.equal(await page.locator('[data-toast="update"]').count(), 0);
  for (const response of hung) response.destroy();
  await page.context().close();
  await server.stop();
});
