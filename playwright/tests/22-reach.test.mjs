// What axe does not measure: the size of targets, text at twice its size, a focus that nothing covers, and that every
// chart has a name, a sentence, its numbers as a table and as a file.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { freshPage, open, waitDrawn, waitState } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { PAGES } from '../helpers/site.mjs';

/** WCAG 2.2, 2.5.8: at least 24 by 24 CSS pixels, or as much room around it. Links within a sentence are exempt. */
const TARGET = 24;

const seen = { targets: 0, stops: 0, charts: 0 };

/** Targets that are too small, and have another target within the circle of 24 px around their middle. */
const small = (page) => page.evaluate((least) => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role="tab"], [role="button"], [role="option"], [role="slider"]')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !one.disabled && !one.closest('.visually-hidden, .skip-link, math'))
    .map((one) => {
      // A checkbox is as large as the label around it.
      const target = one.matches('input[type="checkbox"], input[type="radio"], input[type="file"]') ? one.closest('label') ?? one : one;
      return { one, box: target.getBoundingClientRect() };
    })
    .filter(({ box }) => box.width > 1 && box.height > 1);
  const inSentence = ({ one }) => one.matches('a, button') && getComputedStyle(one).display === 'inline'
    && (one.parentElement.textContent.trim().length > one.textContent.trim().length);
  const found = [];
  for (const target of all) {
    const { box, one } = target;
    if ((box.width >= least && box.height >= least) || inSentence(target)) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const near = all.find((other) => {
      if (other === target || other.one.contains(one) || one.contains(other.one)) return false;
      const dx = Math.max(other.box.left - x, 0, x - other.box.right);
      const dy = Math.max(other.box.top - y, 0, y - other.box.bottom);
      return Math.hypot(dx, dy) < least / 2;
    });
    if (near) found.push(`${one.tagName.toLowerCase()}.${one.className} “${one.textContent.trim().slice(0, 20)}” ${Math.round(box.width)}x${Math.round(box.height)} beside ${near.one.tagName.toLowerCase()}.${near.one.className}`);
  }
  return { found, count: all.length };
}, TARGET);

// Two at a time: nothing here is timed.
describe('on every page', { concurrency: 2 }, () => {
  for (const { path } of PAGES) {
    test(`/${path}: targets large enough, readable at twice the size, no focus covered`, async () => {
      const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 360, height: 740 } });
      await open(page, server, path);
      await waitDrawn(page);
      // What a lab measures at its start makes room for itself, which would push the focus out of view.
      await page.waitForFunction(() => !document.querySelector('.lab-slot[data-lab], [data-lab][data-state="running"]'));
      // The engine room tests itself when its worker has come, and is idle until then.
      for (const room of await page.locator('[data-lab="engine"][data-state]').all()) await waitState(room, 'done');
      const { found, count } = await small(page);
      assert.deepEqual(found, []);
      seen.targets += count;

      // By keyboard through the whole page: what has the focus is in view, and on top.
      const stops = await page.evaluate(() => document.querySelectorAll('a[href], button, input, select, summary').length);
      for (let step = 0; step < Math.min(stops, 40); step += 1) {
        await page.keyboard.press('Tab');
        // WCAG 2.2, 2.4.11: not entirely hidden. A bar that slides away gets a moment to do so.
        const covered = await page.evaluate(async () => {
          const hidden = () => {
            const one = document.activeElement;
            const box = one.getBoundingClientRect();
            if (one === document.body || box.width < 2 || box.height < 2) return null;
            const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
            const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
            const free = [0.1, 0.5, 0.9].some((x) => [0.1, 0.5, 0.9].some((y) => {
              const found = document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
              return found && (one.contains(found) || found.contains(one) || found.closest('label')?.contains(one));
            }));
            return right > left && bottom > top && free ? null : `${one.tagName}.${one.className} at ${Math.round(box.x)},${Math.round(box.y)}`;
          };
          for (let tries = 0; tries < 20 && hidden(); tries += 1) await new Promise((resolve) => { setTimeout(resolve, 25); });
          return hidden();
        });
        assert.equal(covered, null);
        seen.stops += 1;
      }

      // WCAG 1.4.4: text at 200 % on a usual screen; nothing runs over.
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `at twice the size the page runs over by ${over} px`);
      await page.context().close();
    });
  }
});

test('small targets are seen by this measure', async () => {
  const page = await freshPage(browser);
  await open(page, server, 'learn/');
  await page.evaluate(() => {
    const pair = [1, 2].map(() => Object.assign(document.createElement('button'), { textContent: '×' }));
    for (const one of pair) Object.assign(one.style, { all: 'unset', width: '12px', height: '12px', display: 'inline-block' });
    document.querySelector('main').prepend(...pair);
  });
  assert.equal((await small(page)).found.length, 2);
  await page.context().close();
});

const CHARTS = ['learn/matmul-benchmark/', 'learn/project-mini-gpt/', 'learn/sampling-decoding/', 'learn/attention-mechanism/', 'learn/positional-encoding/', 'learn/llm-training-loop/', 'engine/', ''];
for (const path of CHARTS) {
  test(`/${path}: every chart has a name, a sentence, a table and a file`, async () => {
    const page = await freshPage(browser);
    await open(page, server, path);
    await page.waitForFunction(() => !document.querySelector('.lab-slot[data-lab]'));
    for (const one of await page.locator('[data-lab][data-state]').all()) await waitState(one, ['done', 'idle']);
    for (const chart of await page.locator('figure.chart:visible').all()) {
      const name = await chart.locator('.chart-title').innerText();
      assert.ok(name.length > 3);
      assert.equal(await chart.getAttribute('aria-labelledby'), await chart.locator('.chart-title').getAttribute('id'));
      assert.ok((await chart.locator('.chart-summary').innerText()).length > 3, `${name}: a sentence`);
      const canvas = chart.locator('canvas').first();
      assert.ok(await canvas.getAttribute('aria-label') ?? await canvas.getAttribute('aria-labelledby'), `${name}: the picture has a name`);
      assert.equal(await canvas.getAttribute('tabindex'), '0', `${name}: by keyboard`);
      await chart.locator('details.chart-data > summary').click();
      await chart.locator('.chart-csv').waitFor();
      // The table is written after the event that tells that it was unfolded.
      await chart.locator('.chart-table table').first().waitFor({ timeout: 5_000 }).catch(() => assert.fail(`${name}: a table`));
      seen.charts += 1;
    }
    await page.context().close();
  });
}

after(() => {
  goal('A3', `${seen.targets} targets of at least ${TARGET} px or with that much room, ${seen.stops} stops of the Tab key not covered, ${PAGES.length} pages at 200 %`);
  goal('A10', `${seen.charts} charts with name, sentence, table, file and keyboard`);
  assert.ok(seen.charts > 3, 'charts were looked at');
});
