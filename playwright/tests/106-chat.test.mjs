// The chat lab: a model from a file or from its pack, a conversation, every token open to look at; what goes wrong is said.
// The model here is a tiny random Llama; the real one is measured by `cargo xtask bench --models`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { withPack } from '../helpers/altered.mjs';
import { freshPage, lab, launch, open, outcome, setLab, waitOffline } from '../helpers/browser.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST, ROOT } from '../helpers/site.mjs';
import { start } from '../server.mjs';

const LESSON = 'learn/run-pretrained-gpt2/';
const TINY = path.join(ROOT, 'engine/core/tests/llama/tiny.gguf');
const KNOBS = 'tokens=4&temperature=0&context=128&system=Hi&prompt=Once upon';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const root = (page) => lab(page, 'chat');
const act = (page, name) => root(page).locator(`[data-action="${name}"]`);
const stage = (page, name) => root(page).locator(`[data-stage="${name}"]`).waitFor({ timeout: 30_000 });
const says = (page, output) => root(page).locator(`[data-output="${output}"]`).innerText();
const turns = (page) => root(page).locator('.chat-words').allInnerTexts();
const answered = (page, count) => page.waitForFunction((count) => {
  const section = document.querySelector('section[data-lab="chat"]');
  return section.querySelector('[data-stage="ready"]') && section.querySelectorAll('.chat-turn').length === count;
}, count, { timeout: 60_000 });

async function visit(server, options = { serviceWorkers: 'block' }) {
  const page = await freshPage(browser, options);
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  await root(page).waitFor();
  await setLab(page, 'chat', KNOBS);
  return { page, record };
}

describe('a build without the pack', () => {
  let server;
  before(async () => { server = await start({ root: DIST }); });
  after(() => server.stop());

  test('says so, opens a file from the disk, answers by keyboard, and remembers what was read', async (t) => {
    if (JSON.parse(readFileSync(path.join(DIST, 'packs.json'), 'utf8')).some((pack) => pack.name === 'smollm2')) {
      return t.skip('this build has the pack: it was made with --models');
    }
    const { page, record } = await visit(server);
    await root(page).locator('[data-place="not-in-build"]').waitFor();
    assert.match(await says(page, 'place'), /built without the model SmolLM2-135M-Instruct\. Open its file from your disk/);
    await act(page, 'open-file').setInputFiles(TINY);
    await stage(page, 'ready');
    assert.match(await says(page, 'card'), /parameters, \d+ blocks, \d+ query heads that share \d+ key-value heads\. Numbers kept as .*Q4_1/);

    await root(page).locator('[data-field="prompt"]').focus();
    await page.keyboard.press('Enter');
    await answered(page, 2);
    const first = (await outcome(page, 'chat')).values;
    assert.equal(first.reused, 0);
    assert.ok(first.answer_tokens >= 1 && first.answer_tokens <= 4);
    assert.match(await says(page, 'facts'), /^Read \d+ tokens, 0 of them remembered from before, in \d+ ms; wrote \d+ tokens at [\d.]+ tokens per second\./);
    assert.equal((await turns(page))[0], 'Once upon');

    // Inside the answer: the first token is the likeliest, because temperature 0 draws nothing else.
    const tokens = root(page).locator('.chat-look .token-radio');
    assert.equal(await tokens.count(), first.answer_tokens);
    await tokens.first().focus();
    assert.match(await says(page, 'token-words'), /had a probability of 100\.0 % in the draw/);
    const before = await says(page, 'token-words');
    if (first.answer_tokens > 1) {
      await page.keyboard.press('ArrowRight');
      assert.notEqual(await says(page, 'token-words'), before);
    }

    await root(page).locator('[data-field="prompt"]').fill('and then');
    await act(page, 'send').click();
    await answered(page, 4);
    const second = (await outcome(page, 'chat')).values;
    assert.ok(second.reused >= first.prompt_tokens, `${second.reused} of ${second.prompt_tokens} remembered`);

    // Everything but the model itself survives a reload.
    const before_reload = await turns(page);
    await page.reload();
    await root(page).locator('.chat-turn').nth(3).waitFor();
    assert.deepEqual(await turns(page), before_reload);
    await act(page, 'clear').click();
    assert.deepEqual(await turns(page), []);
    record.assertClean('a chat');
    await page.context().close();
  });

  test('the small model of the page goes on before anything is downloaded', async () => {
    const { page, record } = await visit(server);
    await act(page, 'open-small').focus();
    await page.keyboard.press('Enter');
    await stage(page, 'ready');
    assert.match(await says(page, 'card'), /trained on novels alone/);
    await act(page, 'send').click();
    await answered(page, 2);
    const { answer_tokens: tokens, answer } = (await outcome(page, 'chat')).values;
    assert.equal(tokens, 4, 'as many as the settings ask for');
    assert.equal((await turns(page))[1], answer);
    assert.equal(await root(page).locator('.chat-look .token-radio').count(), tokens);
    record.assertClean('the small model');
    await page.context().close();
  });

  test('a file that is no model gets a sentence, and the next one can be opened', async () => {
    const { page, record } = await visit(server);
    const details = root(page).locator('.pretrained-file');
    await details.evaluate((it) => { it.open = true; });
    await act(page, 'open-file').setInputFiles(path.join(ROOT, 'public/models/copy.safetensors'));
    await root(page).locator('.lab-error', { hasText: /\S/ }).waitFor();
    assert.match(await root(page).locator('.lab-error').innerText(), /GGUF/);
    const cut = readFileSync(TINY).subarray(0, 20_000);
    await act(page, 'open-file').setInputFiles({ name: 'cut.gguf', mimeType: 'application/octet-stream', buffer: cut });
    await page.waitForFunction(() => /end|short|cut|anew/i.test(document.querySelector('section[data-lab="chat"] .lab-error').innerText));
    await act(page, 'open-file').setInputFiles(TINY);
    await stage(page, 'ready');
    assert.equal((await root(page).locator('.lab-error').innerText()).trim(), '');
    record.assertClean('bad files');
    await page.context().close();
  });
});

test('the pack is fetched in the lab, kept, loaded and answers without the server', async () => {
  const bytes = readFileSync(TINY);
  const third = Math.ceil(bytes.length / 3);
  const shards = [0, 1, 2].map((at) => bytes.subarray(at * third, (at + 1) * third));
  const site = withPack(DIST, 'with-model', { name: 'smollm2', title: 'A tiny Llama', shards });
  const server = await start({ root: site });
  const { page, record } = await visit(server, {});
  await waitOffline(page);
  await root(page).locator('[data-place="absent"]').waitFor();
  assert.match(await says(page, 'place'), /not on this device yet\. It takes 0\.0 MB once/);
  await root(page).locator('[data-pack="smollm2"] [data-action="download"]').click();
  await root(page).locator('[data-place="kept"]').waitFor({ timeout: 30_000 });
  await server.stop();
  await act(page, 'load-pack').focus();
  await page.keyboard.press('Enter');
  await stage(page, 'ready');
  await act(page, 'send').click();
  await answered(page, 2);
  assert.ok((await outcome(page, 'chat')).values.answer_tokens >= 1);
  await act(page, 'close-model').click();
  await stage(page, 'empty');
  record.forget(/ERR_CONNECTION_REFUSED|Failed to fetch|fetch/);
  record.assertClean('the pack');
  await page.context().close();
});
