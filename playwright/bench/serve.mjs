// Serves the bench page, the bundles, our engine and the wasm files of the peers, with or without cross-origin isolation.
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
export const TARGET = path.resolve(HERE, '../../target/bench');
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript',
  '.json': 'application/json', '.wasm': 'application/wasm',
};
/** Address to folder; the first that fits is taken. */
const FOLDERS = [
  ['/bundle/', path.join(TARGET, 'bundle')],
  ['/ours/', path.join(TARGET, 'ours')],
  ['/ort/', path.join(HERE, 'node_modules/onnxruntime-web/dist')],
  ['/tfjs-wasm/', path.join(HERE, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')],
  ['/wllama/', path.join(HERE, 'node_modules/@wllama/wllama/esm')],
  ['/', path.join(HERE, 'page')],
];

function find(pathname, folders) {
  const [prefix, folder] = [...folders, ...FOLDERS].find(([start]) => pathname.startsWith(start));
  const file = path.join(folder, pathname.slice(prefix.length) || 'index.html');
  if (!file.startsWith(folder + path.sep)) return null;
  const info = statSync(file, { throwIfNoEntry: false });
  return info?.isFile() ? { file, size: info.size } : null;
}

/**
 * Starts on any free port. `isolated` sends the headers that shared memory, and so threads, need; `folders` are served
 * besides, and come first.
 */
export async function start({ isolated, folders = [] }) {
  const server = http.createServer((request, response) => {
    const found = find(decodeURIComponent(new URL(request.url, 'http://server').pathname), folders);
    if (!found) {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end(`There is no ${request.url} here.\n`);
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[path.extname(found.file)] ?? 'application/octet-stream',
      'content-length': found.size,
      'cache-control': 'no-store',
      ...(isolated && {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
      }),
    });
    createReadStream(found.file).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
