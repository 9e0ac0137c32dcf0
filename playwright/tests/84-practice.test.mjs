// Practice: every option of every quiz explained, exercises solved on the real labs, predictions of each kind, and all
// of it by keyboard.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { answer, check, given, optionsOf, sort, standing, waitDesk } from '../helpers/practice.mjs';
import { PAGES } from '../helpers/site.mjs';
import { chosenText, waitTrain } from '../helpers/train.mjs';

const LESSONS = ['attention-mechanism', 'matmul-benchmark', 'project-mini-gpt', 'sampling-decoding'];
const pathOf = (slug) => PAGES.find(({ path }) => path === `learn/${slug}/`).path;
const SLOW = 240_000;

/** A fresh learner in a lesson whose desk is at work. */
async function visit(slug, options = {}) {
  const page = await freshPage(browser, { serviceWorkers: 'block', ...options });
  const record = await hygiene(page, server.origin);
  await open(page, server, pathOf(slug));
  await waitDesk(page, 'quiz');
  return { page, record };
}

const exercise = (page, id) => page.locator(`[data-exercise="${id}"]`);
const predict = (page, id) => page.locator(`[data-predict="${id}"]`);
const act = (card, action) => card.locator(`[data-action="${action}"]`).click();
const waitSolved = (card, timeout = 60_000) => card.and(card.page().locator('[data-solved="true"]')).waitFor({ timeout });
const waitResult = (card, result, timeout = 60_000) => (
  card.and(card.page().locator(`[data-result="${result}"]`)).waitFor({ timeout }));
const range = (page, field, value) => page.locator(`.lab input[data-field="${field}"]`).fill(String(value));

for (const slug of LESSONS) {
  test(`every part of every answer is explained: ${slug}`, async () => {
    const { page, record } = await visit(slug);
    const [{ questions }] = await given(page, 'quiz');
    for (const data of questions) {
      const question = page.locator(`[data-question="${data.id}"]`);
      const options = optionsOf(data);
      if (options) {
        for (const [at, option] of options.entries()) {
          const boxes = question.locator('.quiz-option input');
          if (data.ask.kind === 'multiple') for (let other = 0; other < options.length; other += 1) await boxes.nth(other).setChecked(other === at);
          else await boxes.nth(at).check();
          await check(question);
          const why = question.locator('.quiz-explain').nth(at);
          await why.waitFor({ state: 'visible' });
          const plain = await page.evaluate((html) => new DOMParser().parseFromString(html, 'text/html').body.textContent, option.explain);
          assert.ok((await why.evaluate((it) => it.textContent)).includes(plain), `${data.id}: option ${at + 1} has its own explanation`);
        }
        continue;
      }
      const slips = data.ask.slips ?? data.ask.expected?.typed.slips ?? [];
      const answers = new Set();
      for (const slip of slips) {
        await question.locator('[data-field="answer"]').fill(String(slip.answer));
        await check(question);
        await page.locator(`[data-question="${data.id}"][data-result="wrong"]`).waitFor();
        answers.add(await question.locator('.quiz-explain').innerText());
      }
      assert.equal(answers.size, slips.length, `${data.id}: each slip has its own explanation`);
      await answer(question, data, true);
      await check(question);
      await page.locator(`[data-question="${data.id}"][data-result="right"]`).waitFor();
      const parts = data.ask.items?.length ?? data.ask.pairs?.length ?? 1;
      assert.equal(await question.locator('.quiz-explain').locator('visible=true').count(), parts, data.id);
    }
    record.assertClean(slug);
    await page.context().close();
  });
}

test('sampling: predict a number and a choice, then make a fair coin; hints count as help', async () => {
  const { page, record } = await visit('sampling-decoding');
  const number = predict(page, 'warmer-mat');
  await act(number, 'commit');
  assert.match(await number.locator('.practice-status').innerText(), /^Write a number first/);
  await range(page, 'temperature', 2);
  assert.equal(await number.getAttribute('data-result'), 'open', 'what the lab shows before counts for nothing');
  await range(page, 'temperature', 1);
  await number.locator('[data-field="guess"]').fill('0.42');
  await act(number, 'commit');
  await waitResult(number, 'right');
  assert.match(await number.locator('.practice-status').innerText(), /it is 0\.414.*0\.0059 off/);
  assert.equal(await page.locator('.lab input[data-field="temperature"]').inputValue(), '2', 'the lab was set up for it');
  assert.ok(await number.locator('.predict-explain').isVisible());

  const choice = predict(page, 'left-by-top-p');
  await act(choice, 'commit');
  assert.match(await choice.locator('.practice-status').innerText(), /^Choose one first/);
  await choice.locator('input').nth(0).check();
  await act(choice, 'commit');
  await waitResult(choice, 'wrong');
  assert.equal(await choice.locator('.quiz-explain').locator('visible=true').count(), 4);
  assert.match(await choice.locator('.quiz-option').nth(2).innerText(), /So it is: /);
  await act(choice, 'redo');
  await choice.locator('input').nth(2).check();
  await act(choice, 'commit');
  await waitResult(choice, 'right');

  const coin = exercise(page, 'a-fair-coin');
  await act(coin, 'set-up');
  await page.waitForFunction(() => document.querySelector('.lab input[data-field="top_p"]').value === '1');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.labPlace), 'sampling', 'the focus is at the lab');
  await range(page, 'top_k', 2);
  await coin.locator('[data-met="true"]').waitFor();
  assert.match(await coin.locator('.practice-status').innerText(), /^Not there yet/);
  assert.match(await coin.locator('.exercise-goal').nth(1).innerText(), /now: 0\.8/);
  for (let hint = 1; hint <= 3; hint += 1) {
    await act(coin, 'hint');
    assert.equal(await coin.locator('[data-hint]').locator('visible=true').count(), hint);
  }
  await act(coin, 'solution');
  assert.ok(await coin.locator('.exercise-solution').isVisible());
  await range(page, 'temperature', 4);
  await waitSolved(coin);
  assert.match(await coin.locator('.practice-status').innerText(), /^Solved, with some help/);
  const toast = page.locator('.practice-toast:not([hidden])');
  assert.match(await toast.innerText(), /Exercise solved: Make a nearly fair coin/);
  await act(toast, 'see');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'exercise-a-fair-coin-title');
  record.assertClean('sampling');
  await page.context().close();
});

test('attention: the layer of the line, and the head that looks one step back', async () => {
  const { page, record } = await visit('attention-mechanism');
  const layer = predict(page, 'layer-of-the-line');
  await layer.locator('input').nth(0).check();
  await act(layer, 'commit');
  await waitResult(layer, 'right', SLOW);

  const find = exercise(page, 'previous-token-head');
  await act(find, 'set-up');
  await waitState(lab(page, 'attention'), 'done', SLOW);
  assert.equal(await find.getAttribute('data-solved'), 'false');
  await page.locator('.lab [data-head="0-3"]').click();
  await waitSolved(find);
  assert.equal(await find.locator('.practice-status').innerText(), 'Solved, on your own.');

  const own = exercise(page, 'the-line-stays');
  assert.equal(await own.getAttribute('data-solved'), 'false', 'the same sentence does not count');
  await page.locator('.attention-text textarea').fill('Yesterday my neighbour painted seven wooden boats in the garden.');
  await waitSolved(own);
  record.assertClean('attention');
  await page.context().close();
});

test('mini-GPT: draw the curve, see the measured one beside it, and train below 2.7', async () => {
  const { page, record } = await visit('project-mini-gpt');
  const card = predict(page, 'first-curve');
  await act(card, 'commit');
  assert.match(await card.locator('.practice-status').innerText(), /^Set every point first/);
  // Two points by pointer, the rest by their fields.
  const drawing = card.locator('[data-drawing]');
  await drawing.scrollIntoViewIfNeeded();
  const box = await drawing.boundingBox();
  await page.mouse.move(box.x + box.width * 0.08, box.y + box.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.14, box.y + box.height * 0.4, { steps: 5 });
  await page.mouse.up();
  const field = (at) => card.locator(`[data-point="${at}"]`);
  assert.ok(Number(await field(0).inputValue()) > 3 && Number(await field(1).inputValue()) > 2, 'the drag has set two points');
  for (const [at, height] of [4.3, 3.2, 3.1, 2.9, 2.7, 2.6].entries()) {
    await field(at).fill(String(height));
    await field(at).blur();
  }
  await act(card, 'commit');
  await waitResult(card, 'committed');
  assert.equal(await field(0).getAttribute('readonly'), '', 'a commitment cannot be changed');
  await chosenText(page);
  await page.locator('.lab [data-action="train"]').click();
  await waitTrain(page, 'finished', SLOW);
  await waitResult(card, 'right');
  const said = await card.locator('.practice-status').innerText();
  const points = Number(said.match(/^(\d+) of 100 points/)[1]);
  assert.ok(points >= 80 && points <= 100, said);
  assert.ok((await card.locator('.predict-live').getAttribute('points')).split(' ').length > 20, 'the measured curve is drawn');

  const goal = exercise(page, 'below-two-point-seven');
  assert.equal(await goal.getAttribute('data-solved'), 'false', 'nano with 400 steps does not count');
  await act(goal, 'set-up');
  for (let hint = 1; hint <= 3; hint += 1) await act(goal, 'hint');
  await act(goal, 'solution');
  await act(goal, 'set-solution');
  await chosenText(page);
  await page.locator('.lab [data-action="train"]').click();
  await waitSolved(goal, SLOW);
  assert.match(await goal.locator('.practice-status').innerText(), /^Solved, with some help/);
  record.assertClean('mini-GPT');
  await page.context().close();
});

test('matmul: a choice before the small matrices, and one\'s own machine foretold', async () => {
  const { page, record } = await visit('matmul-benchmark');
  const root = lab(page, 'matmul');
  const guess = async (times) => {
    const slider = root.locator('[data-field="guess"]');
    await slider.focus();
    await page.keyboard.press('Home');
    for (let at = 1; at < times; at += 1) await page.keyboard.press('ArrowRight');
  };
  const measure = async () => {
    await root.locator('[data-action="measure"]').click();
    await waitState(root, 'running');
    await waitState(root, 'done', SLOW);
  };
  const outcome = async () => JSON.parse(await root.getAttribute('data-outcome')).values;
  const small = predict(page, 'small-matrices');
  await small.locator('input').nth(2).check();
  await act(small, 'commit');
  await guess(5);
  await measure();
  await small.and(page.locator('[data-result="right"],[data-result="wrong"]')).waitFor();
  const truth = await small.locator('.quiz-option.right').count();
  assert.equal(truth, 1, 'one of the options is so');
  assert.ok((await outcome()).speedup > 0);

  const own = exercise(page, 'foresee-your-machine');
  await act(own, 'set-up');
  await guess(2);
  await measure();
  const { speedup, guess_factor: factor } = await outcome();
  console.log(`  packed at 100: ${speedup.toFixed(1)} times; at 16 the truth was “${await small.locator('.quiz-option.right .quiz-text').innerText()}”`);
  assert.ok(factor > 1.5, 'a bad guess');
  assert.equal(await own.getAttribute('data-solved'), 'false');
  await guess(Math.round(speedup));
  await measure();
  await waitSolved(own);
  record.assertClean('matmul');
  await page.context().close();
});

test('from lesson to lesson within one visit: quiz and notes are those of the lesson that is read', async () => {
  const { page, record } = await visit('matmul-benchmark');
  await page.evaluate(() => { window.sameVisit = true; });
  const notes = page.locator('[data-desk="notes"][data-live] textarea');
  const go = async (rel) => {
    const link = page.locator(`.lesson-nav .${rel}`);
    const slug = /learn\/([\w-]+)\//.exec(await link.getAttribute('href'))[1];
    await link.click();
    await page.locator(`article[data-slug="${slug}"]`).waitFor();
    return slug;
  };
  for (let slug = 'matmul-benchmark'; ;) {
    const [{ questions }] = await given(page, 'quiz');
    const shown = page.locator('[data-desk="quiz"][data-live] [data-question]');
    await shown.first().waitFor();
    assert.deepEqual(await shown.evaluateAll((all) => all.map((it) => it.dataset.question)), questions.map(({ id }) => id), slug);
    assert.equal(await notes.inputValue(), '', `${slug} has no other lesson's note`);
    await notes.fill(`A note on ${slug}.`);
    if (slug === 'sampling-decoding') break;
    slug = await go('next');
  }
  const slug = await go('prev');
  await page.waitForFunction((note) => document.querySelector('[data-notes]')?.value === note, `A note on ${slug}.`);
  assert.ok(await page.evaluate(() => window.sameVisit), 'no page was loaded anew');
  record.assertClean('from lesson to lesson');
  await page.context().close();
});

test('by keyboard alone, on a narrow screen: an order, a match, a number, a prediction and an exercise', async () => {
  const { page, record } = await visit('sampling-decoding', { viewport: { width: 360, height: 740 } });
  await page.evaluate(() => document.body.addEventListener('pointerdown', () => { throw new Error('a pointer was used'); }));
  const press = async (locator, key = 'Enter') => {
    await locator.focus();
    await page.keyboard.press(key);
  };
  const question = (id) => page.locator(`[data-question="${id}"]`);

  await question('two-tokens').locator('[data-field="answer"]').focus();
  await page.keyboard.type('73.1');
  await page.keyboard.press('Enter');
  await page.locator('[data-question="two-tokens"][data-result="right"]').waitFor();

  const match = question('for-which-text');
  const [{ questions }] = await given(page, 'quiz');
  const { pairs } = questions.find(({ id }) => id === 'for-which-text').ask;
  for (const [at, { right }] of pairs.entries()) {
    const list = match.locator('select').nth(at);
    await list.focus();
    for (let tries = 0; tries <= pairs.length; tries += 1) {
      if (await list.evaluate((it) => it.selectedOptions[0].text) === right) break;
      await page.keyboard.press('ArrowDown');
    }
  }
  await press(match.locator('[data-action="check"]'));
  await page.locator('[data-question="for-which-text"][data-result="right"]').waitFor();

  const card = predict(page, 'warmer-mat');
  await card.locator('[data-field="guess"]').focus();
  await page.keyboard.type('0.4');
  await press(card.locator('[data-action="commit"]'));
  await waitResult(card, 'right');

  const coin = exercise(page, 'a-fair-coin');
  await press(coin.locator('[data-action="set-up"]'));
  const slide = async (name, key, times) => {
    await page.locator(`.lab input[data-field="${name}"]`).focus();
    for (let at = 0; at < times; at += 1) await page.keyboard.press(key);
  };
  await slide('top_k', 'ArrowRight', 2);
  await slide('temperature', 'End', 1);
  await waitSolved(coin);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
  record.assertClean('keyboard');
  await page.context().close();

  const other = await visit('attention-mechanism', { viewport: { width: 360, height: 740 } });
  const order = other.page.locator('[data-question="five-steps"]');
  const before = await standing(order);
  assert.notDeepEqual(before, [...before].sort((a, b) => a - b), 'an order begins in disorder');
  await sort(order, async (button) => {
    await button.focus();
    await other.page.keyboard.press('Enter');
    await other.page.waitForFunction(() => document.activeElement?.dataset.move === 'up', undefined, { timeout: 5000 });
  });
  await check(order);
  await other.page.locator('[data-question="five-steps"][data-result="right"]').waitFor();
  const sizes = await order.locator('[data-move]').evaluateAll((all) => all.map((it) => it.getBoundingClientRect()).map(({ width, height }) => Math.min(width, height)));
  assert.ok(Math.min(...sizes) >= 44, `targets of ${Math.min(...sizes)} px`);
  await other.page.context().close();
});
