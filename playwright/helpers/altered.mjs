// Another build in which every single file differs from the first: an update has to fetch them all.

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './site.mjs';

const LIST = /const FILES = new Map\(Object\.entries\((\{[\s\S]*?\})\)\);/;
/** What changes a file and not what it does. A wasm program gets an empty section of its own. */
const MORE = { html: '<!-- next -->', css: '\n', js: '\n', json: '\n', wasm: Buffer.from([0, 2, 1, 120]), webmanifest: '\n' };

/** The files that a build's service worker keeps, and when: `{ path: [sha256, bytes, when] }`. */
export const filesOf = (folder) => JSON.parse(LIST.exec(readFileSync(path.join(folder, 'sw.js'), 'utf8'))[1]);

/** Those that it keeps as soon as it is installed, in a browser with relaxed SIMD or in one without. */
export const keptAtOnce = (folder, variant = 'relaxed') => Object.fromEntries(
  Object.entries(filesOf(folder)).filter(([, [, , when]]) => when === 'always' || when === variant));

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Writes the service worker of `from` into `folder`, with other files to keep. */
function keepOther(from, folder, files, change = (text) => text) {
  const worker = readFileSync(path.join(from, 'sw.js'), 'utf8');
  const changed = worker.replace(LIST, () => `const FILES = new Map(Object.entries(${JSON.stringify(files)}));`);
  writeFileSync(path.join(folder, 'sw.js'), change(changed));
}

/** Copies a built site and gives it one pack more: `shards` become its files. */
export function withPack(from, folderName, { name, title, shards }) {
  const folder = path.join(ROOT, 'target/site', folderName);
  rmSync(folder, { recursive: true, force: true });
  cpSync(from, folder, { recursive: true });
  const files = filesOf(from);
  mkdirSync(path.join(folder, 'packs', name), { recursive: true });
  const parts = shards.map((bytes, at) => {
    const file = `packs/${name}/${String(at).padStart(2, '0')}.bin`;
    writeFileSync(path.join(folder, file), bytes);
    files[file] = [hash(bytes), bytes.length, 'used'];
    return { path: file, bytes: bytes.length, sha256: hash(bytes) };
  });
  const packs = JSON.parse(readFileSync(path.join(from, 'packs.json'), 'utf8')).filter((pack) => pack.name !== name);
  const list = Buffer.from(JSON.stringify([...packs, { name, title, about: '', files: parts }]));
  writeFileSync(path.join(folder, 'packs.json'), list);
  files['packs.json'] = [hash(list), list.length, 'always'];
  keepOther(from, folder, files);
  return folder;
}

/** Copies a built site and changes every file that its service worker keeps from the first visit on. */
export function altered(from, name, build = 'abcdefabcdef') {
  const folder = path.join(ROOT, 'target/site', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(from, folder, { recursive: true });
  const files = filesOf(from);
  const old = JSON.parse(readFileSync(path.join(from, 'build.json'), 'utf8')).build;
  for (const [file, entry] of Object.entries(files)) {
    if (entry[2] === 'used') continue;
    let bytes = readFileSync(path.join(folder, file));
    if (file.endsWith('.html')) bytes = Buffer.from(bytes.toString('utf8').replace(`data-build="${old}"`, `data-build="${build}"`));
    bytes = Buffer.concat([bytes, Buffer.from(MORE[file.split('.').pop()] ?? '\n')]);
    writeFileSync(path.join(folder, file), bytes);
    files[file] = [hash(bytes), bytes.length, entry[2]];
  }
  keepOther(from, folder, files, (text) => text.replaceAll(`'${old}'`, `'${build}'`));
  const about = JSON.parse(readFileSync(path.join(from, 'build.json'), 'utf8'));
  writeFileSync(path.join(folder, 'build.json'), JSON.stringify({ ...about, build }));
  return folder;
}
