import { freshPage, launch, open } from './helpers/browser.mjs';
import { start } from './server.mjs';
const server = await start({ root: '/work/main/dist' });
const browser = await launch();
for (const to of process.argv.slice(2)) {
  const page = await freshPage(browser, { viewport: { width: 360, height: 800 }, serviceWorkers: 'block' });
  await open(page, server, to);
  await page.waitForTimeout(3000);
  const wide = await page.evaluate(() => [document.documentElement.scrollWidth, [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > 361 && !e.closest('.table-scroll, pre, .scroll, [class*=scroll]')).slice(0, 12).map((e) => `${e.tagName}.${e.className?.baseVal ?? e.className} ${Math.round(e.getBoundingClientRect().right)} ${(e.textContent ?? '').slice(0, 40)}`)]);
  console.log(to, JSON.stringify(wide, null, 1));
  await page.context().close();
}
await browser.close(); await server.stop();
