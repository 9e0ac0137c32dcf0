// Which program computes: relaxed SIMD where the browser has it, plain SIMD128 otherwise or on request; and what
// the Engine room says about the measure that chooses between CPU and WebGPU.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, launch, open, waitReady, waitState } from '../helpers/browser.mjs';
import { deviceChoice, deviceName, engineWorker, waitEngine } from '../helpers/engine.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

const fact = (page, name) => page.locator(`[data-output="${name}"]`).innerText();
const program = async (page) => new URL((await engineWorker(page)).url()).pathname.replace(/.*\/(worker[^/]*)_loader\.js$/, '$1');

async function visit({ prepare = async () => {}, from = browser } = {}) {
  const page = await freshPage(from, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await prepare(page);
  await open(page, server, 'engine/');
  await waitEngine(page);
  return { page, record };
}

async function assertComputes(page) {
  await waitState(lab(page, 'engine'), 'done');
  assert.ok(await page.locator('[data-output="self-test"] tbody tr').count() >= 3);
  assert.equal(await page.locator('[data-output="self-test"] tr[data-passed="false"]').count(), 0);
}

/** The WebAssembly of an older browser: every program with a relaxed SIMD instruction is invalid. */
const withoutRelaxed = (page) => page.addInitScript(() => {
  const { validate } = WebAssembly;
  WebAssembly.validate = (bytes) => {
    const all = new Uint8Array(bytes.buffer ?? bytes);
    const relaxed = all.some((byte, i) => byte === 0xfd && all[i + 1] >= 0x80 && all[i + 2] === 2);
    return !relaxed && validate(bytes);
  };
});

test('relaxed SIMD is found by probing, named, and can be overridden; the choice outlives a reload', async () => {
  const { page, record } = await visit();
  assert.equal(await program(page), 'worker-relaxed');
  assert.equal(await deviceName(page), 'CPU, relaxed SIMD');
  assert.match(await fact(page, 'simd'), /^relaxed SIMD/);
  assert.match(await fact(page, 'threads'), /^not used: .*nightly.* This page is not cross-origin isolated/);
  await assertComputes(page);

  await deviceChoice(page).selectOption('cpu-simd');
  await page.waitForFunction(() => document.querySelector('[data-device-name]').textContent === 'CPU, SIMD128');
  assert.equal(await program(page), 'worker');
  await assertComputes(page);
  await page.reload();
  await waitReady(page);
  await waitEngine(page);
  assert.equal(await deviceChoice(page).inputValue(), 'cpu-simd');
  assert.equal(await program(page), 'worker');

  await deviceChoice(page).selectOption('cpu-relaxed');
  await page.waitForFunction(() => document.querySelector('[data-device-name]').textContent === 'CPU, relaxed SIMD');
  assert.equal(await program(page), 'worker-relaxed');
  record.assertClean('choosing a program');
  await page.context().close();
});

test('a browser without relaxed SIMD gets the plain program and never loads the other', async () => {
  const { page, record } = await visit({ prepare: withoutRelaxed });
  assert.equal(await program(page), 'worker');
  assert.equal(await deviceName(page), 'CPU, SIMD128');
  assert.match(await fact(page, 'simd'), /^SIMD128; this browser refused/);
  assert.equal(await page.locator('[data-toast="notice"]').count(), 0, 'nothing went wrong');
  assert.ok(await deviceChoice(page).locator('option[value="cpu-relaxed"]').isDisabled(), 'what does not run cannot be chosen');
  await assertComputes(page);
  record.assertClean('an older browser');
  await page.context().close();
});

test('a browser without SIMD128 says so in a sentence, and the text reads', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await page.addInitScript(() => { WebAssembly.validate = () => false; });
  // The page's own program uses SIMD128, so such a browser refuses it.
  server.spoil((pathname) => (/\/web-[^/]*\.wasm$/.test(pathname) ? { status: 404 } : null));
  await page.goto(`${server.url}learn/`);
  const card = page.locator('.repair-card');
  await card.waitFor();
  assert.match(await card.innerText(), /has no SIMD128/);
  assert.ok((await page.locator('main').innerText()).length > 100);
  server.spoil(() => null);
  await page.context().close();
});

test('a relaxed program that does not start is replaced by the plain one, with a notice', async () => {
  const spoil = { status: 200, type: 'application/wasm', body: Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]) };
  server.spoil((pathname) => (pathname === '/worker-relaxed_bg.wasm' ? spoil : null));
  const { page, record } = await visit();
  server.spoil(() => null);
  assert.equal(await deviceName(page), 'CPU, SIMD128');
  assert.equal(await program(page), 'worker');
  const notice = await page.locator('[data-toast="notice"] p').innerText();
  assert.match(notice, /^The CPU computes with plain SIMD128 now, which is slower, because its program for relaxed SIMD did not start: .+\.$/);
  await assertComputes(page);
  record.forget(/console/);
  record.assertClean('a spoilt program');
  await page.context().close();
});

const measured = async (page) => {
  await page.locator('[data-output="ladder"][data-measured="true"]').waitFor({ timeout: 60_000 });
  const rows = await page.locator('[data-output="choices"] tbody tr').evaluateAll((rows) => rows.map((row) => (
    { chosen: row.dataset.chosen, why: row.lastElementChild.textContent })));
  return { said: await fact(page, 'ladder'), rows };
};

test('the measure at start is shown with its reasons; without an adapter the CPU is chosen', async () => {
  const { page, record } = await visit();
  const { said, rows } = await measured(page);
  console.log(`# ${said}`);
  assert.match(said, /^The CPU (makes [\d.]+ GFLOP\/s|was too busy).*; there is no WebGPU adapter\. Measuring took \d+ ms\.$/);
  assert.ok(Number(/took (\d+) ms/.exec(said)[1]) <= 150, 'a tenth of a second, and some room on a busy test machine');
  assert.equal(rows.length, 3);
  for (const { chosen, why } of rows) assert.deepEqual([chosen, why], ['cpu', 'This browser offers no WebGPU adapter.']);
  record.assertClean('the measure');
  await page.context().close();
});

test('a software adapter loses: by what it says, and if it hides that, by what is measured', async () => {
  const gpu = await launch({ gpu: true });
  const honest = await visit({ from: gpu });
  const first = await measured(honest.page);
  assert.match(first.said, /emulated in software, so it was not measured/);
  assert.ok(first.rows.every(({ chosen, why }) => chosen === 'cpu' && /emulated in software/.test(why)));
  honest.record.assertClean('an honest adapter');

  const disguised = await visit({
    from: gpu,
    prepare: (page) => page.addInitScript(() => {
      for (const name of ['vendor', 'architecture', 'device', 'description']) {
        Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => (name === 'vendor' ? 'a card' : '') });
      }
      Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });
    }),
  });
  const second = await measured(disguised.page);
  console.log(`# ${second.said} ${second.rows.at(-1).why}`);
  assert.match(second.said, /a card (needs [\d.]+ ms|could not be measured)/);
  assert.ok(second.rows.every(({ chosen }) => chosen === 'cpu'), JSON.stringify(second.rows));
  assert.match(await deviceName(disguised.page), /^CPU/);
  disguised.record.assertClean('a disguised adapter');
  await gpu.close();
});
