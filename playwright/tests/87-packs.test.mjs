// Packs on the page “Use it offline”: fetched on purpose, stopped, resumed, checked, removed; what goes wrong is said.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { filesOf } from '../helpers/altered.mjs';
import { freshPage, launch, open, waitOffline } from '../helpers/browser.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST } from '../helpers/site.mjs';
import { start } from '../server.mjs';

const FILE = 'worker-gpu_bg.wasm';
const skip = existsSync(path.join(DIST, FILE)) ? false : 'this build has no WebGPU engine (--cpu-only)';
const bytes = skip ? Buffer.alloc(0) : readFileSync(path.join(DIST, FILE));

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const pack = (page) => page.locator('[data-pack="webgpu"]');
const press = (page, action) => pack(page).locator(`[data-action="${action}"]`).click();
const waitPack = (page, state, timeout = 30_000) => page.locator(`[data-pack="webgpu"][data-state="${state}"]`).waitFor({ timeout });
const news = (page) => pack(page).locator('.pack-news').innerText();
const waitNews = async (page, pattern) => {
  const said = pack(page).locator('.pack-news', { hasText: pattern });
  await said.waitFor({ timeout: 30_000 });
  return said.innerText();
};
const kept = (page) => page.evaluate((file) => window.caches.match(new URL(file, document.baseURI).href).then(Boolean), FILE);

async function offlinePage(server, context = browser) {
  const page = await freshPage(context);
  const record = await hygiene(page, server.origin);
  await open(page, server, 'offline/');
  await waitOffline(page);
  await page.locator('[data-packs="ready"]').waitFor();
  await waitPack(page, 'absent');
  return { page, record };
}

/** Answers requests for the engine with `answer(bytes from there on, start, response, head)`, and notes the starts asked for. */
function sending(server, answer) {
  const starts = [];
  server.spoil((pathname, request) => {
    if (pathname !== `/${FILE}`) return null;
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
    starts.push(start);
    return answer ? { send: (response, head) => answer(response, start, head) } : null;
  });
  return starts;
}
const partial = (response, start, head) => response.writeHead(206, {
  ...head, 'content-type': 'application/wasm', 'content-length': bytes.length - start, 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
});

describe('the pack', { skip }, () => {
  test('is fetched with its progress, checked, served without a server, verified and removed', async () => {
    const server = await start({ root: DIST });
    const { page, record } = await offlinePage(server);
    assert.match(await pack(page).innerText(), /MB in \d+ files/);
    assert.equal(await kept(page), false, 'nothing is fetched before it is wanted');
    await press(page, 'download');
    await waitPack(page, 'kept', 60_000);
    assert.match(await news(page), /has arrived and was checked/);
    assert.equal(await kept(page), true);
    assert.deepEqual((await page.evaluate(() => caches.open(`glassbox-/-parts`).then((cache) => cache.keys()))).length, 0, 'no part is left over');
    await press(page, 'verify');
    await waitNews(page, /is what it should be/);
    await server.stop();
    const [status, hash] = await page.evaluate(async (file) => {
      const response = await fetch(file);
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()));
      return [response.status, Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')];
    }, FILE);
    assert.deepEqual([status, hash], [200, filesOf(DIST)[FILE][0]], 'the service worker answers from what was fetched');
    await page.reload();
    await waitPack(page, 'kept');
    await press(page, 'remove');
    await waitPack(page, 'absent');
    assert.match(await news(page), /MB are free again/);
    assert.equal(await kept(page), false);
    record.assertClean('the pack');
    await page.context().close();
  });

  test('can be stopped and goes on where it was, even after a reload', async () => {
    const server = await start({ root: DIST });
    const { page } = await offlinePage(server);
    const half = bytes.length >> 1;
    sending(server, (response, start, head) => {
      partial(response, start, head);
      response.write(bytes.subarray(start, half));
    });
    await press(page, 'download');
    await page.waitForFunction((wanted) => document.querySelector('[data-pack="webgpu"] progress')?.value >= wanted, half);
    assert.ok(await page.locator('[data-pack="webgpu"] progress').isVisible());
    await press(page, 'cancel');
    await waitPack(page, 'partly');
    assert.match(await news(page), /stopped.*kept/);
    await page.reload();
    await waitPack(page, 'partly');
    const starts = sending(server);
    await press(page, 'download');
    await waitPack(page, 'kept', 60_000);
    assert.deepEqual(starts, [half], 'only the second half was asked for');
    await page.context().close();
    await server.stop();
  });

  test('a connection that ends is said, and what has arrived is kept', async () => {
    const server = await start({ root: DIST });
    const { page } = await offlinePage(server);
    sending(server, (response, start, head) => {
      partial(response, start, head);
      response.write(bytes.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 200));
    });
    await press(page, 'download');
    await waitNews(page, /connection ended/);
    await waitPack(page, 'partly');
    const starts = sending(server);
    await press(page, 'download');
    await waitPack(page, 'kept', 60_000);
    assert.deepEqual(starts, [100_000]);
    await page.context().close();
    await server.stop();
  });

  test('a server that gives no parts is asked for the whole', async () => {
    const server = await start({ root: DIST });
    const { page } = await offlinePage(server);
    sending(server, (response, start, head) => {
      partial(response, start, head);
      response.write(bytes.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 200));
    });
    await press(page, 'download');
    await waitNews(page, /connection ended/);
    sending(server, (response, start, head) => {
      response.writeHead(200, { ...head, 'content-type': 'application/wasm', 'content-length': bytes.length });
      response.end(bytes);
    });
    await press(page, 'download');
    await waitPack(page, 'kept', 60_000);
    await page.context().close();
    await server.stop();
  });

  const wrong = {
    'other bytes': [(response, start, head) => {
      const copy = Buffer.from(bytes);
      copy[1000] ^= 1;
      partial(response, start, head);
      response.end(copy.subarray(start));
    }, /thrown away/],
    'a sign-in page': [(response, start, head) => response.writeHead(200, { ...head, 'content-type': 'text/html' }).end('<!doctype html>Sign in'), /sign-in page/],
    'nothing at that address': [(response, start, head) => response.writeHead(404, head).end('gone'), /answered 404/],
    'too much': [(response, start, head) => response.writeHead(200, { ...head, 'content-type': 'application/wasm' }).end(Buffer.concat([bytes, bytes])), /thrown away/],
  };
  for (const [name, [answer, said]] of Object.entries(wrong)) {
    test(`${name}: it is said, nothing of it is kept, and the next try works`, async () => {
      const server = await start({ root: DIST });
      const { page } = await offlinePage(server);
      sending(server, answer);
      await press(page, 'download');
      await waitNews(page, said);
      assert.equal(await kept(page), false);
      const starts = sending(server);
      await press(page, 'download');
      await waitPack(page, 'kept', 60_000);
      assert.deepEqual(starts, [0]);
      await page.context().close();
      await server.stop();
    });
  }

  test('a file damaged on this device is found and removed', async () => {
    const server = await start({ root: DIST });
    const { page } = await offlinePage(server);
    await press(page, 'download');
    await waitPack(page, 'kept', 60_000);
    await page.evaluate(async (file) => {
      const name = (await caches.keys()).find((key) => !key.endsWith('-parts'));
      await (await caches.open(name)).put(new URL(file, document.baseURI).href, new Response('damaged'));
    }, FILE);
    await press(page, 'verify');
    await waitNews(page, /Damaged files .* removed: 1/);
    await waitPack(page, 'partly');
    await page.context().close();
    await server.stop();
  });

  test('a full storage is said, with what to free', async () => {
    const server = await start({ root: DIST });
    const { page } = await offlinePage(server);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 1000 });
    await press(page, 'download');
    const said = await waitNews(page, /full/);
    assert.match(said, /Remove a pack.*My models/);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: server.origin });
    await press(page, 'download');
    await waitPack(page, 'kept', 60_000);
    await page.context().close();
    await server.stop();
  });

  test('every button can be reached and pressed by keyboard, and has a name of its own', async () => {
    const server = await start({ root: DIST });
    const { page } = await offlinePage(server);
    const button = page.getByRole('button', { name: 'Download: WebGPU engine' });
    await button.focus();
    await page.keyboard.press('Enter');
    await waitPack(page, 'kept', 60_000);
    const box = await page.getByRole('button', { name: 'Remove: WebGPU engine' }).boundingBox();
    assert.ok(box.height >= 44, `${box.height} px high`);
    await page.context().close();
    await server.stop();
  });
});

describe('the page around it', () => {
  let server;
  before(async () => { server = await start({ root: DIST }); });
  after(() => server.stop());

  test('says how much is in use, and what the browser answers to the wish to keep it', async () => {
    const page = await freshPage(browser);
    await open(page, server, 'offline/');
    await page.locator('[data-output="usage"]', { hasText: /MB in use, of about/ }).waitFor();
    await page.locator('[data-action="persist"]').click();
    await page.locator('[data-output="persist"]', { hasText: /has (not )?agreed/ }).waitFor();
    await page.context().close();
  });

  test('offers to install where the browser does', async () => {
    const page = await freshPage(browser);
    await open(page, server, 'offline/');
    await page.locator('[data-packs]').waitFor();
    assert.equal(await page.locator('[data-install-card]').isVisible(), false, 'no offer, no button');
    await page.evaluate(() => {
      const offer = new Event('beforeinstallprompt', { cancelable: true });
      offer.prompt = () => { window.prompted = true; };
      dispatchEvent(offer);
    });
    await page.locator('[data-action="install"]').click();
    assert.equal(await page.evaluate(() => window.prompted), true);
    await page.evaluate(() => dispatchEvent(new Event('appinstalled')));
    await page.locator('[data-install-card]', { hasText: 'is installed' }).waitFor();
    await page.context().close();
  });

  test('says so where nothing can be kept', async () => {
    const page = await freshPage(browser, { serviceWorkers: 'block' });
    await page.goto(`${server.url}offline/`);
    await page.locator('[data-packs="unready"] [role="alert"]').waitFor({ timeout: 30_000 });
    await page.context().close();
  });
});

describe('the builder of embeds', () => {
  let server;
  before(async () => { server = await start({ root: DIST }); });
  after(() => server.stop());

  test('shows the snippet and the lab as they will be, and copies', async () => {
    const page = await freshPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
    const record = await hygiene(page, server.origin);
    await open(page, server, 'embeds/');
    const code = page.locator('[data-output="snippet"]');
    await code.waitFor();
    await page.locator('[data-field="lab"]').selectOption('sampling');
    await page.locator('[data-field="theme"]').selectOption('dark');
    await page.locator('[data-field="knobs"]').fill('temperature=0.5&top_k=2');
    await page.locator('[data-field="knobs"]').press('Enter');
    await page.locator('[data-field="knobs"]').blur();
    await page.waitForFunction(() => document.querySelector('[data-output="snippet"]').textContent.includes('knobs='));
    assert.match(await code.innerText(), /<glassbox-lab name="sampling" theme="dark" knobs="temperature=0\.5&amp;top_k=2" height="\d+"><\/glassbox-lab>/);
    await page.locator('[data-action="copy"]').click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await code.innerText());
    const frame = page.frameLocator('[data-output="preview"]');
    await frame.locator('[data-embed-run]').click();
    await frame.locator('[data-lab="sampling"][data-state]').waitFor({ timeout: 30_000 });
    assert.equal(await frame.locator('html').getAttribute('data-theme'), 'dark');
    await page.locator('input[name="embed-form"]').nth(1).check();
    assert.match(await code.innerText(), /^<iframe src="http[^"]+embed\/sampling\/\?theme=dark&amp;knobs=temperature%3D0\.5%26top_k%3D2"/);
    record.assertClean('the builder');
    await page.context().close();
  });
});
