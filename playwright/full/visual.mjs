// Goal A15: twenty pages, light on a desk and dark on a phone, against the pictures of an earlier build. What is computed
// anew on every visit is masked. Pictures depend on the machine's fonts, so none are in the repository: the first run
// takes them, into full/visual/, and every later one compares.
//
//   node full/visual.mjs [--update]      (from playwright/, after `cargo xtask dist`)

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freshPage, launch, open, waitDrawn } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { DIST, PAGES } from '../helpers/site.mjs';
import { start } from '../server.mjs';

const FOLDER = path.join(import.meta.dirname, 'visual');
const UPDATE = process.argv.includes('--update');
/** Share of pixels that may differ, and how far a channel may be off before a pixel counts. */
const MOST = 0.001;
const FAR = 24;
const VIEWS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'phone', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
];
const MASKED = '[data-lab], canvas, #device-slot, time, [data-output="build"], [data-packs]';

/** The share of pixels that differ, computed by the browser; 1 if the sizes differ. */
const difference = (page, before, now) => page.evaluate(async ([before, now, far]) => {
  const pixels = async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  };
  const [a, b] = [await pixels(before), await pixels(now)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let different = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    if ([0, 1, 2].some((channel) => Math.abs(a.data[at + channel] - b.data[at + channel]) > far)) different += 1;
  }
  return different / (a.width * a.height);
}, [before.toString('base64'), now.toString('base64'), FAR]);

mkdirSync(FOLDER, { recursive: true });
const browser = await launch();
const server = await start({ root: DIST });
const judge = await freshPage(browser);
let [compared, taken, worst, wrong] = [0, 0, 0, 0];
for (const { path: at } of PAGES.slice(0, 20)) {
  for (const { name, ...view } of VIEWS) {
    const page = await freshPage(browser, { ...view, deviceScaleFactor: 1, serviceWorkers: 'block' });
    await open(page, server, at);
    await waitDrawn(page);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(300);
    const now = await page.screenshot({ animations: 'disabled', caret: 'hide', mask: [page.locator(MASKED)] });
    const file = path.join(FOLDER, `${at.replaceAll('/', '-') || 'home-'}${name}.png`);
    if (UPDATE || !existsSync(file)) {
      writeFileSync(file, now);
      taken += 1;
    } else {
      const share = await difference(judge, readFileSync(file), now);
      compared += 1;
      worst = Math.max(worst, share);
      if (share > MOST) {
        wrong += 1;
        writeFileSync(file.replace('.png', '.now.png'), now);
        console.log(`/${at}, ${name}: ${(100 * share).toFixed(2)} % of the pixels differ`);
      }
    }
    await page.context().close();
  }
}
await browser.close();
await server.stop();
goal('A15', `${compared} pictures compared, ${taken} taken, ${wrong} differ; the worst by ${(100 * worst).toFixed(3)} % of its pixels`);
process.exit(wrong ? 1 : 0);
