// A static server that behaves as GitHub Pages does: a sub-path, 404.html with status 404, ten minutes of
// caching, ETags, gzip, ranges, any origin may read, and no header of our own. What works here works there.
//
//   node server.mjs --root dist [--base /x/] [--port 8080]

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const TYPES = {
  '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8', '.md': 'text/markdown; charset=utf-8', '.png': 'image/png',
  '.svg': 'image/svg+xml', '.txt': 'text/plain; charset=utf-8', '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json', '.webp': 'image/webp', '.woff2': 'font/woff2', '.xml': 'application/xml',
};
const ZIPPED = /text|json|javascript|wasm|svg|manifest/;

/** Bodies by file and time of change: compressing the engine once is enough. */
const packed = new Map();

async function load(file) {
  const { mtimeMs, size } = await stat(file);
  const key = `${file}:${mtimeMs}:${size}`;
  if (!packed.has(key)) {
    const body = await readFile(file);
    const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    packed.set(key, { body, type, etag, zipped: ZIPPED.test(type) ? gzipSync(body) : null });
  }
  return packed.get(key);
}

/** The file for an address, `{ redirect }` for a folder without its slash, or null. */
async function find(root, base, pathname) {
  if (!pathname.startsWith(base)) return null;
  const file = path.join(root, pathname.slice(base.length));
  if (file !== root && !file.startsWith(root + path.sep)) return null;
  const info = await stat(file).catch(() => null);
  if (info?.isFile() && !pathname.endsWith('/')) return { file };
  if (!info?.isDirectory()) return null;
  const index = path.join(file, 'index.html');
  if (!(await stat(index).catch(() => null))?.isFile()) return null;
  return pathname.endsWith('/') ? { file: index } : { redirect: `${pathname}/` };
}

/**
 * Starts a server. `port` 0 takes any free one.
 * `replace(pathname, request)` may answer a request itself with `{ status, type, body }`, or with `{ send }`, a function
 * that gets the response and does what it likes with it: the tests' way to spoil files.
 */
export async function start({ root, base = '/', port = 0, replace = () => null }) {
  const state = { root: path.resolve(root), replace, requests: [] };

  async function answer(request, response) {
    const url = new URL(request.url, 'http://server');
    const pathname = decodeURIComponent(url.pathname);
    state.requests.push(pathname);
    const head = { 'access-control-allow-origin': '*', 'cache-control': 'max-age=600', vary: 'Accept-Encoding' };
    const spoilt = state.replace(pathname, request);
    if (spoilt?.send) return spoilt.send(response, head);
    if (spoilt) {
      response.writeHead(spoilt.status ?? 200, { ...head, 'content-type': spoilt.type ?? 'text/html; charset=utf-8' });
      return response.end(spoilt.body ?? '');
    }
    let found = await find(state.root, base, pathname);
    if (found?.redirect) {
      response.writeHead(301, { ...head, location: found.redirect + url.search });
      return response.end();
    }
    const status = found ? 200 : 404;
    if (!found && pathname.startsWith(base)) found = { file: path.join(state.root, '404.html') };
    const loaded = found && (await load(found.file).catch(() => null));
    if (!loaded) {
      response.writeHead(404, { ...head, 'content-type': 'text/plain; charset=utf-8' });
      return response.end('There is no such page on this server.\n');
    }
    head.etag = loaded.etag;
    if (status === 200 && request.headers['if-none-match'] === loaded.etag) {
      response.writeHead(304, head);
      return response.end();
    }
    const range = status === 200 && /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (range) {
      const size = loaded.body.length;
      const [first, last] = [Number(range[1]), range[2] === '' ? size - 1 : Math.min(Number(range[2]), size - 1)];
      if (first > last) {
        response.writeHead(416, { ...head, 'content-range': `bytes */${size}` });
        return response.end();
      }
      response.writeHead(206, {
        ...head, 'content-type': loaded.type, 'content-length': last - first + 1, 'content-range': `bytes ${first}-${last}/${size}`,
      });
      return response.end(request.method === 'HEAD' ? undefined : loaded.body.subarray(first, last + 1));
    }
    const zip = loaded.zipped && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const body = zip ? loaded.zipped : loaded.body;
    if (zip) head['content-encoding'] = 'gzip';
    response.writeHead(status, { ...head, 'content-type': loaded.type, 'content-length': body.length });
    return response.end(request.method === 'HEAD' ? undefined : body);
  }

  const server = http.createServer((request, response) => {
    answer(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${error.message}\n`);
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    base,
    url: origin + base,
    /** Every path asked for so far. */
    requests: state.requests,
    /** Publishes another folder, as a new deployment does. */
    publish(folder) { state.root = path.resolve(folder); },
    /** Answers some requests differently from now on. */
    spoil(replacement) { state.replace = replacement; },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

async function main() {
  const options = { root: 'dist', base: '/', port: undefined };
  const words = process.argv.slice(2);
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].replace(/^--/, '');
    if (!(name in options) || words[i + 1] === undefined) throw new Error(`unknown option ${words[i]}`);
    options[name] = words[i + 1];
  }
  // A port that was asked for is used or refused; otherwise the first free one from 8080 on.
  const ports = options.port ? [Number(options.port)] : Array.from({ length: 20 }, (_, i) => 8080 + i);
  for (const port of ports) {
    try {
      const server = await start({ root: options.root, base: options.base, port });
      console.log(`\nGlassbox is at ${server.url} — stop it with Ctrl+C.`);
      return;
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`port ${ports.join(', ')} is in use; name another with --port`);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
