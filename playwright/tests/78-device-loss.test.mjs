// The graphics device is lost in mid-training: destroyed, or gone with the browser's GPU process. Training goes on
// from its last checkpoint on a new device; when WebGPU fails three times within a minute, it goes on on the CPU.
// Everything is counted from the loss and in steps, because the software adapter's speed says nothing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, launch, open } from '../helpers/browser.mjs';
import { assertHasGpu, CPU, deviceName, engineWorker, GPU, SLOW, waitDevice, waitEngine } from '../helpers/engine.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST } from '../helpers/site.mjs';
import { LESSON, reading, trainLab, trainOwn, waitStep, waitTrain } from '../helpers/train.mjs';
import { start } from '../server.mjs';

/** A new device must compute within this time after the loss was noticed. */
const RECOVERED_MS = 5_000;
/** What the browser says on the console of a crash that was asked for is no fault of the page. */
const CRASH_NOISE = /console error: .*(GPU|WebGPU|Instance|device)/is;
const SETTINGS = { layers: 1, heads: 1, d_model: 16, context: 8, batch: 16, learning_rate: 0.02, warmup: 5, steps: 50_000 };

let server;
before(async () => {
  assertHasGpu();
  server = await start({ root: DIST });
});
after(() => server.stop());

/** A browser of its own, because a lost GPU process is remembered; the page trains on WebGPU and has a checkpoint. */
async function training(t) {
  const browser = await launch({ gpu: true });
  // A test that fails must not leave a training behind, which would fill the processor beside the next.
  t.after(() => browser.close());
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await page.addInitScript(() => {
    localStorage.setItem('glassbox-device', 'gpu');
    // What the header and the lab said, and when: [ms, engine state, device, step, times recovered].
    window.seen = [];
    const look = () => {
      const engine = document.querySelector('[data-engine-state]');
      const lab = document.querySelector('[data-train-state]');
      const now = [engine?.dataset.engineState, engine?.querySelector('[data-device-name]')?.textContent,
        lab?.dataset.step, lab?.querySelector('[data-recovered]')?.dataset.recovered];
      if (String(window.seen.at(-1)?.slice(1)) !== String(now)) window.seen.push([performance.now(), ...now]);
    };
    // Not by frames: without its GPU process the browser paints none for a while.
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await open(page, server, LESSON);
  await waitDevice(page, GPU);
  await trainOwn(page, SETTINGS);
  const kept = await waitStep(page, 1, { attribute: 'savedStep', timeout: SLOW });
  return { browser, page, record, kept };
}

/** Back in the lesson the training has been brought back so often, and makes new steps. Answers what the lab says. */
async function assertGoesOn(page, kept, times) {
  await page.waitForFunction(
    (times) => Number(document.querySelector('[data-train-state] [data-recovered]')?.dataset.recovered) >= times,
    times, { timeout: SLOW });
  const notice = await trainLab(page).locator('.train-notice').innerText();
  const from = Number(/goes on from step (\d+)\.$/.exec(notice)?.[1]);
  assert.ok(from >= kept.savedStep, `from step ${from}, kept was ${kept.savedStep}: ${notice}`);
  await waitTrain(page, ['running', 'finished'], SLOW);
  await waitStep(page, from + 2, { timeout: SLOW });
  return { notice, ...(await reading(page)) };
}

/** Seconds from the moment the page noticed the newest loss until a device was there, and until the next new step. */
async function recovery(page) {
  const seen = await page.evaluate(() => window.seen);
  const noticed = seen.findLastIndex(([, state], i) => state === 'restarting' && seen[i - 1]?.[1] !== 'restarting');
  const ready = seen.findIndex(([, state], i) => i > noticed && state === 'ready');
  const [back] = seen.slice(ready).filter(([, , , step, recovered], i, rest) => (
    i > 0 && Number(recovered) >= 1 && Number(step) > Number(rest[i - 1][3])));
  const after = (entry) => (entry ? entry[0] - seen[noticed][0] : NaN);
  return { device: after(seen[ready]), step: after(back) };
}

const inWords = ({ device, step }) => `a new device after ${(device / 1000).toFixed(1)} s, the next step after ${(step / 1000).toFixed(1)} s`;

/** Goes to the Engine room without loading the page anew, and destroys the device there. */
async function loseInEngineRoom(page, generation) {
  await page.locator('[data-action="drill-device"]').click();
  await page.waitForFunction(
    (before) => Number(document.querySelector('[data-output="generation"]').textContent) > before, generation, { timeout: SLOW });
  await page.locator('[data-drill-state="recovered"]').waitFor({ timeout: SLOW });
  assert.match(await page.locator('[data-output="drill-said"]').innerText(), /the graphics device was lost/);
}

const generation = (page) => page.locator('[data-output="generation"]').innerText().then(Number);

async function toEngineRoom(page) {
  await page.locator('.site-nav a[href$="engine/"]').click();
  await page.locator('[data-action="drill-device"]').waitFor();
}

test('the device is destroyed: training goes on from its checkpoint on a new one', async (t) => {
  const { page, record, kept } = await training(t);
  const worker = await engineWorker(page);
  await toEngineRoom(page);
  await page.locator('[data-action="drill-device"]').click();
  await page.goBack();
  const now = await assertGoesOn(page, kept, 1);
  const took = await recovery(page);
  console.log(`# device.destroy (“${now.notice}”): ${inWords(took)}`);
  assert.match(now.notice, /the graphics device was lost/);
  assert.match(await deviceName(page), GPU, 'the new device is one of WebGPU');
  assert.notEqual(await engineWorker(page), worker, 'a fresh worker has it');
  assert.ok(took.device < RECOVERED_MS, inWords(took));
  record.forget(CRASH_NOISE);
  record.assertClean('a destroyed device');
});

test('the GPU process crashes: a new device; it crashes again and the browser offers none: the CPU goes on', async (t) => {
  const { browser, page, record, kept } = await training(t);
  const devtools = await browser.newBrowserCDPSession();
  await devtools.send('Browser.crashGpuProcess');
  const now = await assertGoesOn(page, kept, 1);
  assert.match(await deviceName(page), GPU);
  const took = await recovery(page);
  console.log(`# crashed GPU process (“${now.notice}”): ${inWords(took)}`);
  assert.ok(took.device < RECOVERED_MS, inWords(took));

  // Chromium does not start the GPU process of this adapter a third time.
  await devtools.send('Browser.crashGpuProcess');
  const notice = page.locator('[data-toast="notice"] p');
  await notice.waitFor({ timeout: SLOW });
  assert.match(await notice.innerText(), /^The CPU computes now, because WebGPU failed three times within a minute; the last time .+ Choose WebGPU above to try it again\.$/);
  await assertGoesOn(page, kept, 2);
  assert.match(await deviceName(page), CPU);
  console.log(`# crashed again, no adapter is left: the CPU ${inWords(await recovery(page))}`);
  record.forget(CRASH_NOISE);
  record.assertClean('a crashed GPU process');
});

test('three losses within a minute: the CPU takes over with a notice, and training goes on there', async (t) => {
  const { page, record, kept } = await training(t);
  await toEngineRoom(page);
  const before = await generation(page);
  for (let loss = 1; loss <= 2; loss += 1) {
    await loseInEngineRoom(page, before + loss - 1);
    assert.match(await deviceName(page), GPU, `after loss ${loss}`);
  }
  await loseInEngineRoom(page, before + 2);
  await waitEngine(page, 'ready', SLOW);
  assert.match(await deviceName(page), CPU);
  const notice = page.locator('[data-toast="notice"] p');
  assert.match(await notice.innerText(), /^The CPU computes now, because WebGPU failed three times within a minute; the last time the graphics device was lost.* Choose WebGPU above to try it again\.$/);
  await page.goBack();
  await assertGoesOn(page, kept, 1);
  assert.match(await deviceName(page), CPU);

  // On the CPU there is no device to lose, and the drill says so.
  await toEngineRoom(page);
  await page.locator('[data-action="drill-device"]').click();
  await page.locator('[data-drill-result]').filter({ hasText: 'The CPU cannot be lost.' }).waitFor();
  assert.equal(await page.locator('.drills').getAttribute('data-drill-state'), 'recovered');
  record.forget(CRASH_NOISE);
  record.assertClean('three lost devices');
});
