// The quiz of each lesson: every question answered wrongly and rightly, every option explained, the score kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, open } from '../helpers/browser.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';
import { answer, check as press, choose, given, optionsOf } from '../helpers/practice.mjs';
import { PAGES } from '../helpers/site.mjs';

const lessons = PAGES.filter(({ path }) => /^learn\/.+/.test(path));
assert.ok(lessons.length >= 2, 'there are lessons');

for (const { path, title } of lessons) {
  test(`the quiz of “${title}”`, async () => {
    const page = await freshPage(browser, { serviceWorkers: 'block' });
    const record = await hygiene(page, server.origin);
    await open(page, server, path);
    const [{ questions }] = await given(page, 'quiz');
    assert.ok(questions.length >= 3, `several questions (${questions.length})`);
    const score = page.locator('[data-quiz-score]');

    for (const [index, data] of questions.entries()) {
      const { id, ask: { kind } } = data;
      const question = page.locator(`[data-question="${id}"]`);
      const explanations = question.locator('.quiz-explain');
      const check = async (verdict) => {
        await press(question);
        await page.locator(`[data-question="${id}"][data-result="${verdict}"]`).waitFor();
      };
      if (kind !== 'order') {
        await press(question);
        assert.match(await question.locator('.quiz-verdict').innerText(), / first(\.|:)/);
        assert.equal(await explanations.locator('visible=true').count(), 0, 'nothing is given away before an answer');
      }
      await answer(question, data, false);
      await check('wrong');
      assert.match(await question.locator('.quiz-verdict').innerText(), /^Not quite\. /);
      assert.ok((await explanations.locator('visible=true').first().innerText()).length > 30, `${id} is explained`);

      const options = optionsOf(data);
      const assertExplained = async () => {
        assert.equal(await explanations.count(), options.length);
        for (const [at, option] of options.entries()) {
          assert.ok(await explanations.nth(at).isVisible(), `${id}: option ${at + 1} is explained`);
          const said = await explanations.nth(at).innerText();
          assert.match(said, option.correct ? /^Right: / : /^Wrong: /);
          assert.ok(said.length > 30, `${id}: an explanation that explains: ${said}`);
        }
      };
      if (options) {
        const firstWrong = options.findIndex((option) => !option.correct);
        await choose(question, data, (at) => at === firstWrong);
        await check('wrong');
        await assertExplained();
      }
      await answer(question, data, true);
      await check('right');
      assert.equal(await question.locator('.quiz-verdict').innerText(), 'Right.');
      if (options) await assertExplained();
      assert.match(await score.innerText(), new RegExp(`^${index + 1} of ${questions.length} right so far\\.`));
    }

    const kept = `Score kept: ${questions.length} of ${questions.length}.`;
    assert.ok((await score.innerText()).endsWith(kept));
    await page.reload();
    await page.waitForFunction((kept) => document.querySelector('[data-quiz-score]')?.innerText === kept, kept);
    assert.equal(await page.locator('[data-result="right"]').count(), 0, 'the questions are asked anew');

    // A worse try does not take the better score away.
    const { id, ask: { options } } = questions.find((question) => question.ask.options);
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
