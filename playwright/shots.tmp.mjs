import { freshPage, lab, launch, waitState } from '/work/main/playwright/helpers/browser.mjs';
import { start } from '/work/main/playwright/server.mjs';
const server = await start({ root: '/work/main/dist' });
const browser = await launch();
for (const name of process.argv.slice(2)) {
  for (const [tag, w, theme] of [['light', 1000, 'light'], ['dark', 1000, 'dark'], ['360', 360, 'dark']]) {
    const page = await freshPage(browser, { viewport: { width: w, height: 900 }, colorScheme: theme });
    const t0 = Date.now();
    await page.goto(`${server.url}embed/${name}/?autorun=1&theme=${theme}`);
    const root = lab(page, name);
    await root.waitFor();
    await waitState(root, ['done','failed'], 4000).catch(() => {});
    if (await root.getAttribute('data-state') === 'idle') {
      await root.screenshot({ path: `/tmp/shots/${name}-${tag}-idle.png` });
      const start = root.locator('button.primary, button[data-action="run"], button[data-action="start"]').first();
      if (await start.count()) { await start.click(); await waitState(root, ['done','failed'], 45000).catch((e) => console.log(name, tag, String(e).slice(0, 100))); }
      else console.log(name, 'no start');
    }
    console.log(name, tag, Date.now() - t0, await root.getAttribute('data-state'));
    await page.waitForTimeout(700);
    await root.screenshot({ path: `/tmp/shots/${name}-${tag}.png` }).catch((e) => console.log(String(e).slice(0,200)));
    await page.context().close();
  }
}
await browser.close(); await server.stop();
