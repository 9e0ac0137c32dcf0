// axe on every page, light and dark, wide and at 360 px, and in forced colours; no page scrolls sideways at 320 px.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, describe, test } from 'node:test';
import { freshPage, open, waitDrawn } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { PAGES } from '../helpers/site.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const VIEWS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'dark at 360 px', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  { name: 'light at 360 px', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { name: 'forced colours', forcedColors: 'active', viewport: { width: 1280, height: 900 } },
];

/** What axe leaves to a person, and why that is right here, some of it in one view or lab only; anything else that it is not sure of fails. */
const LOOKED_AT = [
  [/^color-contrast: .*background gradient/, 'labs stand on five per cent of the accent that fades into the surface'],
  [/^color-contrast: .*only non-text characters/, 'operators of formulas and marks beside words, in the colour of the text around them'],
  [/^color-contrast: .*too short to determine/, 'single letters and digits in the colour of the text around them'],
  [/^color-contrast: .*contains an image node/, 'the name of the site beside its mark, on the plain surface'],
  [/^color-contrast: .*partially obscured/, 'links and cells that scroll sideways on a phone, cut by the edge of their row'],
  [/^color-contrast: .*1:1 contrast ratio/, 'primary buttons in forced colours: axe computes with the colours that the browser has replaced', 'forced colours'],
  [/^color-contrast: .*overlapped by another element/, 'on a phone, what scrolls by under the card that stays at hand', 'dark at 360 px', 'backprop'],
  [/^color-contrast: .*overlapped by another element/, 'on a phone, what scrolls by under the card that stays at hand', 'light at 360 px', 'backprop'],
  [/^color-contrast: .*due to a pseudo element/, 'stations of the residual stream, which is a line drawn beside them', undefined, 'block'],
  [/^th-has-data-cells: /, 'tables whose rows come when something is measured'],
  [/^frame-tested: /, 'the preview of a page that has its own place in this list'],
  [/^label-content-name-mismatch: /, 'tokens that are a space or a sign: their name says it in words'],
];
const unsure = new Map();

/** The violations axe finds on the page as it is now, and what it is not sure of and nobody has looked at, one line each. */
export async function violations(page, view = '') {
  await page.evaluate(axe);
  const result = await page.evaluate(async (rules) => {
    const { violations, incomplete } = await window.axe.run(document, { runOnly: { type: 'tag', values: rules } });
    const lines = (all) => all.flatMap((one) => one.nodes.map(
      (node) => [
        `${one.id}: ${node.failureSummary.replace(/\s+/g, ' ')}`, node.target.join(' '),
        document.querySelector(node.target.at(-1))?.closest('[data-lab]')?.dataset.lab,
      ]));
    return { wrong: lines(violations), unsure: lines(incomplete) };
  }, RULES);
  const known = ([why, , lab]) => LOOKED_AT.find(
    ([pattern, , only = view, within = lab]) => only === view && within === lab && pattern.test(why));
  for (const one of result.unsure) {
    const looked = known(one);
    if (looked) unsure.set(looked[1], (unsure.get(looked[1]) ?? 0) + 1);
  }
  const fresh = result.unsure.filter((one) => !known(one));
  return [...result.wrong, ...fresh].map(([why, where]) => `${where} — ${why}`);
}

// Two at a time: nothing here is timed.
describe('axe', { concurrency: 2 }, () => {
  for (const path of [...PAGES.map((page) => page.path), 'no-such-page/']) {
    for (const { name, ...view } of VIEWS) {
      test(`axe finds nothing on /${path}, ${name}`, async () => {
        const page = await freshPage(browser, { serviceWorkers: 'block', ...view });
        await open(page, server, path);
        await waitDrawn(page);
        assert.deepEqual(await violations(page, name), []);
        if (view.viewport.width < 400) {
          await page.setViewportSize({ width: 320, height: 640 });
          const widest = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(widest <= 320, `at 320 px the page is ${widest} px wide; too wide: ${await tooWide(page)}`);
        }
        await page.context().close();
      });
    }
  }
});

/** What sticks out at 320 px. */
const tooWide = (page) => page.evaluate(() => [...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > 321)
  .filter((element) => {
    for (let at = element.parentElement; at; at = at.parentElement) if (getComputedStyle(at).overflowX !== 'visible') return false;
    return true;
  })
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

after(() => goal('A2', `0 violations on ${PAGES.length + 1} pages in ${VIEWS.length} views; left to a person, by reason: ${[...unsure.values()].join(', ')}`));
