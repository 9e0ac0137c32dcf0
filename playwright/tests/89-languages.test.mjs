// Goal A11: the words of the interface come from lists, survive being 40 % longer, and German pages are German.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshPage, lab, open, waitState } from '../helpers/browser.mjs';
import { goal } from '../helpers/goal.mjs';
import { browser, server } from '../helpers/hosted.mjs';
import { hygiene } from '../helpers/hygiene.mjs';

/** Where no word of the interface stands: what comes from models, data, prose and the pages themselves. */
const NOT_OURS = [
  'code', 'pre', 'math', '.katex', // source, tokens and formulas
  '.brand', '.site-nav', '.search-link', '.skip-link', // the shell, in the page's own language
  '.token-chip', '.token-bar-token', '.token-text', '.asks', '.answers', 'th[scope="row"]', // tokens
  '.typed', '.ghost', '.sample-text', '.written', 'textarea', // what learners and models write
  '[data-field="text"] option', '.train-facts b', '.model-name input', // texts and models by name
  '[data-device-name]', '[data-output="device"]', '[data-output="adapter"]', '[data-output="build"]', // devices by name
  '.model-facts', '.lab-note[data-output="machine"]', // tokenizer and variant, as they are kept in files
  '.lab-slot[data-lab] > .lab-fallback', '.chart-table', '.checks td', 'output', // prerendered; numbers
  '[lang]:not(html)', // marked as another language
  // Prose that the compiler wrote: questions, tasks, hints.
  '.quiz-prompt', '.quiz-text', '.quiz-why', '.prose', '.authored', '[data-authored]',
];
/** Names and units that are the same in every language. */
const SAME = /^(?:CPU|WebGPU|GFLOP\/s|WebAssembly|SIMD128|ms|kB|MB|GB|GPU|nats?|GPT|d_model|mat|floor|roof|moon|idea|seven|CSV|JSON|QR|The cat sat on the)$/u;

/** Texts and names in the header and the labs that carry no mark of the pseudo-language. */
const unmarked = (page, roots) => page.evaluate(([roots, skip]) => {
  const found = [];
  const bare = (text) => {
    let rest = text;
    for (let before = ''; before !== rest;) {
      before = rest;
      rest = rest.replace(/⟦[^⟦⟧]*⟧/gu, ' ');
    }
    return rest;
  };
  const look = (text, element, what) => {
    if (element.closest(skip)) return;
    const rest = bare(text).replace(/“[^”]*”/gu, ' ').trim(); // a token or a model's name
    if (/\p{L}{2,}/u.test(rest)) found.push([rest, `${what} in ${element.tagName.toLowerCase()}.${element.className}`]);
  };
  for (const root of document.querySelectorAll(roots)) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element.closest('[hidden]')) continue;
      look(node.data, element, 'text');
    }
    for (const element of root.querySelectorAll('[aria-label], [title], [placeholder]')) {
      if (element.closest('[hidden]') || element.matches('.token-chip')) continue;
      for (const name of ['aria-label', 'title', 'placeholder']) {
        const value = element.getAttribute(name);
        if (value) look(value, element, name);
      }
    }
  }
  return found;
}, [roots, NOT_OURS.join(', ')]);

const PAGES = {
  '': 'complete',
  'learn/attention-mechanism/': 'attention',
  'learn/project-mini-gpt/': 'train',
  'learn/matmul-benchmark/': 'matmul',
  'learn/sampling-decoding/': 'sampling',
  'models/': 'models',
  'engine/': 'engine',
};

test('in the pseudo-language every word of the header and the labs is marked, and nothing runs over', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  for (const [path, name] of Object.entries(PAGES)) {
    await open(page, server, `${path}?lang=xx`);
    const root = lab(page, name);
    await root.locator('.lab-title').waitFor();
    assert.match(await root.locator('.lab-title').innerText(), /^⟦.*·⟧$/u, `${path}: the lab's title`);
    await page.waitForFunction((name) => ['idle', 'done'].includes(document.querySelector(`[data-lab="${name}"]`)?.dataset.state),
      name, { timeout: 60_000 });
    const left = await unmarked(page, '.site-header, [data-lab]');
    const ours = left.filter(([text]) => text !== 'The cat sat on the …' && !text.split(/[\s,;:()“”„.·×/%–…-]+/u).filter((word) => /\p{L}{2,}/u.test(word))
      .every((word) => SAME.test(word)));
    assert.deepEqual(ours, [], `${path || 'home'}: words that are not in web/text`);
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${path || 'home'} at ${width} px runs over by ${over} px`);
    }
  }
  goal('A11', `0 words outside of the lists on ${Object.keys(PAGES).length} pages, 0 px over at 360 and 1280 px with words 40 % longer`);
  await page.context().close();
});

test('a German page is German, labs and all, and the way between the languages keeps the lesson', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  const record = await hygiene(page, server.origin);
  await open(page, server, 'de/learn/attention-mechanism/');
  const language = () => page.evaluate(() => document.documentElement.lang);
  assert.equal(await language(), 'de');
  assert.equal(await page.locator('.skip-link').textContent(), 'Zum Inhalt springen');
  assert.equal(await page.locator('.site-nav a').first().innerText(), 'Lernen');
  const root = lab(page, 'attention');
  await waitState(root, 'done');
  assert.equal(await root.locator('.lab-title').innerText(), 'Im Inneren eines Attention-Kopfs');
  assert.match(await root.innerText(), /Dein Text als Tokens/);
  assert.match(await page.locator('[data-action="theme"]').innerText(), /Wie System/);

  // To the next German lesson without loading the page anew.
  await page.evaluate(() => { window.stayed = true; });
  await page.locator('.prose a[href="de/learn/project-mini-gpt/"]').first().click();
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Projekt: Mini-GPT');
  assert.equal(await page.evaluate(() => window.stayed), true, 'the same document');
  assert.equal(await lab(page, 'train').locator('.lab-title').innerText(), 'Trainiere ein GPT');

  // Into the other language with a fresh document, on the same lesson.
  await page.locator('.page-languages a[hreflang="en"]').click();
  await page.waitForFunction(() => document.documentElement.lang === 'en' && document.documentElement.dataset.ready);
  assert.equal(new URL(page.url()).pathname, new URL('learn/project-mini-gpt/', server.url).pathname);
  assert.equal(await page.evaluate(() => window.stayed), undefined, 'another document');
  assert.equal(await page.locator('article').getAttribute('data-slug'), 'project-mini-gpt');
  assert.equal(await lab(page, 'train').locator('.lab-title').innerText(), 'Train a GPT');
  await page.locator('.page-languages a[hreflang="de"]').click();
  await page.waitForFunction(() => document.documentElement.lang === 'de' && document.documentElement.dataset.ready);
  record.assertClean('the way through both languages');
  await page.context().close();
});

test('what is not translated is linked in English and says so', async () => {
  const page = await freshPage(browser, { serviceWorkers: 'block' });
  await open(page, server, 'de/learn/');
  const list = page.locator('.course-list');
  assert.equal(await list.locator('a[href="de/learn/attention-mechanism/"]').count(), 1);
  const other = list.locator('a[href="learn/matmul-benchmark/"]');
  assert.deepEqual([await other.getAttribute('lang'), await other.getAttribute('hreflang')], ['en', 'en']);
  await other.click();
  await page.waitForFunction(() => document.documentElement.lang === 'en' && document.querySelector('h1'));
  await page.context().close();
});
