// Labs inside other people's pages: what is loaded before the click, four ways in which a browser may treat the frame,
// what the frame tells and hears, and a page around it that means harm.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { freshPage, launch, waitReady } from '../helpers/browser.mjs';
import { denyingBrowser, foreignSite, ordinaryBrowser } from '../helpers/foreign.mjs';
import { goal } from '../helpers/goal.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST } from '../helpers/site.mjs';
import { start } from '../server.mjs';

const EMBEDS = JSON.parse(readFileSync(path.join(DIST, 'embeds.json'), 'utf8'));
const BEFORE_THE_CLICK = 50_000;
const MESSAGES = 10_000;

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

const html = (body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Somebody else</title></head><body><h1>My page</h1>${body}</body></html>`;
const element = (attributes) => html(`<script src="${server.url}embed.js" async></script><glassbox-lab ${attributes}></glassbox-lab>`);

/** The embed's frame within a page, once its document is there. */
async function frameOf(page, timeout = 15_000) {
  const until = Date.now() + timeout;
  for (;;) {
    const frame = page.frames().find((frame) => frame.url().includes('/embed/'));
    if (frame) {
      await frame.waitForLoadState('domcontentloaded');
      return frame;
    }
    assert.ok(Date.now() < until, 'the frame never came');
    await page.waitForTimeout(50);
  }
}

const running = (frame, timeout = 30_000) => frame.waitForFunction(
  () => document.documentElement.dataset.embed === 'running', undefined, { timeout });
const settled = (frame, timeout = 90_000) => frame.waitForFunction(
  () => ['done', 'idle'].includes(document.querySelector('[data-lab][data-state]')?.dataset.state), undefined, { timeout });
const note = (frame) => frame.locator('[data-embed-note]').innerText();

describe('before the click', () => {
  for (const { lab } of EMBEDS) {
    test(`${lab}: at most ${BEFORE_THE_CLICK / 1000} kB, and nothing that computes`, async () => {
      const page = await freshPage(browser, { colorScheme: 'dark' });
      const record = await hygiene(page, server.origin);
      const loaded = [];
      page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
      await page.goto(`${server.url}embed/${lab}/`);
      await page.waitForLoadState('networkidle');
      let bytes = 0;
      for (const name of new Set(loaded)) {
        const file = path.join(DIST, name.endsWith('/') ? `${name}index.html` : name);
        const body = readFileSync(file);
        bytes += /\.(webp|png)$/.test(file) ? body.length : brotliCompressSync(body).length;
      }
      goal('A8', `embed/${lab}/ before the click: ${(bytes / 1000).toFixed(1)} kB brotli in ${loaded.length} files`);
      assert.ok(bytes <= BEFORE_THE_CLICK, `${bytes} bytes: ${loaded.join(', ')}`);
      assert.ok(!loaded.some((name) => /\.wasm$|\/start-|\/web[-.]/.test(name)), loaded.join(', '));
      assert.deepEqual(loaded.filter((name) => name.endsWith('.webp')), [`/posters/${lab}-dark.webp`], 'one poster, the dark one');
      assert.equal(await page.locator('.embed-poster').evaluate((image) => image.decode().then(() => image.naturalWidth)), 800);
      assert.ok(await page.locator('[data-embed-run]').isVisible());
      record.assertClean(`embed/${lab}/`);
      await page.context().close();
    });

    test(`${lab}: its description is found and is oEmbed`, async () => {
      const page = readFileSync(path.join(DIST, `embed/${lab}/index.html`), 'utf8');
      const [, href] = /<link rel="alternate" type="application\/json\+oembed" href="([^"]+)"/.exec(page);
      const relative = new URL(href).pathname.replace(/^.*\/embed\//, 'embed/');
      assert.ok(existsSync(path.join(DIST, relative)), `${href} leads nowhere`);
      const about = JSON.parse(readFileSync(path.join(DIST, relative), 'utf8'));
      assert.deepEqual([about.version, about.type], ['1.0', 'rich']);
      for (const key of ['width', 'height', 'thumbnail_width', 'thumbnail_height', 'cache_age']) assert.ok(Number.isInteger(about[key]) && about[key] > 0, key);
      for (const key of ['html', 'title', 'provider_name', 'provider_url', 'thumbnail_url']) assert.ok(typeof about[key] === 'string' && about[key], key);
      assert.match(about.html, new RegExp(`^<iframe src="[^"]+/embed/${lab}/"[^>]*sandbox="allow-scripts`));
      assert.ok(existsSync(path.join(DIST, about.thumbnail_url.replace(/^.*\/posters\//, 'posters/'))));
    });

    test(`${lab}: runs after the click, on a page of its own too`, async () => {
      const page = await freshPage(browser);
      const record = await hygiene(page, server.origin);
      await page.goto(`${server.url}embed/${lab}/`);
      await page.locator('[data-embed-run]').click();
      await running(page);
      await settled(page);
      assert.equal(await page.locator('.site-header').count(), 0);
      assert.equal(await page.locator('.embed-facade').count(), 0, 'the poster has made room');
      assert.equal(await note(page), '', 'here things are kept');
      record.assertClean(`embed/${lab}/ at work`);
      await page.context().close();
    });
  }
});

describe('four ways to be treated', () => {
  const modes = {
    'same site': { host: '127.0.0.1', kept: true },
    'another site, storage denied': { host: 'localhost', kept: false, browser: denyingBrowser },
    'another site, storage kept apart': { host: 'localhost', kept: true, browser: ordinaryBrowser },
    'a sandbox with scripts alone': { host: 'localhost', kept: false, browser: ordinaryBrowser, sandboxed: true },
  };
  for (const [mode, { host, kept, browser: special, sandboxed }] of Object.entries(modes)) {
    describe(mode, () => {
      let own;
      let site;
      before(async () => {
        site = await foreignSite(host, {});
        own = await special?.();
      });
      after(async () => {
        await own?.close();
        await site.stop();
      });

      for (const { lab } of EMBEDS) {
        test(lab, async () => {
          site.pages['/page'] = element(`name="${lab}" theme="dark" height="300"${sandboxed ? ' sandboxed' : ''}`);
          const page = await freshPage(own?.browser ?? own ?? browser);
          const errors = [];
          page.on('pageerror', (error) => errors.push(error.message));
          page.on('console', (message) => {
            // What a sandbox or a denial is worth saying to a developer is Chromium's own business; ours is none of it.
            if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url ?? ''}`);
          });
          await page.goto(`${site.url}/page`);
          const frame = await frameOf(page);
          assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), 'dark');
          await frame.locator('[data-embed-run]').click();
          await running(frame);
          await settled(frame);
          assert.equal(await frame.locator('.lab-error:not([hidden])').count(), 0, await frame.locator('.lab-error').allInnerTexts().then(String));

          assert.equal((await note(frame)).includes('Not saved here'), !kept, 'the reader is told whether it is kept');
          assert.equal(await frame.locator('text=Not saved here').count(), kept ? 0 : 1, 'and told once');

          const host = page.locator('glassbox-lab iframe');
          const told = async () => [Number(await host.getAttribute('height')), await frame.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height))];
          const fits = ([shown, real]) => Math.abs(shown - Math.min(4000, Math.max(120, real))) <= 1;
          // A lab may still grow by a line, and the page around is told of it by a message.
          for (let i = 0; i < 40 && !fits(await told()); i += 1) await page.waitForTimeout(50);
          const [shown, real] = await told();
          assert.ok(fits([shown, real]), `the frame is ${shown} px high for ${real} px`);
          const took = await frame.evaluate(() => {
            const block = Object.assign(document.createElement('div'), { id: 'more' });
            block.style.height = '333px';
            document.body.append(block);
            return performance.timeOrigin + performance.now();
          });
          await page.waitForFunction((wanted) => Number(document.querySelector('glassbox-lab iframe').height) >= wanted, shown + 333, { timeout: 2000, polling: 10 });
          const ms = await page.evaluate(() => performance.timeOrigin + performance.now()) - took;
          goal('A14', `${lab}, ${mode}: the height followed within ${Math.round(ms)} ms`);
          assert.ok(ms <= 500, `${ms} ms`);

          await page.evaluate(() => document.querySelector('glassbox-lab').setAttribute('theme', 'light'));
          await frame.waitForFunction(() => document.documentElement.dataset.theme === 'light', undefined, { timeout: 2000 });
          assert.equal(await frame.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'light');
          assert.deepEqual(errors, []);
          await page.context().close();
        });
      }
    });
  }
});

describe('what the address asks for', () => {
  test('knobs, language and a start without a click', async () => {
    const page = await freshPage(browser);
    await page.goto(`${server.url}embed/sampling/?autorun=1&lang=de&theme=light&knobs=${encodeURIComponent('temperature=0.5&top_k=2')}`);
    await running(page);
    await page.locator('.lab-sampling input').first().waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
    assert.equal(await page.locator('html').getAttribute('data-lang'), 'de');
    const values = await page.locator('.lab-sampling input').evaluateAll((all) => all.map((input) => input.value));
    assert.ok(values.includes('0.5') && values.includes('2'), values.join());
    await page.context().close();
  });

  test('a shared state gives its knobs, and the link to the lesson takes it along', async () => {
    const page = await freshPage(browser);
    await page.goto(`${server.url}embed/sampling/?knobs=${encodeURIComponent('temperature=0.5')}`);
    await page.waitForFunction(() => document.querySelector('[data-embed-open]').href.includes('#v1='));
    const state = (await page.locator('[data-embed-open]').evaluate((link) => link.href)).split('#v1=')[1];
    await page.goto(`${server.url}embed/sampling/?autorun=1&state=${state}`);
    await running(page);
    await page.locator('.lab-sampling input').first().waitFor();
    const values = await page.locator('.lab-sampling input').evaluateAll((all) => all.map((input) => input.value));
    assert.ok(values.includes('0.5'), values.join());
    assert.ok((await page.locator('[data-embed-open]').evaluate((link) => link.href)).endsWith(`learn/sampling-decoding/#v1=${state}`));
    await page.context().close();
  });

  test('nonsense in the address starts the lab as usual, or says what does not fit', async () => {
    const page = await freshPage(browser);
    const record = await hygiene(page, server.origin);
    for (const query of ['state=%%%', 'state=AAAA', `state=${'A'.repeat(9000)}`, 'lang="><script>', 'theme=javascript:1', 'id=<b>']) {
      await page.goto(`${server.url}embed/sampling/?autorun=1&${query}`);
      await running(page);
      await page.locator('.lab-sampling input').first().waitFor();
      assert.equal(await page.locator('.lab-error:not([hidden])').count(), 0, query);
    }
    await page.goto(`${server.url}embed/sampling/?autorun=1&knobs=temperature%3Dwarm`);
    await running(page);
    assert.match(await page.locator('.lab-error').innerText(), /warm/);
    record.assertClean('nonsense');
    await page.context().close();
  });

  test('a program that cannot be loaded is said, with a way to try again', async () => {
    const page = await freshPage(browser, { serviceWorkers: 'block' });
    await page.route(/\/labs\.js/, (route) => route.abort());
    await page.goto(`${server.url}embed/sampling/`);
    await page.locator('[data-embed-run]').click();
    const button = page.locator('[data-embed-note] button');
    await button.waitFor();
    assert.match(await note(page), /did not start/);
    await page.unroute(/\/labs\.js/);
    await button.click();
    await page.locator('[data-embed-run]').click();
    await running(page);
    await page.context().close();
  });
});

describe('the page around', () => {
  let site;
  let sibling;
  before(async () => {
    site = await foreignSite('localhost', {});
    sibling = await foreignSite('127.0.0.1', { '/evil': html('') });
  });
  after(async () => {
    await site.stop();
    await sibling.stop();
  });

  test('may ask for a pause', async () => {
    site.pages['/page'] = element('name="train"');
    const page = await freshPage(browser);
    await page.goto(`${site.url}/page`);
    const frame = await frameOf(page);
    await frame.locator('[data-embed-run]').click();
    await running(frame);
    await frame.locator('[data-preset="nano"]').click();
    await frame.locator('.train-text [data-characters]').waitFor();
    await frame.locator('[data-action="train"]').click();
    await frame.waitForFunction(() => Number(document.querySelector('[data-train-state]')?.dataset.step) >= 2, undefined, { timeout: 60_000 });
    await page.evaluate(() => document.querySelector('glassbox-lab').pause());
    await frame.waitForFunction(() => document.querySelector('[data-train-state]')?.dataset.trainState === 'paused', undefined, { timeout: 30_000 });
    await page.context().close();
  });

  test(`${MESSAGES} hostile messages from it and from a frame beside change nothing`, async () => {
    site.pages['/page'] = html(`<script src="${server.url}embed.js" async></script><glassbox-lab name="sampling" theme="light"></glassbox-lab>
      <iframe id="sibling" src="${sibling.url}/evil"></iframe>`);
    const page = await freshPage(browser);
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
    const elsewhere = [];
    page.on('request', (request) => {
      if (![server.origin, site.url, sibling.url].some((known) => request.url().startsWith(known))) elsewhere.push(request.url());
    });
    await page.goto(`${site.url}/page`);
    const frame = await frameOf(page);
    await frame.locator('[data-embed-run]').click();
    await running(frame);
    await settled(frame);
    const state = () => frame.evaluate(async () => JSON.stringify({
      html: document.documentElement.cloneNode(false).outerHTML, main: document.querySelector('main').innerHTML,
      values: [...document.querySelectorAll('input, select, textarea')].map((field) => field.value),
      kept: await Promise.resolve().then(() => Object.keys(localStorage)).catch(() => 'denied'), address: location.href,
    }));
    const before = await state();
    const height = await page.locator('glassbox-lab iframe').getAttribute('height');

    // The same generator in the page around (it may speak to the frame, so nothing valid) and in the sibling.
    const attack = async ([count, target, alsoValid]) => {
      let seed = 7;
      const random = (n) => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return seed % n; };
      const pick = (list) => list[random(list.length)];
      const circle = {};
      circle.self = circle;
      const values = [
        undefined, null, 0, -1, NaN, Infinity, 1e308, '', 'light', 'dark"><script>alert(1)</script>', '__proto__', [], {}, circle, [[[]]],
        new ArrayBuffer(8), new Date(0), /a+$/, new Map([[1, 2]]), 'x'.repeat(10_000), true, 10n, new Error('no'), { toString: 'no' }, { valueOf: 1 },
      ];
      const types = ['glassbox:theme', 'glassbox:pause', 'glassbox:resize', 'glassbox:set', 'glassbox-set', 'theme', 'pause', 'eval', 'storage', 'constructor', '__proto__', ...values];
      for (let i = 0; i < count; i += 1) {
        let message = pick([
          () => pick(values),
          () => ({ v: pick([...values, 1, '1', 2]), type: pick(types), theme: pick(values), height: pick(values), id: pick(values) }),
          () => ({ v: 1, type: pick(types), theme: pick(['<b>', 'LIGHT', 'inherit', 'x', ...values]), knobs: 'temperature=2', code: 'alert(1)' }),
          () => JSON.stringify({ v: 1, type: 'glassbox:theme', theme: 'dark' }),
          () => [{ v: 1, type: 'glassbox:theme', theme: 'dark' }],
          () => ({ v: 1, type: 'glassbox:resize', id: 'glassbox-1', height: pick([0, 1e9, -5, NaN, '900', 2000]) }),
          ...(alsoValid ? [() => ({ v: 1, type: 'glassbox:theme', theme: 'dark' }), () => ({ v: 1, type: 'glassbox:pause' })] : []),
        ])();
        if (!alsoValid && message?.type === 'glassbox:theme' && ['light', 'dark', 'system'].includes(message.theme)) message = null;
        eval(target).postMessage(message, '*');
        if (i % 500 === 499) await new Promise((resolve) => { setTimeout(resolve, 0); });
      }
      return count;
    };
    const own = await page.evaluate(attack, [MESSAGES / 2, 'document.querySelector("glassbox-lab iframe").contentWindow', false]);
    const evil = page.frames().find((frame) => frame.url().endsWith('/evil'));
    const beside = await evil.evaluate(attack, [MESSAGES / 4, 'parent.frames[0]', true]);
    const atHost = await evil.evaluate(attack, [MESSAGES / 4, 'parent', true]);
    assert.equal(own + beside + atHost, MESSAGES);
    await page.waitForTimeout(500);

    assert.equal(await state(), before, 'the lab is as it was');
    assert.equal(await page.locator('glassbox-lab iframe').getAttribute('height'), height, 'a foreign frame cannot set the height');
    assert.deepEqual(errors, []);
    assert.deepEqual(elsewhere, []);
    goal('B14', `${MESSAGES} messages, no effect, no error`);
    await page.context().close();
  });

  test('cannot have anything deleted or exported in a page that is not made for frames', async () => {
    site.pages['/page'] = html(`<iframe src="${server.url}models/" width="900" height="700"></iframe>`);
    const page = await freshPage(browser);
    await page.goto(`${site.url}/page`);
    const frame = page.frames().find((frame) => frame.url().includes('/models/'));
    await waitReady(frame);
    await frame.locator('.framed-note').waitFor();
    await settled(frame);
    for (const action of ['delete', 'export', 'import']) {
      for (const button of await frame.locator(`[data-action="${action}"]`).all()) assert.equal(await button.isVisible(), false, action);
    }
    assert.ok(await frame.locator('[data-action="export"], [data-action="import"]').count() > 0, 'there is something to hide');
    assert.equal(await frame.locator('.framed-note a').getAttribute('target'), '_blank');
    await page.context().close();
  });

  test('the element refuses names that are no lab, and cleans up after itself', async () => {
    site.pages['/page'] = element('name="../../evil"');
    const page = await freshPage(browser);
    await page.goto(`${site.url}/page`);
    await page.waitForFunction(() => customElements.get('glassbox-lab'));
    assert.equal(await page.locator('glassbox-lab iframe').count(), 0);
    await page.evaluate(() => document.querySelector('glassbox-lab').setAttribute('name', 'sampling'));
    await page.evaluate(() => document.querySelector('glassbox-lab').remove());
    await page.evaluate(() => {
      const made = document.createElement('glassbox-lab');
      made.setAttribute('name', 'sampling');
      made.setAttribute('height', '99999');
      document.body.append(made);
    });
    assert.equal(await page.locator('glassbox-lab iframe').getAttribute('height'), '4000');
    assert.equal(await page.locator('glassbox-lab iframe').getAttribute('loading'), 'lazy');
    await page.context().close();
  });
});
