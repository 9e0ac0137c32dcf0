// The built site: where it lies, which pages it has, and further packages of it for other paths and builds.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** The site under test; `GLASSBOX_DIST` names another built copy. */
export const DIST = path.resolve(ROOT, process.env.GLASSBOX_DIST ?? 'dist');

if (!existsSync(path.join(DIST, 'pages.json'))) {
  throw new Error('There is no built site to test: run `cargo xtask dist` first.');
}

/** Every page but 404.html: `{ path, title, summary }`, path relative to the site's root ('' is home). */
export const PAGES = JSON.parse(readFileSync(path.join(DIST, 'pages.json'), 'utf8'))
  .filter((page) => page.path !== '404.html');

export const buildOf = (folder) => JSON.parse(readFileSync(path.join(folder, 'build.json'), 'utf8')).build;

/** Packages the last build again, for another base path or origin, or (salt) as another build; answers its folder. */
export function pack(name, { base = '/', salt = '', origin = '' } = {}) {
  const out = path.join(ROOT, 'target/site', name);
  const words = ['pack', '--out', out, '--base', base, '--salt', salt, ...(origin ? ['--origin', origin] : [])];
  const options = { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] };
  if (process.env.XTASK) execFileSync(process.env.XTASK, words, options);
  else execFileSync('cargo', ['xtask', ...words], options);
  return out;
}
