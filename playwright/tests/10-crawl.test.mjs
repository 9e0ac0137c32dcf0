// Every page, at the root and below a sub-path, by deep link and by clicking: nothing may go wrong on the way.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freshPage, launch, open, waitReady } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST, PAGES, pack } from '../helpers/site.mjs';
import { start } from '../server.mjs';

/** Pages of another language, which a click loads anew, together with its words. */
const LANGUAGE = /^[a-z]{2}\//;

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const h1 = (page) => page.locator('main h1').first().innerText();

for (const base of ['/', '/glassbox/', '/a/b/']) {
  describe(`at ${base}`, () => {
    let server;
    before(async () => {
      server = await start({ root: base === '/' ? DIST : pack(`below${base.replaceAll('/', '-')}`, { base }), base });
    });
    after(() => server.stop());

    // Two at a time: nothing here is timed.
    describe('deep links', { concurrency: 2 }, () => {
      for (const { path } of PAGES) {
        // Without a service worker, which would fetch the whole site again for each of these fresh profiles.
        test(`deep link to /${path}`, async () => {
          const page = await freshPage(browser, { serviceWorkers: 'block' });
          const record = await hygiene(page, server.origin);
          const response = await open(page, server, path);
          assert.equal(response.status(), 200);
          assert.equal(await page.locator('h1').count(), 1, 'a page has one main heading');
          await page.waitForLoadState('networkidle');
          record.assertClean(`/${path}`);
          await page.context().close();
        });
      }
    });

    test('every page by clicking, without loading the site again', async () => {
      const page = await freshPage(browser);
      const record = await hygiene(page, server.origin);
      await open(page, server);
      await page.evaluate(() => { window.stillTheSame = true; });
      const waiting = [server.url];
      const seen = new Set(waiting);
      const opened = new Set();
      const foundOn = new Map();
      while (waiting.length > 0) {
        const here = waiting.shift();
        if (page.url() !== here) await clickTo(page, server, here, foundOn.get(here));
        const links = await page.locator('a[href]').evaluateAll(
          (all) => all.map((a) => [a.href.split('#')[0], 'open' in a.dataset || a.closest('.page-languages') !== null]));
        for (const [link, apart] of links.filter(([link]) => link.startsWith(server.url) && !seen.has(link))) {
          // A link that opens a dialog leads to its page only in a tab of its own, or without a program;
          // one to another language loads that language's words.
          if (apart) opened.add(link);
          else {
            seen.add(link);
            foundOn.set(link, here);
            waiting.push(link);
          }
        }
      }
      for (const { path } of PAGES.filter(({ path }) => !LANGUAGE.test(path))) assert.ok(seen.has(server.url + path) || opened.has(server.url + path), `no link leads to /${path}`);
      assert.equal(await page.evaluate(() => window.stillTheSame), true, 'a click must not load the whole site again');
      record.assertClean('the walk by clicks');
      goal('A6', `at ${base}: ${PAGES.length} pages by deep link, ${seen.size} by clicks, an unknown address gets the 404 page`);
      goal('A7', `at ${base}: 0 errors, requests elsewhere and policy violations`);
      await page.context().close();
    });

    test('going back shows the page before', async () => {
      const page = await freshPage(browser);
      await open(page, server);
      const first = await h1(page);
      await page.locator('.site-nav a').first().click();
      await page.waitForURL(`${server.url}learn/`);
      await page.waitForFunction((text) => document.querySelector('main h1')?.innerText !== text, first);
      await page.goBack();
      await page.waitForFunction((text) => document.querySelector('main h1')?.innerText === text, first);
      assert.equal(page.url(), server.url);
      await page.context().close();
    });

    test('an unknown address gets a friendly 404', async () => {
      const page = await freshPage(browser);
      const record = await hygiene(page, server.origin);
      const response = await page.goto(`${server.url}learn/no-such-lesson/deeper/`);
      assert.equal(response.status(), 404);
      await waitReady(page);
      assert.ok((await h1(page)).length > 0);
      const home = page.locator('a.brand');
      assert.equal(await home.evaluate((a) => a.href), server.url, 'the way home works at any depth');
      record.forget(/no-such-lesson/);
      record.assertClean('the 404 page');
      await page.context().close();
    });

    test('a folder without its slash leads to the page', async () => {
      const page = await freshPage(browser);
      const response = await page.goto(`${server.url}learn`);
      assert.equal(response.status(), 200);
      assert.equal(page.url(), `${server.url}learn/`);
      await page.context().close();
    });
  });
}

/** From the page now open: by its own link if it has one, otherwise by way of pages that have one. */
async function clickTo(page, server, target, foundOn) {
  for (const hub of [null, foundOn, `${server.url}learn/`, server.url]) {
    if (hub && hub !== page.url() && await linkTo(page, hub)) await click(page, hub);
    if (await linkTo(page, target)) {
      await click(page, target);
      return;
    }
  }
  assert.fail(`no link to ${target} was found on the way`);
}

const linkTo = (page, target) => page.locator('a[href]:not([data-open], .skip-link)').evaluateAll(
  (all, target) => all.some((a) => a.href.split('#')[0] === target && a.checkVisibility()), target);

async function click(page, target) {
  if (page.url() === target) return;
  const index = await page.locator('a[href]:not([data-open], .skip-link)').evaluateAll(
    (all, target) => all.findIndex((a) => a.href.split('#')[0] === target && a.checkVisibility()), target);
  assert.ok(index >= 0, `${page.url()} has no visible link to ${target}`);
  await page.locator('a[href]:not([data-open], .skip-link)').nth(index).click();
  await page.waitForFunction((target) => location.href.split('#')[0] === target, target);
  // The address changes first, the text when it has arrived; the title says that it has.
  const known = PAGES.find(({ path }) => target.endsWith(`/${path}`) && path !== '' && !LANGUAGE.test(path)) ?? PAGES.find(({ path }) => path === '');
  await page.waitForFunction((title) => document.title.includes(title), known.title);
  await page.locator('main h1').first().waitFor();
}

describe('before and without wasm', () => {
  let server;
  before(async () => { server = await start({ root: DIST }); });
  after(() => server.stop());

  for (const { path, title } of PAGES) {
    test(`/${path} reads with JavaScript off`, async () => {
      const page = await freshPage(browser, { javaScriptEnabled: false, serviceWorkers: 'block' });
      await page.goto(server.url + path);
      assert.ok((await page.title()).includes(title), `the title names ${title}`);
      const text = await page.locator('main').innerText();
      assert.ok(text.length > 200, `only ${text.length} characters of text`);
      assert.ok(await page.locator('.noscript-note').isVisible());
      await page.context().close();
    });

    test(`the text of /${path} does not move when wasm takes over`, async () => {
      const page = await freshPage(browser, { serviceWorkers: 'block' });
      let release;
      const held = new Promise((resolve) => { release = resolve; });
      await page.route(/web-[^/]*\.wasm$/, async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(server.url + path, { waitUntil: 'domcontentloaded' });
      await page.evaluate(() => document.fonts.ready);
      await page.waitForFunction(() => [...document.styleSheets].length > 0);
      const before = await firstScreen(page);
      assert.ok(before.length > 0);
      release();
      await waitReady(page);
      assert.deepEqual(await firstScreen(page), before);
      await page.context().close();
    });
  }

  test('a page that is asked not to start its labs does not', async () => {
    const page = await freshPage(browser);
    const record = await hygiene(page, server.origin);
    await page.goto(`${server.url}?labs=off`);
    await page.waitForLoadState('networkidle');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), undefined);
    assert.equal(await page.locator('.repair-card').count(), 0);
    record.assertClean('the page without labs');
    await page.context().close();
  });
});

/** Text and place of what the reader sees first: all prose down to the first lab or part of the desk, which may grow. */
const firstScreen = (page) => page.evaluate(() => {
  const places = [];
  for (const element of document.querySelectorAll('header.site-header *, main h1, main h2, main h3, main p, main [data-lab], main .desk-slot')) {
    if (element.matches('[data-lab], [data-lab] *, .desk-slot, .desk-slot *')) break;
    if (element.closest('#device-slot, #theme-slot')) continue;
    const box = element.getBoundingClientRect();
    if (box.width <= 1) continue; // words for screen readers only
    places.push(`${element.tagName} ${Math.round(box.left)},${Math.round(box.top)} ${Math.round(box.width)}x${Math.round(box.height)} ${element.textContent.trim().slice(0, 40)}`);
  }
  return places;
});
