// Takes a picture of every page, light, dark and at 360 px:
//
//   node playwright/shots.mjs OUT_DIR [--gpu] [--only learn/]

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freshPage, launch, open } from './helpers/browser.mjs';
import { DIST, PAGES } from './helpers/site.mjs';
import { start } from './server.mjs';

const words = process.argv.slice(2);
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : null;
const out = words.find((word) => !word.startsWith('--') && word !== only);
if (!out) throw new Error('usage: node playwright/shots.mjs OUT_DIR [--gpu] [--only learn/]');
mkdirSync(out, { recursive: true });

const VIEWS = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  360: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
};

const server = await start({ root: DIST });
const browser = await launch({ gpu: words.includes('--gpu') });
for (const at of [...PAGES.map((page) => page.path), 'no-such-page/'].filter((at) => only === null || at === only)) {
  for (const [name, view] of Object.entries(VIEWS)) {
    const page = await freshPage(browser, view);
    page.on('pageerror', (error) => console.error(`/${at} (${name}): ${error.message}`));
    await open(page, server, at).catch((error) => console.error(`/${at} (${name}): ${error.message}`));
    // Give every lab on the page the chance to show its first result.
    await page.waitForFunction(() => ![...document.querySelectorAll('[data-state]')]
      .some((lab) => lab.dataset.state === 'running'), undefined, { timeout: 20_000 }).catch(() => {});
    const file = path.join(out, `${at.replaceAll('/', ' ').trim().replaceAll(' ', '-') || 'home'}-${name}.png`);
    await page.screenshot({ path: file, fullPage: true });
    console.log(file);
    await page.context().close();
  }
}
await browser.close();
await server.stop();
