// Lighthouse on a phone's profile: home, a lesson, a path, an embed. Prints every score; the median of three runs must
// reach the goals: accessibility, best practices and SEO 100, performance at least 90.
//
//   node full/lighthouse.mjs [--runs 3] [--json PATH]      (from playwright/, after `cargo xtask dist`)

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import lighthouse from 'lighthouse';
import { goal } from '../helpers/goal.mjs';
import { start } from '../server.mjs';

const words = process.argv.slice(2);
const option = (name, other) => (words.includes(name) ? words[words.indexOf(name) + 1] : other);
const RUNS = Number(option('--runs', 3));
const PAGES = ['', 'learn/attention-mechanism/', 'paths/', 'embed/attention/'];
const GOALS = { accessibility: 1, 'best-practices': 1, seo: 1, performance: 0.9 };
const DIST = path.resolve(import.meta.dirname, '../..', process.env.GLASSBOX_DIST ?? 'dist');

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Chromium with a port for Lighthouse, in a profile that is thrown away. */
async function browser() {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'glassbox-lighthouse-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  for await (const text of child.stderr) {
    said += text;
    const port = said.match(/DevTools listening on ws:\/\/[^:]+:(\d+)\//)?.[1];
    if (port) {
      return { port: Number(port), async end() {
        child.kill();
        await once(child, 'exit');
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      } };
    }
  }
  throw new Error(`Chromium did not start: ${said}`);
}

const server = await start({ root: DIST });
const rows = [];
let missed = 0;
for (const page of PAGES) {
  const scores = Object.fromEntries(Object.keys(GOALS).map((category) => [category, []]));
  const failing = new Set();
  for (let run = 0; run < RUNS; run += 1) {
    const { port, end } = await browser();
    const { lhr } = await lighthouse(server.url + page, { port, logLevel: 'error', onlyCategories: Object.keys(GOALS) });
    await end();
    for (const [category, { score, auditRefs }] of Object.entries(lhr.categories)) {
      scores[category].push(score);
      for (const { id, weight } of auditRefs) {
        const audit = lhr.audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 0.9) failing.add(`${category}/${id} ${audit.displayValue ?? ''}`.trim());
      }
    }
  }
  const row = { page: `/${page}`, scores: {}, below: [...failing] };
  for (const [category, goal] of Object.entries(GOALS)) {
    row.scores[category] = median(scores[category]);
    if (row.scores[category] < goal) missed += 1;
  }
  rows.push(row);
  const line = Object.entries(row.scores).map(([category, score]) => `${category} ${Math.round(score * 100)}`).join(', ');
  goal('A1', `${row.page}: ${line}${row.below.length ? `\n    ${row.below.join('\n    ')}` : ''}`);
}
await server.stop();
if (option('--json')) writeFileSync(option('--json'), `${JSON.stringify(rows, null, 2)}\n`);
console.log(missed ? `${missed} goals of Lighthouse missed` : 'Lighthouse: every goal reached');
process.exit(missed ? 1 : 0);
