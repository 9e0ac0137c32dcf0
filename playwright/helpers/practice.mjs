// Quizzes, exercises and predictions from a learner's hands.

import assert from 'node:assert/strict';

/** What the prerendered page gives the desk's parts of that name. */
export const given = (page, part) => page.evaluate(async (part) => {
  const text = await (await fetch(location.href)).text();
  const found = new DOMParser().parseFromString(text, 'text/html').querySelectorAll(`[data-desk="${part}"]`);
  return [...found].map((place) => JSON.parse(place.dataset.json));
}, part);

/** The options of a question, where it is answered by choosing. */
export const optionsOf = ({ ask }) => ask.options ?? ask.expected?.chosen;

/** Waits until the desk has taken over the parts of that name. */
export const waitDesk = (page, part) => page.locator(`[data-desk="${part}"][data-live]`).first().waitFor({ state: 'attached' });

/** Chooses exactly the options that are wanted. */
export async function choose(question, data, wanted) {
  const boxes = question.locator('.quiz-option input');
  for (let at = 0; at < optionsOf(data).length; at += 1) {
    if (data.ask.kind === 'multiple') await boxes.nth(at).setChecked(wanted(at));
    else if (wanted(at)) await boxes.nth(at).check();
  }
}

/** The items as they stand, by their place in the right order. */
export const standing = (question) => question.locator('[data-item]').evaluateAll(
  (items) => items.map((item) => Number(item.dataset.item)));

/** Brings an order into place with the buttons: selection sort. */
export async function sort(question, press = (button) => button.click()) {
  const count = (await standing(question)).length;
  for (let place = 0; place < count; place += 1) {
    for (let at = (await standing(question)).indexOf(place); at > place; at -= 1) {
      await press(question.locator(`[data-item="${place}"] [data-move="up"]`));
    }
  }
}

/** Answers a question of any kind as its file says, or wrongly. */
export async function answer(question, data, right) {
  const { ask } = data;
  if (optionsOf(data)) {
    const wrong = optionsOf(data).findIndex((option) => !option.correct);
    return choose(question, data, (at) => (right ? optionsOf(data)[at].correct : at === wrong));
  }
  if (ask.kind === 'number') return question.locator('[data-field="answer"]').fill(String(right ? ask.answer : ask.answer * 3 + 1));
  if (ask.kind === 'output') return question.locator('[data-field="answer"]').fill(right ? ask.expected.typed.answer : 'nothing');
  if (ask.kind === 'match') {
    const lists = question.locator('select');
    const count = ask.pairs.length;
    for (let at = 0; at < count; at += 1) await lists.nth(at).selectOption(String(right ? at : (at + 1) % count));
    return undefined;
  }
  assert.equal(ask.kind, 'order');
  // An order begins in disorder, so a wrong answer is there already.
  return right ? sort(question) : undefined;
}

export const check = (question) => question.locator('[data-action="check"]').click();
