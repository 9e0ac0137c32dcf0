// Chromium with a fresh profile each time, on the CPU or with WebGPU on the software adapter.

import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const GPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
const NO_GPU_FLAGS = ['--disable-features=WebGPU,WebGPUService'];

/** Starts a browser; `gpu` gives it a WebGPU adapter (software), otherwise it has none. */
export function launch({ gpu = false } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...FLAGS, ...(gpu ? GPU_FLAGS : NO_GPU_FLAGS)],
  });
}

/**
 * A fresh profile with one page; options are Playwright's, such as `colorScheme` or `viewport`. Labs, listings and the
 * desk start when the reader comes near them; here everything counts as near, unless `asReader` is set.
 */
export async function freshPage(browser, { asReader = false, ...options } = {}) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  if (!asReader) await context.addInitScript(everythingIsNear);
  return context.newPage();
}

export function everythingIsNear() {
  window.IntersectionObserver = class {
    constructor(seen) { this.seen = seen; }

    observe(target) { setTimeout(() => this.seen([{ isIntersecting: true, target }])); }

    unobserve() {}
  };
}

/** The page's program has taken over. */
export const waitReady = (page, timeout = 30_000) => page.waitForFunction(
  () => document.documentElement.dataset.ready !== undefined, undefined, { timeout });

/** Each part of the desk on this page is drawn; “continue” is only for somebody who has begun. */
export const waitDrawn = (page, timeout = 30_000) => page.waitForFunction(
  () => [...document.querySelectorAll('main .desk-slot:not([data-desk="continue"])')]
    .every((slot) => 'live' in slot.dataset && slot.ariaBusy !== 'true'),
  undefined, { timeout });

/** Every file is kept for offline use and the service worker answers for this page. */
export const waitOffline = (page, timeout = 60_000) => page.waitForFunction(
  () => document.documentElement.dataset.offline === 'ready' && navigator.serviceWorker.controller !== null,
  undefined, { timeout });

/** Opens an address below the site's root and waits until the page's program runs. */
export async function open(page, server, path = '') {
  const response = await page.goto(server.url + path);
  await waitReady(page);
  return response;
}

/** A lab on the page, by its name. */
export const lab = (page, name) => page.locator(`[data-lab="${name}"][data-state]`).first();

/** Waits until a lab says it is in one of the states, and answers which. */
export async function waitState(labLocator, states, timeout = 60_000) {
  const wanted = [states].flat();
  const selector = wanted.map((state) => `[data-state="${state}"]`).join(',');
  await labLocator.and(labLocator.page().locator(selector)).waitFor({ state: 'attached', timeout });
  return labLocator.getAttribute('data-state');
}

/** Sets a lab up as a link or an exercise does, and forgets what it told before. */
export const setLab = (page, name, knobs) => page.evaluate(async ([name, knobs]) => {
  document.querySelector(`section[data-lab="${name}"]`).removeAttribute('data-outcome');
  dispatchEvent(new CustomEvent('glassbox-set', { detail: JSON.stringify({ lab: name, knobs }) }));
  // The lab is rebuilt in microtasks, so it is there when the next task begins.
  await new Promise((resolve) => { setTimeout(resolve); });
}, [name, knobs]);

/** What a lab last told those who score exercises: `{ final, values }`, or null if nothing yet. */
export async function outcome(page, name) {
  const told = await page.locator(`section[data-lab="${name}"]`).first().getAttribute('data-outcome');
  return told && JSON.parse(told);
}
