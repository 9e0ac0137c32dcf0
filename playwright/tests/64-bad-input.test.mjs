// Bad input gets one clear sentence, and nothing that was there before is lost. Each case is its own test.

import assert from 'node:assert/strict';
import { mkdtemp, open as openFile, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { editHeader, readHeader, withHeader } from '../helpers/safetensors.mjs';
import { DIST } from '../helpers/site.mjs';
import {
  assertRowsSumToOne, button, chosenText, LESSON, ownText, paste, reading, setSettings, smallest, trainLab, trainOwn,
  waitStep, waitTrain,
} from '../helpers/train.mjs';

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'glassbox-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A PNG's first bytes: they hold zeros, and bytes that are no UTF-8. */
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');

describe('a text to train on', () => {
  let page;
  let record;
  const mine = ownText();
  before(async () => {
    page = await freshPage(browser, { serviceWorkers: 'block' });
    record = await hygiene(page, server.origin);
    await open(page, server, LESSON);
    await chosenText(page);
    await paste(page, mine);
  });
  after(() => page.context().close());

  const alert = () => trainLab(page).locator('[data-text-error]');
  const file = () => trainLab(page).locator('.train-text input[type="file"]');
  const pick = (name, buffer) => file().setInputFiles({ name, mimeType: 'text/plain', buffer });

  async function assertRefused(sentence) {
    await alert().waitFor();
    await page.waitForFunction(
      ([source]) => new RegExp(source).test(document.querySelector('[data-text-error]').textContent), [sentence.source]);
    const said = await alert().innerText();
    assert.match(said, sentence);
    assert.ok(said.endsWith('.') && said.length < 300, `a sentence: ${said}`);
    assert.deepEqual(await chosenText(page), { name: 'Your text', characters: mine.length }, 'the text chosen before is kept');
    assert.equal(await button(page, 'train').isEnabled(), true, 'and can be trained on');
    record.assertClean('a refused text');
    // The next case begins without this sentence.
    await paste(page, mine);
    await alert().waitFor({ state: 'hidden' });
  }

  test('no text', async () => {
    await paste(page, '');
    await assertRefused(/^There is no text\. Paste some, drop a file, or choose one from the list\. The text you had is kept\.$/);
  });

  test('nothing but spaces', async () => {
    await paste(page, '  \n\t  \n');
    await assertRefused(/^There is no text\./);
  });

  test('one character', async () => {
    await paste(page, 'a');
    await assertRefused(/^The text repeats a single character, so there is nothing to learn\..* kept\.$/);
  });

  test('one character, again and again', async () => {
    await paste(page, 'a'.repeat(5000));
    await assertRefused(/^The text repeats a single character, so there is nothing to learn\..* kept\.$/);
  });

  test('a few words', async () => {
    await paste(page, 'To be, or not to be.');
    await assertRefused(/^The text has 20 characters; training needs at least 200\..* kept\.$/);
  });

  test('an empty file', async () => {
    await pick('empty.txt', Buffer.alloc(0));
    await assertRefused(/^There is no text\..* kept\.$/);
  });

  test('a file of 50 MB: refused before it is read', async () => {
    const large = path.join(folder, 'large.txt');
    const handle = await openFile(large, 'w');
    await handle.truncate(50_000_000); // Sparse: it takes up no room.
    await handle.close();
    await file().setInputFiles(large);
    await assertRefused(/^This text has 50\.0 MB; at most 5\.0 MB can be trained on here\..* kept\.$/);
  });

  test('a binary file that says it is a text', async () => {
    await pick('notes.txt', Buffer.from(`${mine}\0\0\0${mine}`));
    await assertRefused(/^This file is not plain text: it holds bytes that are no characters\..* kept\.$/);
  });

  test('a picture under another name', async () => {
    await pick('picture.md', PNG);
    await assertRefused(/^This file is not plain text: .* kept\.$/);
  });

  test('a text in another encoding', async () => {
    await pick('latin.txt', Buffer.from(`${mine} caf\xe9`, 'latin1'));
    await assertRefused(/^This file is not plain text: .* UTF-8 .* kept\.$/);
  });

  test('a shipped text that cannot be loaded', async () => {
    server.spoil((pathname) => (/\/data\/.*\.txt$/.test(pathname) ? { status: 503, type: 'text/plain', body: '' } : null));
    const select = trainLab(page).locator('[data-field="text"]');
    const values = await select.locator('option:not([disabled])').evaluateAll((all) => all.map((option) => option.value));
    await select.selectOption(values.at(-1));
    await alert().waitFor();
    record.forget(/status of 503|answer: 503/);
    await assertRefused(/could not be loaded\. Check the connection and choose it again, or paste a text of your own\.$/);
    server.spoil(() => null);
  });

  test('settings that do not fit together', async () => {
    await smallest(page, { heads: 3 });
    const wrong = trainLab(page).locator('[data-settings-error]');
    await wrong.waitFor();
    assert.match(await wrong.innerText(), /^d_model \(32\) must be a multiple of n_heads \(3\), .*\.$/);
    await button(page, 'train').click();
    await trainLab(page).locator('.controls ~ .train-error:not([hidden])', { hasText: 'multiple of n_heads' }).waitFor();
    assert.equal((await reading(page)).state, 'idle');
    await setSettings(page, { heads: 2, steps: 20 });
    await wrong.waitFor({ state: 'hidden' });
    record.assertClean('settings that do not fit');
  });

  test('after all of it the kept text still trains', async () => {
    await button(page, 'train').click();
    assert.equal((await waitTrain(page, 'finished')).step, 20);
    record.assertClean('a training after bad input');
  });
});

describe('a model to bring along', () => {
  let page;
  let record;
  let good;
  before(async () => {
    good = await readFile(path.join(DIST, 'models/tiny.safetensors'));
    page = await freshPage(browser, { serviceWorkers: 'block' });
    record = await hygiene(page, server.origin);
    await open(page, server, 'models/');
    await waitState(lab(page, 'models'), 'done');
    await bring('first', good);
    await page.waitForFunction(() => /“first” was imported/.test(document.querySelector('[data-output="news"]').textContent));
    await rows().waitFor();
  });
  after(() => page.context().close());

  const rows = () => lab(page, 'models').locator('[data-model]:not([data-model="built-in"])');
  const bring = (name, buffer) => lab(page, 'models').locator('input[data-action="import"]')
    .setInputFiles({ name: `${name}.safetensors`, mimeType: 'application/octet-stream', buffer });

  async function assertRefused(name, buffer, sentence) {
    await bring(name, buffer);
    await page.waitForFunction(
      (name) => document.querySelector('[data-lab="models"] > .lab-error').textContent.includes(`“${name}.safetensors”`), name,
      { timeout: 60_000 });
    const said = await lab(page, 'models').locator('> .lab-error').innerText();
    assert.match(said, sentence);
    assert.ok(said.endsWith('.') && said.length < 400, `a sentence: ${said}`);
    assert.equal(await rows().count(), 1, 'nothing was added, nothing is gone');
    assert.equal(await page.locator('[data-engine-state="ready"]').count(), 1, 'the engine is still the same and well');
    record.assertClean(`refusing ${name}`);
  }

  test('truncated in its numbers', () => assertRefused('half', good.subarray(0, good.length / 2), /was not imported\. The file.* cut short/));
  test('truncated in its header', () => assertRefused('head', good.subarray(0, 300), /was not imported\. The file is cut short: its header should have \d+ bytes, but only 292 are there\. Fetch it anew\.$/));
  test('only a few bytes', () => assertRefused('five', Buffer.from('hello'), /The file has only 5 bytes; /));
  test('empty', () => assertRefused('nothing', Buffer.alloc(0), /is empty\. Choose a \.safetensors file that Glassbox exported\.$/));
  test('another kind of file', () => assertRefused('picture', PNG, /This is not a safetensors file: /));
  test('a header as long as the universe', () => {
    const bytes = Buffer.from(good);
    bytes.writeBigUInt64LE(2n ** 64n - 1n, 0);
    return assertRefused('long', bytes, /This is not a safetensors file: its first 8 bytes do not give a sensible header length\. Choose a file that Glassbox exported\.$/);
  });
  test('a header that is no JSON', () => assertRefused('garbled', withHeader('{"tok_emb": [[[[[['), /The file's header cannot be read: /));
  test('a header of a million brackets', () => assertRefused('deep', withHeader('['.repeat(1_000_000)), /The file's header cannot be read: /));
  test('sizes whose product overflows', () => assertRefused(
    'overflow',
    withHeader('{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}', Buffer.alloc(4)),
    /was not imported\. The file/));
  test('numbers beyond the file', () => assertRefused(
    'beyond', withHeader({ w: { dtype: 'F32', shape: [100], data_offsets: [0, 400] } }, Buffer.alloc(4)), /was not imported\. The file/));
  test('a model of another program', () => assertRefused(
    'foreign', withHeader({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, Buffer.alloc(4)),
    /This file was not made by Glassbox: it does not say how the model is built, so it cannot be run here\. Choose a file that Glassbox exported\.$/));
  test('a model that claims to be huge', () => assertRefused('huge', editHeader(good, (header) => {
    header.__metadata__['glassbox.model'] = header.__metadata__['glassbox.model'].replace(/"d_model":\d+/, '"d_model":999999999');
  }), /d_model is 999999999; it must be between 1 and 1024\. Choose a file that Glassbox exported\.$/));
  test('a model that claims another shape', () => assertRefused('shape', editHeader(good, (header) => {
    header.tok_emb.shape.reverse();
  }), /Tensor tok_emb has the shape \[\d+, \d+\]; the model needs \[\d+, \d+\]\. Choose a file that Glassbox exported\.$/));
  test('a number that is none', () => {
    const bytes = Buffer.from(good);
    const { header, body } = readHeader(bytes);
    const at = body + header.tok_emb.data_offsets[0];
    if (header.tok_emb.dtype === 'F16') bytes.writeUInt16LE(0x7e00, at + 2 * 5);
    else bytes.writeFloatLE(NaN, at + 4 * 5);
    return assertRefused('nan', bytes, /Tensor tok_emb holds NaN at position 5; /);
  });

  test('after all of it the model of before still opens', async () => {
    await page.reload();
    await rows().locator('[data-action="open"]').click();
    await page.waitForFunction(() => document.querySelector('[data-model-name]')?.dataset.modelName === 'first');
    await assertRowsSumToOne(page);
    record.assertClean('opening the model of before');
  });
});

test('a full storage: said in a sentence, the training goes on, and what was kept stays', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  const devtools = await page.context().newCDPSession(page);
  await trainOwn(page, { steps: 1200 });
  const kept = await waitStep(page, 40, { attribute: 'savedStep' });
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 200_000 });

  const trouble = trainLab(page).locator('[data-save-error]');
  await trouble.waitFor();
  assert.match(await trouble.innerText(), /^This could not be saved, because the browser's storage for this site is full\. Export and delete a model under “My models”, .* What was saved before is kept\. Training goes on meanwhile\.$/);
  const full = await reading(page);
  const later = await waitStep(page, full.step + 100);
  assert.equal(later.state, 'running', 'the training goes on');
  assert.ok(later.savedStep >= kept.savedStep);
  const finished = await waitTrain(page, 'finished');
  assert.equal(finished.step, 1200);
  assert.ok(finished.savedStep < 1200, `not everything could be kept: step ${finished.savedStep}`);

  // There is room again: the finished model is still in memory, and the next save keeps it.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin });
  await button(page, 'step').click();
  await waitStep(page, 1201, { attribute: 'savedStep' });
  await trouble.waitFor({ state: 'hidden' });
  record.assertClean('a full storage');
  await page.context().close();
});

test('a full storage, then the tab is closed: the last whole checkpoint is offered', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, LESSON);
  const devtools = await page.context().newCDPSession(page);
  await trainOwn(page, { steps: 600 });
  await waitStep(page, 40, { attribute: 'savedStep' });
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 200_000 });
  await trainLab(page).locator('[data-save-error]').waitFor();
  const { savedStep } = await reading(page);
  await page.reload();
  const resume = button(page, 'resume-kept');
  await resume.waitFor();
  assert.match(await resume.innerText(), new RegExp(`at step ${savedStep}$`));
  await resume.click();
  await waitStep(page, savedStep + 1);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin });
  const finished = await waitTrain(page, 'finished');
  assert.equal(finished.savedStep, 600);
  record.assertClean('a full storage and a reload');
  await page.context().close();
});

test('a full storage: an imported model is refused in a sentence, and the list stays', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'models/');
  await waitState(lab(page, 'models'), 'done');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 200_000 });
  await lab(page, 'models').locator('input[data-action="import"]').setInputFiles(path.join(DIST, 'models/tiny.safetensors'));
  await waitState(lab(page, 'models'), 'failed');
  assert.match(await lab(page, 'models').locator('> .lab-error').innerText(), /storage for this site is full\. .*What was saved before is kept\.$/);
  assert.equal(await lab(page, 'models').locator('[data-model]').count(), 1, 'only the built-in model is listed');
  record.assertClean('an import into a full storage');
  await page.context().close();
});
