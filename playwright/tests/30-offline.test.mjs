// After one visit the site works with the server stopped; a spoilt file never gets into the cache.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freshPage, lab, launch, open, waitOffline, waitReady, waitState } from '../helpers/browser.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST, PAGES, pack } from '../helpers/site.mjs';
import { start } from '../server.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const base of ['/', '/glassbox/']) {
  test(`one visit at ${base}, then every page with the server stopped`, async () => {
    const server = await start({ root: base === '/' ? DIST : pack('below', { base }), base });
    const page = await freshPage(browser);
    const record = await hygiene(page, server.origin);
    await open(page, server);
    await waitOffline(page);
    await server.stop();

    for (const { path } of PAGES) {
      const response = await page.goto(server.url + path);
      assert.equal(response.status(), 200, `/${path}`);
      assert.ok(response.fromServiceWorker(), `/${path} comes from the service worker`);
      await waitReady(page);
      assert.ok((await page.locator('main').innerText()).length > 200, `/${path} has its text`);
    }
    await page.goto(`${server.url}learn?from=memory`);
    assert.equal(page.url(), `${server.url}learn/?from=memory`, 'a folder without its slash is found offline too');

    await page.goto(server.url);
    await waitReady(page);
    await waitState(lab(page, 'complete'), 'done');
    record.assertClean('the visit without a server');

    const missing = await page.goto(`${server.url}no-such-page/`);
    assert.equal(missing.status(), 404);
    await waitReady(page);
    await page.context().close();
  });
}

describe('a spoilt file', () => {
  const spoilt = {
    'missing': { status: 404, body: 'gone' },
    'a sign-in page instead of a program': { status: 200, type: 'text/html', body: '<!doctype html><p>Please sign in' },
    'other bytes': { status: 200, type: 'application/wasm', body: Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]) },
  };
  for (const [name, answer] of Object.entries(spoilt)) {
    test(`${name}: nothing is kept, and the visit still works`, async () => {
      const server = await start({ root: DIST });
      server.spoil((pathname) => (pathname === '/worker_bg.wasm' ? answer : null));
      const page = await freshPage(browser);
      await page.goto(`${server.url}learn/`);
      await page.waitForFunction(() => document.documentElement.dataset.offline === 'unavailable', undefined, { timeout: 30_000 });
      assert.deepEqual(await page.evaluate(() => caches.keys()), [], 'no half-filled cache stays');
      await page.context().close();
      await server.stop();
    });
  }
});
