// Takes the stills that stand for a lab before the click (public/posters/) and the social cards (public/cards/) from
// the built site. Run it again after a lab or a lesson's title has changed; what it writes is committed.
//
//   node posters.mjs [--site ../dist] [--only posters|cards] [lab or lesson…]
//
// Fonts are the machine's own: nothing is fetched.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshPage, lab, launch, waitState } from './helpers/browser.mjs';
import { start } from './server.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const POSTER = { width: 800, height: 450, most: 40_000 };
const CARD = { width: 1200, height: 630, most: 80_000 };

const words = process.argv.slice(2);
const option = (name, fallback) => {
  const at = words.indexOf(`--${name}`);
  return at < 0 ? fallback : words.splice(at, 2)[1];
};
const site = path.resolve(option('site', path.join(ROOT, 'dist')));
const only = option('only', '');
const wanted = (name) => words.length === 0 || words.includes(name);
const json = (name) => JSON.parse(readFileSync(path.join(site, name), 'utf8'));

/** A PNG as WebP, as good as fits. */
async function webp(page, png, most) {
  for (const quality of [0.9, 0.8, 0.7, 0.55, 0.4]) {
    const bytes = Buffer.from(await page.evaluate(async ([png, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      canvas.getContext('2d').drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', quality).split(',')[1];
    }, [png.toString('base64'), quality]), 'base64');
    if (bytes.length <= most) return bytes;
  }
  throw new Error(`no quality brings the picture below ${most} bytes`);
}

async function posters(browser, server) {
  mkdirSync(path.join(ROOT, 'public/posters'), { recursive: true });
  for (const { lab: name } of json('embeds.json').filter(({ lab: name }) => wanted(name))) {
    for (const theme of ['light', 'dark']) {
      const page = await freshPage(browser, { viewport: { width: POSTER.width, height: 1200 }, colorScheme: theme });
      await page.goto(`${server.url}embed/${name}/?autorun=1&theme=${theme}`);
      const shown = lab(page, name);
      // The training lab waits for the learner: some real steps make its picture.
      if (name === 'train') {
        await page.locator('[data-preset="nano"]').click();
        await page.locator('.train-text [data-characters]').waitFor();
        await page.locator('[data-action="train"]').click();
        await page.waitForFunction(() => Number(document.querySelector('[data-train-state]')?.dataset.step) >= 30, undefined, { timeout: 120_000 });
        await page.locator('[data-action="pause"]').click();
        await page.waitForFunction(() => document.querySelector('[data-train-state]')?.dataset.trainState === 'paused', undefined, { timeout: 60_000 });
        await page.locator('.train-live').scrollIntoViewIfNeeded();
      } else if (name === 'board') {
        await page.locator('[data-action="train"]').click();
        await page.waitForFunction(() => Number(document.querySelector('.lab-board')?.dataset.step) >= 60, undefined, { timeout: 120_000 });
        await page.locator('[data-action="pause"]').click();
        await waitState(shown, 'done');
      } else if (name === 'families') {
        await page.locator('[data-action="all"]').click();
        await waitState(shown, 'running');
        await waitState(shown, 'done', 240_000);
        await page.locator('input[name="families-family"][value="encoder-decoder"]').check();
        await page.locator('.lab-families .heat-canvas').waitFor();
      } else {
        await waitState(shown, ['done', 'idle']);
      }
      await page.waitForTimeout(300);
      const box = await ({ train: page.locator('.train-live').first(), board: page.locator('.board-completions').first(), families: page.locator('.families-caption').last() }[name] ?? shown).boundingBox();
      const { scrollY } = await page.evaluate(() => ({ scrollY: window.scrollY }));
      const clip = { x: 0, y: Math.max(0, Math.round(box.y + scrollY) - 12), width: POSTER.width, height: POSTER.height };
      const png = await page.screenshot({ clip, fullPage: true });
      const bytes = await webp(page, png, POSTER.most);
      writeFileSync(path.join(ROOT, `public/posters/${name}-${theme}.webp`), bytes);
      console.log(`public/posters/${name}-${theme}.webp: ${bytes.length} bytes`);
      await page.context().close();
    }
  }
}

const CARD_STYLE = `
  html { background: #0e141a; color: #e7eef5; font-family: system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
  body { box-sizing: border-box; width: 1200px; height: 630px; margin: 0; padding: 72px 80px; border-top: 14px solid #6fb7fb;
    display: flex; flex-direction: column; }
  h1 { margin: auto 0 28px; font-size: 76px; line-height: 1.1; letter-spacing: -0.02em; }
  p { margin: 0; font-size: 34px; line-height: 1.4; color: #a5b4c3; }
  .brand { font-size: 36px; font-weight: 700; color: #6fb7fb; }
  .last { margin-top: auto; font-size: 26px; }`;

async function cards(browser) {
  mkdirSync(path.join(ROOT, 'public/cards'), { recursive: true });
  const lessons = json('pages.json').filter(({ path: at }) => /^learn\/.+/.test(at));
  const all = [
    { name: 'glassbox', title: 'See how a language model works, inside', summary: 'Lessons with live labs: run and train small GPTs in your browser, and look at every number.' },
    ...lessons.map(({ path: at, title, summary }) => ({ name: at.split('/')[1], title, summary })),
  ];
  for (const { name, title, summary } of all.filter(({ name }) => wanted(name))) {
    const page = await freshPage(browser, { viewport: CARD, deviceScaleFactor: 1 });
    await page.setContent(`<style>${CARD_STYLE}</style><p class="brand">Glassbox</p><h1></h1><p class="summary"></p><p class="last">Free, without an account, on your own device</p>`);
    await page.evaluate(([title, summary]) => {
      document.querySelector('h1').textContent = title;
      document.querySelector('.summary').textContent = summary.length > 170 ? `${summary.slice(0, summary.lastIndexOf(' ', 165))} …` : summary;
    }, [title, summary]);
    const bytes = await page.screenshot();
    if (bytes.length > CARD.most) throw new Error(`the card of ${name} has ${bytes.length} bytes`);
    writeFileSync(path.join(ROOT, `public/cards/${name}.png`), bytes);
    console.log(`public/cards/${name}.png: ${bytes.length} bytes`);
    await page.context().close();
  }
}

if (!existsSync(path.join(site, 'pages.json'))) throw new Error(`${site} is no built site: run \`cargo xtask dist\` first, or name one with --site`);
const browser = await launch();
const server = await start({ root: site });
try {
  if (only !== 'cards') await posters(browser, server);
  if (only !== 'posters') await cards(browser);
} finally {
  await browser.close();
  await server.stop();
}
