// What default runs reach on the CPU in a browser, each from its fixed seed: defaults are promises. Reversing and the
// induction head are in 65-board; every task is measured natively in tests/tests/board.rs.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { freshPage, lab, open, outcome, waitState } from '../helpers/browser.mjs';
import { CPU, waitDevice } from '../helpers/engine.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { LESSON, button, waitTrain } from '../helpers/train.mjs';

let page;
let record;
before(async () => {
  page = await freshPage(browser, { serviceWorkers: 'block' });
  record = await hygiene(page, server.origin);
});

/** Trains the board's default run of a source to its end; answers what it told. */
async function train(source) {
  await open(page, server, 'learn/llm-training-loop/');
  const board = lab(page, 'board');
  await waitState(board, 'idle');
  await board.locator('[data-field="source"]').selectOption(source);
  await board.locator('[data-action="train"]').click();
  await waitState(board, 'running');
  await waitState(board, 'done', 240_000);
  const { final, values } = await outcome(page, 'board');
  assert.ok(final && values.finished, `${source} has ended`);
  return values;
}

test('adding two numbers of two digits: 95 of 100 answers are right', async () => {
  const { exact, steps } = await train('addition');
  console.log(`# addition: ${exact} after ${steps} steps`);
  assert.ok(exact >= 0.95, `${exact}`);
  record.assertClean('addition');
});

test('a text on the board: below the trigram model of the same windows', async () => {
  const values = await train('pride-and-prejudice');
  console.log(`# text on the board: ${values.val_loss} against ${values.trigram_loss} after ${values.steps} steps`);
  assert.ok(values.val_loss < values.trigram_loss && values.beats_trigram, `${values.val_loss} against ${values.trigram_loss}`);
  assert.equal(await lab(page, 'board').locator('[data-milestone="trigram"]').count(), 1);
  record.assertClean('a text');
});

test('the lab that trains a GPT: below the trigram model of the same windows, with nothing set by hand', async () => {
  await open(page, server, LESSON);
  await waitDevice(page, CPU);
  await button(page, 'train').click();
  await waitTrain(page, 'finished', 240_000);
  const { values } = await outcome(page, 'train');
  console.log(`# default run: ${values.val_loss} against ${values.trigram_loss} after ${values.steps} steps (${values.preset})`);
  assert.ok(values.val_loss < values.trigram_loss && values.beats_trigram, `${values.val_loss} against ${values.trigram_loss}`);
  record.assertClean('the default run');
});
