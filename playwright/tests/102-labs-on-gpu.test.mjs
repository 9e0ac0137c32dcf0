// Every lab with WebGPU chosen and on the CPU: driven to its first result by keyboard, it finds the same, tells no fault,
// and the page says truly where the work was done. The adapter is Chromium's software one, so every run is short.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freshPage, lab, launch, open, outcome, setLab, waitState } from '../helpers/browser.mjs';
import {
  assertHasGpu, CPU, deviceChoice, deviceName, engineWorker, GPU, SLOW, waitDevice, waitEngine,
} from '../helpers/engine.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST, ROOT } from '../helpers/site.mjs';
import { ownText } from '../helpers/train.mjs';
import { start } from '../server.mjs';

/** Presses a button of the lab as somebody without a mouse does. */
const press = (selector) => async (root) => {
  await root.locator(selector).first().focus();
  await root.page().keyboard.press('Enter');
};
const action = (name) => press(`[data-action="${name}"]`);

/** Moves the slider of a prediction by one, then measures. */
async function predict(root) {
  await root.locator('[data-field="guess"]').focus();
  await root.page().keyboard.press('ArrowRight');
  await action('measure')(root);
}

/** What the self-test compared, and that it passed. */
async function selfTest(root) {
  const rows = root.locator('[data-output="self-test"] tbody tr');
  return rows.evaluateAll((all) => Object.fromEntries(all.map((row) => [row.cells[0].textContent, row.dataset.passed])));
}

/** What the worker read in the model that is shipped, once it has. */
async function shelf(root) {
  const facts = root.locator('.model-built-in .model-facts');
  await facts.filter({ hasText: 'parameters' }).waitFor();
  return { built_in: await facts.innerText(), news: await root.locator('[data-output="news"]').innerText() };
}

/**
 * How each lab comes to its first result: `knobs` as a link sets them; `drive` what a person does; `told` a value that
 * is only there then. Of its values those in `timed` are only positive (or a name), `slopes` of times only numbers, those in `near`
 * differ by so much at most, all others are equal; with `fused` all numbers may differ by that much, because jobs without
 * tensors run with relaxed SIMD beside WebGPU, which rounds a product and a sum once, and here without it. `submits` where the GPU itself computes, not the CPU beside it;
 * `worked` is the lab's own line about who did.
 */
const LABS = {
  architecture: {},
  attention: {},
  'attention-cost': {
    knobs: 'longest=256', drive: predict, timed: /^(whole_ms|doubling|guess_factor)/, slopes: /^exponent_/,
  },
  backprop: {},
  block: {},
  board: { knobs: 'source=reverse&steps=40', drive: action('train') },
  chat: {
    knobs: 'tokens=8&temperature=0&prompt=Once',
    drive: async (root) => {
      await root.locator('[data-action="open-file"]').setInputFiles(path.join(ROOT, 'engine/core/tests/llama/tiny.gguf'));
      await root.locator('[data-stage="ready"]').waitFor();
      await action('send')(root);
    },
    told: 'answer_tokens',
    fused: 1e-4,
  },
  complete: { knobs: 'tokens=16', worked: ['summary', /^CPU\b/] },
  edge: { knobs: 'tokens=8', drive: action('run'), slopes: /(_ms|per_second|break_even)$/ },
  compress: { knobs: 'format=int8', drive: action('score'), fused: 1e-5 },
  distil: { knobs: 'steps=20&rate=0.001', drive: action('distil'), fused: 1e-4 },
  embeddings: { knobs: 'steps=20000', drive: action('learn') },
  engine: { found: selfTest, submits: true },
  export: {},
  families: { knobs: 'layers=1&steps=20', drive: press('tr[data-family="encoder"] [data-action="one"]') },
  formats: {},
  intervene: { knobs: 'changes=head-1-4*0' },
  lora: { knobs: 'steps=20&batch=1&rank=1', drive: press('tr[data-method="biases"] [data-action="one"]'), fused: 1e-4 },
  matmul: { knobs: 'size=32&largest=32', drive: predict, timed: /^(gflops_|speedup|guess_factor|fastest)/, worked: ['machine', /^Kernel variant in use: SIMD128;/] },
  models: {
    drive: (root) => root.locator('[data-action="import"]').setInputFiles(path.join(ROOT, 'public/models/copy.safetensors')),
    found: shelf,
  },
  positions: { knobs: 'steps=40', drive: press('tr[data-scheme="rope"] [data-action="one"]') },
  quantize: { knobs: 'model=copying&windows=2', timed: /^speed_/, fused: 1e-4 },
  prune: { knobs: 'steps=2', drive: action('prune'), timed: /_speedup$/, fused: 1e-4 },
  sampling: { knobs: 'tokens=8', drive: action('write'), told: 'left_log_probability' },
  sentences: {
    drive: async (root) => {
      await root.locator('[data-action="open-file"]').setInputFiles(path.join(ROOT, 'engine/plain/tests/encoder/tiny-int8.safetensors'));
    },
    fused: 1e-4,
  },
  tokenizer: { knobs: 'step=5', told: 'made' },
  train: {
    knobs: new URLSearchParams({
      own: ownText(), size: 'nano', layers: 1, heads: 1, d_model: 16, context: 8, batch: 8, steps: 10, warmup: 2,
      learning_rate: 0.02,
    }).toString(),
    drive: action('train'), near: { val_loss: 1e-3, train_loss: 1e-3, series_val_loss: 1e-3 }, submits: true,
  },
};

const EMBEDS = JSON.parse(readFileSync(path.join(DIST, 'embeds.json'), 'utf8'));
/** The lab's lesson; those that no other site can show have a page of their own. */
const pageOf = (name) => EMBEDS.find((embed) => embed.lab === name)?.lesson ?? `${name}/`;

let browser;
let server;
const visits = {};

/** A visit with the device chosen in the header; the labs are then gone to without loading anew, so its worker stays. */
async function visit(choice, device) {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'models/');
  await deviceChoice(page).selectOption(choice);
  await waitDevice(page, device);
  await waitEngine(page);
  const worker = await engineWorker(page);
  // Counts what the worker hands over to a GPU.
  await worker.evaluate(() => {
    const { submit } = GPUQueue.prototype;
    self.submitted = 0;
    GPUQueue.prototype.submit = function counted(...commands) {
      self.submitted += 1;
      return submit.apply(this, commands);
    };
  });
  return { page, record, worker, device };
}

before(async () => {
  assertHasGpu();
  // The CPU's visit has an adapter too, so that it is seen to leave it alone.
  browser = await launch({ gpu: true });
  server = await start({ root: DIST });
  visits.gpu = await visit('gpu', GPU);
  // The kernels beside the GPU are built for the same instructions; relaxed SIMD rounds as the machine does.
  visits.cpu = await visit('cpu-simd', CPU);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Goes to a page as a link does, without loading anew. */
async function follow(page, to) {
  await page.evaluate((to) => {
    const link = Object.assign(document.createElement('a'), { href: to, textContent: to });
    document.querySelector('main').append(link);
    link.click();
  }, to);
  await page.waitForFunction((to) => location.href === new URL(to, document.baseURI).href, to);
}

/** Waits until the lab has its result, or says why not; answers its values. */
async function values(page, name) {
  const { told, found } = LABS[name];
  const root = lab(page, name);
  await page.waitForFunction(([name, told, found]) => {
    const { state, outcome } = document.querySelector(`section[data-lab="${name}"]`).dataset;
    const { final, values } = JSON.parse(outcome ?? '{}');
    return state === 'failed' || (state === 'done' && (found || (final && (!told || values[told]))));
  }, [name, told, Boolean(found)], { timeout: SLOW });
  const said = await root.locator('.lab-error').first().innerText();
  assert.equal(await root.getAttribute('data-state'), 'done', said);
  return found ? found(root) : (await outcome(page, name)).values;
}

/** Drives the lab to its first result, and answers its values. */
async function result({ page, record, worker, device }, name) {
  const { knobs, drive, submits, worked } = LABS[name];
  const submitted = () => worker.evaluate(() => self.submitted);
  await follow(page, pageOf(name));
  const root = lab(page, name);
  await root.waitFor({ state: 'attached' });
  const before = await submitted();
  if (knobs) await setLab(page, name, knobs);
  await drive?.(root);
  const all = await values(page, name);

  assert.match(await deviceName(page), device, 'the header says what was chosen');
  assert.equal(await engineWorker(page), worker, 'no worker was lost');
  const count = await submitted() - before;
  assert.equal(count > 0, device === GPU && Boolean(submits), `${count} submissions to a GPU`);
  if (worked) assert.match(await root.locator(`[data-output="${worked[0]}"]`).innerText(), worked[1]);
  record.assertClean(`${name}: ${device}`);
  return all;
}

function assertSame(name, cpu, gpu) {
  const { timed, slopes, near = {}, fused = 0 } = LABS[name];
  const agree = (key, a, b) => {
    if (timed?.test(key)) return [a, b].every((value) => value > 0 || (typeof value === 'string' && value !== ''));
    if (slopes?.test(key)) return Number.isFinite(a) && Number.isFinite(b);
    const [all, others] = [[a].flat(), [b].flat()];
    const numbers = [...all, ...others].every((value) => typeof value === 'number');
    if (!(key in near) && !(fused && numbers)) return JSON.stringify(a) === JSON.stringify(b);
    const most = near[key] ?? fused;
    return all.length === others.length && all.every((value, at) => Math.abs(value - others[at]) <= most);
  };
  assert.deepEqual(Object.keys(gpu), Object.keys(cpu));
  assert.ok(Object.keys(cpu).length > 0, 'something was found');
  const apart = Object.keys(cpu).filter((key) => !agree(key, cpu[key], gpu[key]));
  assert.deepEqual(apart.map((key) => [key, cpu[key], gpu[key]]), [], 'on the CPU and with WebGPU');
}

const source = readFileSync(path.join(ROOT, 'web/labs/src/labs/mod.rs'), 'utf8');
const names = [...source.matchAll(/^ {4}"([\w-]+)" => \w+,$/gm)].map(([, name]) => name);

test('every lab has its line here', () => {
  assert.ok(names.length > 0);
  assert.deepEqual(names.toSorted(), Object.keys(LABS).toSorted());
});

// The training first: it measures the device once for each worker, and the board has it on its page.
for (const name of names.toSorted((a, b) => (b === 'train') - (a === 'train'))) {
  test(name, async () => {
    const began = Date.now();
    const cpu = await result(visits.cpu, name);
    const between = Date.now();
    const gpu = await result(visits.gpu, name);
    console.log(`# ${name}: CPU ${between - began} ms, with WebGPU ${Date.now() - between} ms`);
    assertSame(name, cpu, gpu);
  });
}

test('in another page’s frame the choice is kept: the embed has the worker with WebGPU, and finds the same', async () => {
  const cpu = await result(visits.cpu, 'complete');
  const embed = await visits.gpu.page.context().newPage();
  const record = await hygiene(embed, server.origin);
  await embed.goto(`${server.url}embed/complete/?knobs=${encodeURIComponent(LABS.complete.knobs)}`);
  await embed.locator('[data-embed-run]').focus();
  await embed.keyboard.press('Enter');
  await lab(embed, 'complete').waitFor();
  assertSame('complete', cpu, await values(embed, 'complete'));
  assert.match((await engineWorker(embed)).url(), /\/worker-gpu/);
  assert.match(await embed.locator('[data-output="summary"]').innerText(), CPU);
  record.assertClean('an embed');
});
