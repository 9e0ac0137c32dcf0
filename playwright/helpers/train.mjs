// The training lab from a learner's hands: a text, a size, the buttons, and what is read off the page.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { lab } from './browser.mjs';

export const LESSON = 'learn/project-mini-gpt/';

/** A few thousand characters of sentences that differ: the same ones each time. */
export function ownText(sentences = 90) {
  const who = ['The baker', 'A tired sailor', 'My neighbour', 'The old clock', 'Her brother', 'The quiet river', 'A small fox'];
  const does = ['carried', 'forgot', 'painted', 'followed', 'listened to', 'remembered', 'gave away'];
  const what = ['the yellow door', 'seven letters', 'a wooden boat', 'the morning train', 'his winter coat', 'every lantern'];
  const when = ['before the rain', 'on Friday', 'without a word', 'as the bells rang', 'in the garden'];
  let seed = 20_241;
  const pick = (words) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return words[Math.floor((seed / 2_147_483_648) * words.length)];
  };
  const sentence = (_, i) => `${pick(who)} ${pick(does)} ${pick(what)} ${pick(when)}${i % 7 === 6 ? '!\n' : '. '}`;
  return Array.from({ length: sentences }, sentence).join('');
}

export const trainLab = (page) => lab(page, 'train');
export const button = (page, action) => trainLab(page).locator(`[data-action="${action}"]`);

/** What the lab says about itself. */
export async function reading(page) {
  return trainLab(page).evaluate((root) => {
    const number = (name) => (root.dataset[name] === undefined ? null : Number(root.dataset[name]));
    return {
      state: root.dataset.trainState, step: number('step'), valLoss: number('valLoss'),
      unigramLoss: number('unigramLoss'), savedStep: number('savedStep'),
      recovered: Number(root.querySelector('[data-recovered]')?.dataset.recovered),
    };
  });
}

/** Waits until the training is in one of the states. */
export async function waitTrain(page, states, timeout = 90_000) {
  const wanted = [states].flat();
  await page.waitForFunction(
    (wanted) => wanted.includes(document.querySelector('[data-train-state]')?.dataset.trainState), wanted, { timeout },
  ).catch(async (error) => {
    const now = await reading(page).catch(() => 'no lab');
    const said = await trainLab(page).locator('.train-error:not([hidden]), .train-notice').allInnerTexts().catch(() => []);
    throw new Error(`waited for ${wanted}; now ${JSON.stringify(now)} ${JSON.stringify(said)} (${error.message.split('\n')[0]})`);
  });
  return reading(page);
}

/** Waits until at least so many steps are done (or `attribute`, such as `savedStep`, has come so far). */
export async function waitStep(page, step, { attribute = 'step', timeout = 90_000 } = {}) {
  await page.waitForFunction(
    ([name, step]) => Number(document.querySelector('[data-train-state]')?.dataset[name] ?? -1) >= step,
    [attribute, step], { timeout },
  ).catch(async (error) => {
    throw new Error(`waited for ${attribute} ${step}; now ${JSON.stringify(await reading(page))} (${error.message.split('\n')[0]})`);
  });
  return reading(page);
}

/** The name and size of the text that would be trained on. */
export async function chosenText(page) {
  const facts = trainLab(page).locator('.train-text [data-characters]');
  await facts.waitFor();
  return { name: await facts.locator('b').innerText(), characters: Number(await facts.getAttribute('data-characters')) };
}

const unfold = (details) => details.evaluate((element) => { element.open = true; });

/** Puts a text into the field for pasting and uses it. */
export async function paste(page, text) {
  await unfold(trainLab(page).locator('details.paste'));
  await trainLab(page).locator('[data-field="paste"]').fill(text);
  await button(page, 'use-text').click();
}

/** Sets some of the settings by hand, as `{ layers: 1, steps: 200 }`. */
export async function setSettings(page, settings) {
  await unfold(trainLab(page).locator('details.custom-settings'));
  for (const [key, value] of Object.entries(settings)) {
    const field = trainLab(page).locator(`.setting [data-field="${key}"]`);
    await field.fill(String(value));
    await field.blur();
  }
}

/** A size that trains in seconds, whatever the presets are. */
export const SMALL = {
  layers: 1, heads: 2, d_model: 32, context: 32, batch: 8, learning_rate: 0.006, warmup: 20, steps: 200, seed: 1,
};

/** The smallest size, with some settings of its own. */
export async function smallest(page, settings = {}) {
  await trainLab(page).locator('[data-preset="nano"]').click();
  await setSettings(page, { ...SMALL, ...settings });
}

/** Pastes a text of our own, takes the smallest size, and presses Train. */
export async function trainOwn(page, settings = {}) {
  const text = ownText();
  await chosenText(page); // The shipped text has arrived, so it cannot come after ours.
  await paste(page, text);
  assert.deepEqual(await chosenText(page), { name: 'Your text', characters: text.length });
  await smallest(page, settings);
  await button(page, 'train').click();
  return text;
}

export const lossChart = (page) => trainLab(page).locator('.train-live figure.chart').first();

/** The loss curves as the chart's CSV gives them: `[{ step, train, val }]`, null where there is no value. */
export async function curve(page) {
  const chart = lossChart(page);
  await unfold(chart.locator('details.chart-data'));
  const [download] = await Promise.all([page.waitForEvent('download'), chart.locator('.chart-csv').click()]);
  const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
  assert.match(head, /step/);
  const number = (field) => (field === undefined || field === '' || field === '–' ? null : Number(field));
  return lines.map((line) => {
    const [step, train, val] = line.split(',');
    return { step: number(step), train: number(train), val: number(val) };
  });
}

/** The sums of all rows of the softmax in the attention lab; each must be one. */
export async function assertRowsSumToOne(page, timeout = 60_000) {
  const root = lab(page, 'attention');
  await root.locator('[data-row-sum]').first().waitFor({ state: 'attached', timeout });
  const sums = await root.locator('[data-row-sum]').evaluateAll((rows) => rows.map((row) => Number(row.dataset.rowSum)));
  assert.ok(sums.length > 1, `there are rows (${sums.length})`);
  for (const sum of sums) assert.ok(Math.abs(sum - 1) <= 1e-5, `a row sums to ${sum}`);
  return sums;
}
