import { freshPage, launch, open, lab } from './helpers/browser.mjs';
import { start } from './server.mjs';
const server = await start({ root: '/work/main/dist' });
const browser = await launch();
const page = await freshPage(browser, { serviceWorkers: 'block', viewport: { width: 1100, height: 900 } });
page.on('console', (m) => console.log('c:', m.text().slice(0, 200)));
page.on('pageerror', (m) => console.log('e:', m));
await open(page, server, 'learn/quantization-int4/');
const root = lab(page, 'quantize');
await root.waitFor();
for (let i = 0; i < 14; i++) { await page.waitForTimeout(1500); console.log(i, await root.getAttribute('data-state'), (await root.locator('[data-output="says"]').innerText()).slice(0, 160), '|', (await root.locator('.lab-error').first().innerText()).slice(0, 200)); }
await root.screenshot({ path: '/tmp/quant.png' });
await browser.close(); await server.stop();
