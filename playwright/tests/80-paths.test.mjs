// Paths: the map reads without a script; a path is chosen, planned and left by keyboard; placement leaves modules out.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, launch, open } from '../helpers/browser.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST } from '../helpers/site.mjs';
import { start } from '../server.mjs';

let browser, server;
before(async () => {
  browser = await launch();
  server = await start({ root: DIST });
});
after(async () => {
  await browser.close();
  await server.stop();
});

const PATHS = ['practical-engineer', 'full-stack-engineer', 'deep-specialist', 'twelve-weeks', 'ten-days', 'ten-projects', 'seven-phases'];

/** The desk has filled its place on the page. */
const desk = async (page) => {
  await page.waitForFunction(() => document.documentElement.dataset.desk === 'ready', undefined, { timeout: 60_000 });
  return page.locator('.desk-slot[data-live]').first();
};

test('the map, every path and the placement quiz read without JavaScript', async () => {
  const page = await freshPage(browser, { javaScriptEnabled: false });
  await page.goto(`${server.url}learn/`);
  assert.equal(await page.locator('.map-module').count(), 25);
  assert.equal(await page.locator('.map-lessons > li').count(), 312);
  const transformers = page.locator('#module-transformers');
  assert.match(await transformers.locator('summary').innerText(), /Transformers.*Critical.*12 of 12 lessons written/s);
  assert.ok(!(await transformers.locator('.map-lessons').isVisible()), 'modules are folded');
  await transformers.locator('summary').click();
  assert.match(await transformers.locator('.written').first().innerText(), /\d+ min$/);
  assert.equal(await transformers.getByText('not written yet').count(), 0);
  const agents = page.locator('#module-ai-agents');
  await agents.locator('summary').click();
  assert.ok(await agents.getByText('not written yet').first().isVisible());

  await page.goto(`${server.url}paths/`);
  for (const name of PATHS) assert.equal(await page.locator(`.path-list a[href="paths/${name}/"]`).count(), 1, name);
  for (const name of PATHS) {
    const response = await page.goto(`${server.url}paths/${name}/`);
    assert.equal(response.status(), 200, name);
    assert.ok((await page.locator('[id^="stop-"]').count()) >= 5, name);
  }
  await page.goto(`${server.url}placement/`);
  assert.equal(await page.locator('.quiz-question').count(), 12);
  await page.context().close();
});

test('course.json lists every lesson and path', async () => {
  const course = await (await fetch(`${server.url}course.json`)).json();
  const lessons = course.tracks.flatMap((track) => track.modules).flatMap((module) => module.lessons);
  assert.equal(course.version, 1);
  assert.equal(lessons.length, 312);
  assert.deepEqual(course.paths.map((path) => path.name), PATHS);
  // A lesson that is told within another has its page, and takes no time of its own.
  for (const { path, minutes, within } of lessons) assert.equal(path !== null, minutes > 0 || Boolean(within));
});

test('a path is followed by keyboard, kept over a reload, changed and left', async () => {
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server, 'paths/');
  let slot = await desk(page);
  await slot.getByText('You follow no path yet').waitFor();

  await open(page, server, 'paths/practical-engineer/');
  slot = await desk(page);
  const hours = slot.getByLabel('Hours a week');
  await hours.fill('900');
  await page.keyboard.press('Enter');
  await slot.getByText('must be a whole number from 1 to 80').waitFor();
  await hours.fill('5');
  await page.keyboard.press('Enter');
  await slot.getByRole('heading', { name: 'Week 1: your next steps' }).waitFor();
  assert.match(await slot.locator('[data-fact="done"]').innerText(), /^0 of \d+$/);
  const first = slot.locator('.desk-steps > li').first();
  assert.match(await first.innerText(), /It helps to know first|min/);
  assert.ok((await slot.locator('.desk-steps > li > a').count()) >= 1);
  const left = await slot.locator('[data-fact="left"]').innerText();
  assert.match(left, /\d+ (h|min).* at 5 hours a week you are through on /);
  assert.match(await slot.locator('[data-fact="unwritten"]').innerText(), /not counted in any time/);

  await page.waitForTimeout(600); // events of 300 ms are one write
  await page.reload();
  slot = await desk(page);
  await slot.getByRole('heading', { name: 'Week 1: your next steps' }).waitFor();
  await open(page, server, 'paths/');
  slot = await desk(page);
  await slot.getByRole('link', { name: 'Practical AI engineer' }).waitFor();

  await open(page, server, 'paths/practical-engineer/');
  slot = await desk(page);
  await slot.getByLabel('Begin on').fill('2020-01-01');
  await slot.getByRole('button', { name: 'Change' }).click();
  await slot.locator('[data-pace="behind"]').waitFor();

  await open(page, server, 'paths/ten-days/');
  slot = await desk(page);
  await slot.getByText('You follow “Practical AI engineer” now').waitFor();
  await slot.getByRole('button', { name: 'Follow this path' }).focus();
  await page.keyboard.press('Enter');
  await slot.getByText('at 42 hours a week').waitFor();
  await slot.getByRole('button', { name: 'Leave this path' }).click();
  await slot.getByText('You follow no path now').waitFor();
  assert.equal(await slot.locator('.desk-week').count(), 0);
  record.assertClean('following paths');
  await page.context().close();
});

test('the placement quiz leaves modules out, and puts them back', async () => {
  const page = await freshPage(browser);
  const record = await hygiene(page, server.origin);
  await open(page, server, 'paths/practical-engineer/');
  let slot = await desk(page);
  await slot.getByRole('button', { name: 'Follow this path' }).click();
  await slot.locator('.desk-steps > li').first().waitFor();
  const all = Number((await slot.locator('[data-fact="done"]').innerText()).split(' of ')[1]);

  await open(page, server, 'placement/');
  slot = await desk(page);
  const judge = slot.getByRole('button', { name: 'See what your answers suggest' });
  await slot.locator('fieldset').first().waitFor();
  assert.equal(await slot.locator('fieldset').count(), 12);
  assert.ok(await judge.isDisabled(), 'nothing is answered yet');
  const question = slot.locator('fieldset[data-question="attention-scale"]');
  await question.getByRole('radio').nth(0).focus();
  await page.keyboard.press('ArrowDown'); // the second option, which is right
  await slot.locator('fieldset[data-question="temperature"]').getByRole('radio').nth(2).check(); // wrong
  await slot.getByText('2 of 12 answered').waitFor();
  await judge.click();
  await question.getByText('Right:').waitFor();
  await slot.getByText('Not so:').waitFor();
  const verdict = page.getByRole('region', { name: 'What your answers suggest' });
  assert.equal(await verdict.getByRole('checkbox').count(), 2);
  assert.ok(await verdict.getByRole('checkbox', { name: 'Transformers' }).isChecked());
  assert.ok(!(await verdict.getByRole('checkbox', { name: 'Building your own LLM' }).isChecked()));
  await verdict.getByRole('button', { name: 'Keep these' }).click();
  await verdict.getByText('Kept.').waitFor();
  await page.waitForTimeout(600);

  await open(page, server, 'paths/practical-engineer/');
  slot = await desk(page);
  await slot.locator('[data-fact="known"]').waitFor();
  const fewer = Number((await slot.locator('[data-fact="done"]').innerText()).split(' of ')[1]);
  assert.ok(fewer < all, `${fewer} of ${all} lessons are left`);

  await open(page, server, 'placement/');
  slot = await desk(page);
  await slot.getByRole('button', { name: 'Put “Transformers” back into your path' }).click();
  await slot.locator('.desk-known').waitFor({ state: 'detached' });
  record.assertClean('placement');
  await page.context().close();
});
