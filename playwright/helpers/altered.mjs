// Another build in which every single file differs from the first: an update has to fetch them all.

import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './site.mjs';

const LIST = /const FILES = new Map\(Object\.entries\((\{[\s\S]*?\})\)\);/;
/** What changes a file and not what it does. A wasm program gets an empty section of its own. */
const MORE = { html: '<!-- next -->', css: '\n', js: '\n', json: '\n', wasm: Buffer.from([0, 2, 1, 120]), webmanifest: '\n' };

/** The files that a build's service worker keeps: `{ path: [sha256, bytes, lazy] }`. */
export const filesOf = (folder) => JSON.parse(LIST.exec(readFileSync(path.join(folder, 'sw.js'), 'utf8'))[1]);

/** Copies a built site and changes every file that its service worker keeps from the first visit on. */
export function altered(from, name, build = 'abcdefabcdef') {
  const folder = path.join(ROOT, 'target/site', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(from, folder, { recursive: true });
  const files = filesOf(from);
  const old = JSON.parse(readFileSync(path.join(from, 'build.json'), 'utf8')).build;
  for (const [file, entry] of Object.entries(files)) {
    if (entry[2]) continue;
    let bytes = readFileSync(path.join(folder, file));
    if (file.endsWith('.html')) bytes = Buffer.from(bytes.toString('utf8').replace(`data-build="${old}"`, `data-build="${build}"`));
    bytes = Buffer.concat([bytes, Buffer.from(MORE[file.split('.').pop()] ?? '\n')]);
    writeFileSync(path.join(folder, file), bytes);
    files[file] = [createHash('sha256').update(bytes).digest('hex'), bytes.length, 0];
  }
  const worker = readFileSync(path.join(from, 'sw.js'), 'utf8');
  const changed = worker.replace(LIST, () => `const FILES = new Map(Object.entries(${JSON.stringify(files)}));`).replaceAll(`'${old}'`, `'${build}'`);
  writeFileSync(path.join(folder, 'sw.js'), changed);
  const about = JSON.parse(readFileSync(path.join(from, 'build.json'), 'utf8'));
  writeFileSync(path.join(folder, 'build.json'), JSON.stringify({ ...about, build }));
  return folder;
}
