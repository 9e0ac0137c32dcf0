// After one visit the site works with the server stopped; a spoilt file never gets into the cache.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { freshPage, lab, launch, open, waitDrawn, waitOffline, waitReady, waitState } from '../helpers/browser.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { keptAtOnce } from '../helpers/altered.mjs';
import { goal } from '../helpers/goal.mjs';
import { DIST, PAGES, pack } from '../helpers/site.mjs';
import { start } from '../server.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** Notes on files that a learner keeps offline on purpose, as packs. */
const inPacks = (root) => {
  const files = JSON.parse(readFileSync(`${root}/packs.json`, 'utf8')).flatMap((pack) => pack.files.map((file) => file.path));
  return new RegExp(`(${files.join('|').replaceAll('.', '\\.')}) `);
};

for (const base of ['/', '/glassbox/']) {
  test(`one visit at ${base}, then every page with the server stopped`, async () => {
    const root = base === '/' ? DIST : pack('below', { base });
    const server = await start({ root, base });
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
      await waitDrawn(page);
      assert.ok((await page.locator('main').innerText()).length > 200, `/${path} has its text`);
      // What belongs to a pack is there for those who have kept the pack; its lab says so.
      record.forget(inPacks(root));
    }
    await page.goto(`${server.url}learn/token-distribution/`);
    await page.getByText('fetch the pack “Published vocabularies”').first().waitFor();
    record.forget(inPacks(root));
    await page.goto(`${server.url}learn?from=memory`);
    assert.equal(page.url(), `${server.url}learn/?from=memory`, 'a folder without its slash is found offline too');

    // Every file that is kept answers with exactly its bytes: programs, styles, words, data.
    const eager = Object.entries(keptAtOnce(root)).map(([file, [hash]]) => [file, hash]);
    for (const wanted of ['desk.js', 'desk_bg.wasm', 'desk.css', 'course.json', 'packs.json', 'embeds.json', 'embed.js']) {
      assert.ok(eager.some(([file]) => file === wanted), `${wanted} is kept`);
    }
    const there = (file) => page.evaluate((file) => caches.match(file).then(Boolean), new URL(file, server.url).href);
    assert.deepEqual([await there('worker-relaxed_bg.wasm'), await there('worker_bg.wasm')], [true, false], 'of a program compiled twice, the one that runs here');
    const wrong = await page.evaluate(async (eager) => {
      const wrong = [];
      for (const [file, hash] of eager) {
        const response = await fetch(new URL(file.replace(/(^|\/)index\.html$/, '$1'), document.baseURI));
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()));
        if (!response.ok || Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') !== hash) wrong.push(file);
      }
      return wrong;
    }, eager);
    assert.deepEqual(wrong, [], `of ${eager.length} files`);

    for (const [file] of eager.filter(([file]) => /^embed\/.*\.html$/.test(file))) {
      await page.goto(server.url + file.replace('index.html', ''));
      // The picture before the click is for other people's pages and is not kept; the lab behind it is.
      await page.locator('.embed-poster[data-missing]').waitFor({ state: 'attached' });
      record.forget(/\/posters\/[\w-]+\.webp/);
      await page.locator('[data-embed-run]').click();
      await page.waitForFunction(() => document.documentElement.dataset.embed === 'running');
      await waitState(page.locator('[data-lab][data-state]').first(), ['done', 'idle']);
    }

    await page.goto(server.url);
    await waitReady(page);
    await waitState(lab(page, 'complete'), 'done');
    record.assertClean('the visit without a server');
    goal('A5', `at ${base}: ${PAGES.length} of ${PAGES.length} pages, ${eager.length} files with their own bytes, every embed run, the server stopped`);

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
      server.spoil((pathname) => (pathname === '/worker-relaxed_bg.wasm' ? answer : null));
      const page = await freshPage(browser);
      await page.goto(`${server.url}learn/`);
      await page.waitForFunction(() => document.documentElement.dataset.offline === 'unavailable', undefined, { timeout: 30_000 });
      assert.deepEqual(await page.evaluate(() => caches.keys()), [], 'no half-filled cache stays');
      await page.context().close();
      await server.stop();
    });
  }
});
