// Pages of other people that show a lab: on the same site, on another one, with storage kept apart or denied.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** Serves `pages` (`{ '/a': html }`) as somebody else's site; `host` decides whether browsers call it the same site. */
export async function foreignSite(host, pages) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    const body = pathname === '/favicon.ico' ? '' : pages[pathname];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(body ?? '');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://${host}:${server.address().port}`,
    pages,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

/**
 * Chromium as Playwright starts it: without the partitioning of third-party storage, so that a frame of another site is
 * denied it. (A `--disable-features` of our own would take the place of Playwright's, and with it the denial.)
 */
export const denyingBrowser = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-sync'],
});

/**
 * Chromium as a person starts it. Playwright's own way switches off the partitioning of third-party storage, so that
 * a frame of another site is denied it; here such a frame gets storage of its own.
 */
export async function ordinaryBrowser() {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'glassbox-ordinary-'));
  const child = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', [
    '--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank',
  ], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (part) => {
      said += part;
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.once('exit', () => reject(new Error(`Chromium ended: ${said.slice(-400)}`)));
    child.once('error', reject);
  });
  const browser = await chromium.connectOverCDP(address);
  return {
    browser,
    async close() {
      await browser.close().catch(() => {});
      const gone = new Promise((resolve) => { child.once('exit', resolve); });
      child.kill('SIGKILL');
      await gone;
      try {
        rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      } catch {
        // A helper of the killed browser still writes; the system clears its folder for temporary files by itself.
      }
    },
  };
}
