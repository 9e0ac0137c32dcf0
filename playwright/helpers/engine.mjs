// The engine from outside: its worker, and what the page says about it.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DIST } from './site.mjs';

/** What the page calls the CPU, and the software adapter that `launch({ gpu: true })` gives a browser. */
export const CPU = /^CPU\b/;
export const GPU = /^WebGPU \(.*swiftshader.*\)$/i;

/** The software adapter takes half a second for a step, and seconds to compile its shaders. */
export const SLOW = 240_000;

/** Without it every test on WebGPU would only say that it waited too long. */
export const assertHasGpu = () => assert.ok(existsSync(path.join(DIST, 'worker-gpu.js')),
  'The site was built without its WebGPU engine: run `cargo xtask dist` without --cpu-only.');

/** The dedicated worker that runs the engine; those beside it, without tensors, are not meant. One that was ended may take the browser a moment to clear away. */
export async function engineWorker(page, timeout = 30_000) {
  const until = Date.now() + timeout;
  const engines = () => page.workers().filter((worker) => !/worker-(plain|words)/.test(worker.url()));
  while (engines().length !== 1 && Date.now() < until) await page.waitForTimeout(50);
  assert.equal(engines().length, 1, 'there is exactly one worker');
  const beside = page.workers().filter((worker) => !engines().includes(worker)).map((worker) => new URL(worker.url()).pathname);
  assert.equal(new Set(beside).size, beside.length, `each program beside it runs once at most: ${beside}`);
  return engines()[0];
}

/** Waits until the header says that the engine is `idle`, `starting`, `ready`, `restarting` or `stopped`. */
export const waitEngine = (page, state = 'ready', timeout = 60_000) => page
  .locator(`[data-engine-state="${state}"]`).waitFor({ timeout });

/** What computes, as the header says. */
export const deviceName = (page) => page.locator('[data-device-name]').innerText();

/** The switch beside it. */
export const deviceChoice = (page) => page.locator('[data-action="device"]');

/** Waits until the header names such a device. */
export const waitDevice = (page, name) => page.waitForFunction(
  ([source, flags]) => new RegExp(source, flags).test(document.querySelector('[data-device-name]')?.textContent ?? ''),
  [name.source, name.flags], { timeout: SLOW });
