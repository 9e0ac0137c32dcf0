// axe on every page, light and dark, wide and at 360 px; no page scrolls sideways at 320 px.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { freshPage, launch, open } from '../helpers/browser.mjs';
import { DIST, PAGES } from '../helpers/site.mjs';
import { start } from '../server.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const VIEWS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'light at 360 px', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { name: 'dark at 360 px', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
];

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

/** The violations axe finds on the page as it is now, one line each. */
export async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async (rules) => {
    const result = await window.axe.run(document, { runOnly: { type: 'tag', values: rules } });
    return result.violations.flatMap((violation) => violation.nodes.map(
      (node) => `${violation.id}: ${node.target.join(' ')} — ${node.failureSummary.replace(/\s+/g, ' ')}`));
  }, RULES);
}

for (const path of [...PAGES.map((page) => page.path), 'no-such-page/']) {
  for (const { name, ...view } of VIEWS) {
    test(`axe finds nothing on /${path}, ${name}`, async () => {
      const page = await freshPage(browser, view);
      await open(page, server, path);
      assert.deepEqual(await violations(page), []);
      await page.context().close();
    });
  }

  test(`/${path} fits into 320 px`, async () => {
    const page = await freshPage(browser, { viewport: { width: 320, height: 640 } });
    await open(page, server, path);
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(widest <= 320, `the page is ${widest} px wide; too wide: ${await tooWide(page)}`);
    await page.context().close();
  });
}

const tooWide = (page) => page.evaluate(() => [...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > 321)
  .slice(0, 5).map((element) => `${element.tagName.toLowerCase()}.${element.className}`).join(', '));

test('the skip link leads to the content, and stays on the page', async () => {
  const page = await freshPage(browser);
  await open(page, server, 'learn/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip-link');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  assert.equal(page.url().split('#')[0], `${server.url}learn/`);
  await page.context().close();
});
