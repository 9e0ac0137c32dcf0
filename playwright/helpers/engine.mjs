// The engine from outside: its worker, and what the page says about it.

import assert from 'node:assert/strict';

/** The dedicated worker that runs the engine. One that was ended may take the browser a moment to clear away. */
export async function engineWorker(page, timeout = 30_000) {
  const until = Date.now() + timeout;
  while (page.workers().length !== 1 && Date.now() < until) await page.waitForTimeout(50);
  assert.equal(page.workers().length, 1, 'there is exactly one worker');
  return page.workers()[0];
}

/** Waits until the header says that the engine is `idle`, `starting`, `ready`, `restarting` or `stopped`. */
export const waitEngine = (page, state = 'ready', timeout = 60_000) => page
  .locator(`[data-engine-state="${state}"]`).waitFor({ timeout });

/** What computes, as the header says. */
export const deviceName = (page) => page.locator('[data-device-name]').innerText();
