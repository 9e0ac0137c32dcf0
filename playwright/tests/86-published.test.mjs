// What is published around the pages: whole addresses, cards, the map of the site, and a policy without holes.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { freshPage, launch, open } from '../helpers/browser.mjs';
import { keptAtOnce } from '../helpers/altered.mjs';
import { goal } from '../helpers/goal.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST, pack, PAGES } from '../helpers/site.mjs';
import { start } from '../server.mjs';

const ORIGIN = 'https://user.example';
const named = () => pack('published', { base: '/name/', origin: ORIGIN });
const text = (folder, file) => readFileSync(path.join(folder, file), 'utf8');
const html = (folder) => readdirSync(folder, { recursive: true }).map(String).filter((file) => file.endsWith('.html'));
const content = (page, key) => new RegExp(`<meta (?:property|name)="${key}" content="([^"]*)"`).exec(page)?.[1];

describe('whole addresses', () => {
  test('sitemap, robots, canonical addresses and cards name the origin and the base', () => {
    const folder = named();
    const map = text(folder, 'sitemap.xml');
    assert.deepEqual([...map.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url]) => url).sort(), PAGES.map(({ path: at }) => `${ORIGIN}/name/${at}`).sort());
    assert.match(text(folder, 'robots.txt'), new RegExp(`^Sitemap: ${ORIGIN}/name/sitemap.xml$`, 'm'));
    for (const { path: at } of PAGES) {
      const page = text(folder, `${at}index.html`);
      assert.ok(page.includes(`<link rel="canonical" href="${ORIGIN}/name/${at}">`), `/${at} says where it is`);
      for (const key of ['og:title', 'og:description', 'og:url', 'og:image', 'og:image:alt', 'twitter:card']) assert.ok(content(page, key), `/${at}: ${key}`);
      const card = content(page, 'og:image');
      assert.ok(card.startsWith(`${ORIGIN}/name/cards/`), card);
      const bytes = readFileSync(path.join(folder, card.slice(`${ORIGIN}/name/`.length)));
      assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1200, 630], `${card} is 1200 by 630`);
      assert.ok(bytes.length <= 80_000, `${card} has ${bytes.length} bytes`);
      if (/^learn\/.+/.test(at) && page.includes('data-page="lesson"')) {
        const [, block] = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(page);
        assert.equal(JSON.parse(block).url, `${ORIGIN}/name/${at}`);
        assert.ok(existsSync(path.join(folder, `cards/${at.split('/')[1]}.png`)), `/${at} has a card of its own; node playwright/posters.mjs --only cards makes it`);
      }
    }
    for (const { lab } of JSON.parse(text(folder, 'embeds.json'))) {
      const about = JSON.parse(text(folder, `embed/${lab}/oembed.json`));
      assert.ok(about.html.includes(`src="${ORIGIN}/name/embed/${lab}/"`));
    }
  });

  test('an origin that nobody has named is not called canonical', () => {
    for (const { path: at } of PAGES) assert.ok(!text(DIST, `${at}index.html`).includes('rel="canonical"'), `/${at}`);
  });
});

/** The findings that csp_evaluator 1.1.8 calls “high” (and its parser's), for the directives that we use. */
function holes(policy) {
  const found = [];
  const directives = new Map(policy.split(';').map((part) => part.trim().split(/\s+/)).map(([name, ...values]) => [name, values]));
  const of = (name) => directives.get(name) ?? directives.get('default-src') ?? null;
  for (const name of ['script-src', 'object-src', 'style-src', 'worker-src', 'connect-src', 'img-src', 'frame-src']) {
    const values = of(name);
    if (!values) found.push(`${name} is missing`);
    for (const value of values ?? []) {
      if (["'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", '*', 'http:', 'https:', 'filesystem:'].includes(value)) found.push(`${name} allows ${value}`);
      if (name === 'script-src' && /^(data|blob):$/.test(value)) found.push(`${name} allows ${value}`);
      if (/^(https?:)?\/\/|\./.test(value)) found.push(`${name} allows the host ${value}`);
      if (/^'nonce-/.test(value)) found.push(`${name} has a nonce, which a file cannot keep secret`);
    }
  }
  if (!directives.has('base-uri')) found.push('base-uri is missing');
  if (!directives.has('form-action')) found.push('form-action is missing');
  if ((directives.get('default-src') ?? []).join() !== "'none'") found.push("default-src is not 'none'");
  return found;
}

describe('the policy', () => {
  test('of every page has no hole, and stands before everything that loads', () => {
    for (const file of html(DIST)) {
      const page = text(DIST, file);
      const at = page.search(/<meta http-equiv="Content-Security-Policy"/);
      const first = page.search(/<(script|link|base|img|style)[\s>]/);
      assert.ok(at > 0 && at < first, `${file}: the policy comes first`);
      assert.deepEqual(holes(/<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)[1]), [], file);
    }
  });

  test('is checked by something that can see holes', () => {
    const sound = /content="([^"]*)"/.exec(text(DIST, 'index.html').match(/<meta http-equiv="Content-Security-Policy"[^>]*>/)[0])[1];
    for (const [from, to] of [
      ["script-src 'self'", "script-src 'self' 'unsafe-inline'"], ["script-src 'self'", "script-src *"], ["script-src 'self'", 'script-src data:'],
      ["script-src 'self' 'wasm-unsafe-eval'", "script-src 'self' 'unsafe-eval'"], ["img-src 'self'", 'img-src https:'], ["base-uri 'self';", ''],
      ["script-src 'self'", "script-src 'nonce-abc'"], ["connect-src 'self'", 'connect-src https://api.example'], ["default-src 'none'", "default-src 'self'"],
    ]) {
      assert.ok(sound.includes(from), from);
      assert.notDeepEqual(holes(sound.replace(from, to)), [], to);
    }
  });
});

describe('what the policy refuses', () => {
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

  /** The goal's mutations: what a careless change, or a stranger, might put into a page. */
  const MUTATIONS = {
    'a script in the page': '<script>window.__ran = true</script>',
    'a handler in an attribute': '<img src="icons/mark.svg" alt="" onload="window.__ran = true">',
    'a picture from elsewhere': '<img src="https://elsewhere.example/pixel.png" alt="">',
    'a script from elsewhere': '<script src="https://elsewhere.example/x.js"></script>',
    'a style in the page': '<style>body { outline: 9px solid red }</style>',
    'a frame from elsewhere': '<iframe src="https://elsewhere.example/" title="x"></iframe>',
    'a form that sends': '<form id="f" action="https://elsewhere.example/"></form><script type="module" src="icons/mark.svg"></script>',
  };
  for (const [name, html] of Object.entries(MUTATIONS)) {
    test(`${name}: refused, and the crawl would see it`, async () => {
      const page = await freshPage(browser, { serviceWorkers: 'block' });
      const record = await hygiene(page, server.origin);
      const altered = text(DIST, 'learn/index.html').replace('</main>', `${html}</main>`);
      server.spoil((pathname) => (pathname === '/learn/' ? { body: altered } : null));
      await open(page, server, 'learn/');
      await page.waitForTimeout(300);
      server.spoil(() => null);
      assert.ok(record.found.length > 0, 'the hygiene of every other test would fail');
      assert.equal(await page.evaluate(() => window.__ran), undefined, 'and it has not run');
      await page.context().close();
    });
  }
  test('all of them were refused', () => goal('B15', `${Object.keys(MUTATIONS).length} mutations refused and seen; 9 weaker policies recognised`));
});

describe('sizes, as a host with brotli sends them', () => {
  const LIMITS = { 'engine wasm': 700_000, 'wasm of the program without tensors': 600_000, 'all that is kept for offline use': 6_000_000 };
  const brotli = promisify(brotliCompress);
  const size = async (file) => (await brotli(readFileSync(path.join(DIST, file)), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })).length;

  test('engine and everything that is kept', async () => {
    const kept = ['relaxed', 'simd'].map((variant) => Object.keys(keptAtOnce(DIST, variant)));
    const sizes = new Map();
    for (const file of new Set(kept.flat())) sizes.set(file, await size(file));
    const larger = (...files) => Math.max(...files.map((file) => sizes.get(file)));
    const sums = {
      'engine wasm': larger('worker_bg.wasm', 'worker-relaxed_bg.wasm'),
      'wasm of the program without tensors': larger('worker-plain_bg.wasm', 'worker-plain-relaxed_bg.wasm'),
      'all that is kept for offline use': Math.max(...kept.map((files) => files.reduce((sum, file) => sum + sizes.get(file), 0))),
    };
    for (const [name, bytes] of Object.entries(sums)) {
      goal('A8', `${name}: ${(bytes / 1000).toFixed(0)} kB of ${LIMITS[name] / 1000}`);
      assert.ok(bytes <= LIMITS[name], `${name}: ${bytes} bytes`);
    }
  });
});
