// The lab on sentences: an encoder from a file, which of the learner's sentences mean about the same, floats beside whole
// numbers. The encoder here is a tiny random one; the real one is tested natively and measured by `cargo xtask bench --models`.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { freshPage, lab, open, outcome, setLab, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST, ROOT } from '../helpers/site.mjs';

const TINY = path.join(ROOT, 'engine/plain/tests/encoder/tiny-int8.safetensors');
const root = (page) => lab(page, 'sentences');
const act = (page, name) => root(page).locator(`[data-action="${name}"]`);
const says = (page, output) => root(page).locator(`[data-output="${output}"]`).innerText();

async function visit() {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'learn/quantization-int8/');
  await root(page).waitFor();
  await setLab(page, 'sentences', `sentences=${encodeURIComponent('a b c\nc b a\n\nd d a\na b c')}`);
  return { page, record };
}

test('sentences from a file become vectors; a sentence is nearest to itself written twice', async () => {
  const { page, record } = await visit();
  if (!existsSync(path.join(DIST, 'packs/minilm'))) {
    await root(page).locator('[data-place="not-in-build"]').waitFor();
    assert.match(await says(page, 'place'), /built without the model all-MiniLM-L6-v2\. Open its file from your disk/);
  }
  await act(page, 'open-file').setInputFiles(TINY);
  await waitState(root(page), 'done');
  const whole = (await outcome(page, 'sentences')).values;
  assert.deepEqual([whole.sentences, whole.width, whole.float], [4, 24, false]);
  assert.ok(Math.abs(whole.cosines[2] - 1) < 1e-5, 'the last sentence is the first one again');
  assert.ok(whole.cosines.every((cosine) => Math.abs(cosine) <= 1.00001));
  assert.match(await says(page, 'nearest'), /^Nearest: “a b c” \(cosine \+1\.000\)/);
  assert.match(await says(page, 'facts'), /^4 sentences, \d+ tokens, read in \d+ ms\.$/);

  // By keyboard: another sentence is chosen.
  await root(page).locator('.token-radio').first().focus();
  await page.keyboard.press('ArrowRight');
  assert.doesNotMatch(await says(page, 'nearest'), /cosine \+1\.000/);
  assert.equal(await root(page).locator('.signed-bar').count(), 3);

  // In floats the same, nearly.
  await root(page).locator('[data-field="float"]').focus();
  await page.keyboard.press('Space');
  await page.waitForFunction(() => JSON.parse(document.querySelector('section[data-lab="sentences"]').dataset.outcome).values.float);
  const float = (await outcome(page, 'sentences')).values;
  const apart = float.cosines.map((cosine, at) => Math.abs(cosine - whole.cosines[at]));
  assert.ok(Math.max(...apart) > 0 && Math.max(...apart) < 0.01, `${apart}`);
  record.assertClean('sentences');
  await page.context().close();
});

test('a file that is no encoder gets a sentence, and what was written stays', async () => {
  const { page, record } = await visit();
  await act(page, 'open-file').setInputFiles(path.join(ROOT, 'public/models/copy.safetensors'));
  await waitState(root(page), 'failed');
  assert.match(await root(page).locator('.lab-error').first().innerText(), /\.$/);
  assert.match(await root(page).locator('[data-field="sentences"]').inputValue(), /^a b c\nc b a/);
  await act(page, 'open-file').setInputFiles(TINY);
  await waitState(root(page), 'done');
  record.assertClean('a bad file');
  await page.context().close();
});
