// The site under test in one browser on the CPU: there before the file that imports them goes on, gone after its last test.

import { after } from 'node:test';
import { start } from '../server.mjs';
import { launch } from './browser.mjs';
import { DIST } from './site.mjs';

// Not in a `before` hook: outside of every suite, hooks do not wait for one another, and a file's own may need these.
export const browser = await launch();
export const server = await start({ root: DIST });

after(async () => {
  await browser.close();
  await server.stop();
});
