// The quiz of each lesson: every question answered wrongly and rightly, every option explained, the score kept.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, launch, open } from '../helpers/browser.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { DIST, PAGES } from '../helpers/site.mjs';
import { start } from '../server.mjs';

let browser;
let server;
before(async () => {
  browser = await launch();
  server = await start({ root: DIST });
});
after(async () => {
  await browser.close();
  await server.stop();
});

const lessons = PAGES.filter(({ path }) => /^learn\/.+/.test(path));
assert.ok(lessons.length >= 2, 'there are lessons');

/** The questions as the prerendered page holds them. */
const questionsOf = (page) => page.evaluate(async () => {
  const text = await (await fetch(location.href)).text();
  const found = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-quiz]');
  return JSON.parse(found.dataset.quiz).questions;
});

for (const { path, title } of lessons) {
  test(`the quiz of “${title}”`, async () => {
    const page = await freshPage(browser, { serviceWorkers: 'block' });
    const record = await hygiene(page, server.origin);
    await open(page, server, path);
    const questions = await questionsOf(page);
    assert.ok(questions.length >= 3, `several questions (${questions.length})`);
    const score = page.locator('[data-quiz-score]');

    for (const [index, { id, multiple, options }] of questions.entries()) {
      const question = page.locator(`[data-question="${id}"]`);
      const boxes = question.locator('input');
      const explanations = question.locator('.quiz-explain');
      const choose = async (wanted) => {
        for (let at = 0; at < options.length; at += 1) {
          if (multiple) await boxes.nth(at).setChecked(wanted(at));
          else if (wanted(at)) await boxes.nth(at).check();
        }
      };
      const check = async (verdict) => {
        await question.locator('[data-action="check"]').click();
        await page.locator(`[data-question="${id}"][data-result="${verdict}"]`).waitFor();
      };
      const assertExplained = async () => {
        assert.equal(await explanations.count(), options.length);
        for (const [at, option] of options.entries()) {
          assert.ok(await explanations.nth(at).isVisible(), `${id}: option ${at + 1} is explained`);
          const said = await explanations.nth(at).innerText();
          assert.match(said, option.correct ? /^Right: / : /^Wrong: /);
          assert.ok(said.length > 30, `${id}: an explanation that explains: ${said}`);
        }
      };

      await question.locator('[data-action="check"]').click();
      assert.match(await question.locator('.quiz-verdict').innerText(), /^Choose (an|at least one) answer first\.$/);
      assert.equal(await explanations.locator('visible=true').count(), 0, 'nothing is given away before an answer');

      const firstWrong = options.findIndex((option) => !option.correct);
      await choose((at) => at === firstWrong);
      await check('wrong');
      assert.match(await question.locator('.quiz-verdict').innerText(), /^Not quite\. /);
      await assertExplained();

      await choose((at) => options[at].correct === true);
      await check('right');
      assert.equal(await question.locator('.quiz-verdict').innerText(), 'Right.');
      await assertExplained();
      assert.match(await score.innerText(), new RegExp(`^${index + 1} of ${questions.length} right so far\\.`));
    }

    const kept = `Score kept: ${questions.length} of ${questions.length}.`;
    assert.ok((await score.innerText()).endsWith(kept));
    await page.reload();
    await page.waitForFunction((kept) => document.querySelector('[data-quiz-score]')?.innerText === kept, kept);
    assert.equal(await page.locator('[data-result="right"]').count(), 0, 'the questions are asked anew');

    // A worse try does not take the better score away.
    const [{ id, options }] = questions;
    await page.locator(`[data-question="${id}"] input`).nth(options.findIndex((option) => !option.correct)).check();
    await page.locator(`[data-question="${id}"] [data-action="check"]`).click();
    await page.locator(`[data-question="${id}"][data-result="wrong"]`).waitFor();
    assert.equal(await score.innerText(), `0 of ${questions.length} right so far. ${kept}`);
    await page.locator('[data-action="try-again"]').click();
    await page.locator(`[data-question="${id}"][data-result="open"]`).waitFor();
    assert.equal(await page.locator('.quiz-live input:checked').count(), 0);
    record.assertClean('the quiz');
    await page.context().close();
  });
}
