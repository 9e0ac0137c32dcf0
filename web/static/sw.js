// The service worker: after one visit the whole site works without the server.
// `cargo xtask dist` fills in the build id and the list of files. One cache belongs to one build, so a page
// and its wasm always match; a new build is installed completely, every byte checked, or not at all.
'use strict';

const BUILD = '__GLASSBOX_BUILD__';
/** path -> [sha256, bytes, when]; `when` is a key of `AT_ONCE`. Other files are kept from their first use on. */
const FILES = new Map(Object.entries(__GLASSBOX_FILES__));

/** A program that uses relaxed SIMD, as in web/labs/src/engine/features.rs: of a program compiled twice, one is kept. */
const RELAXED = WebAssembly.validate(Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15,
  65, 0, 253, 15, 253, 133, 2, 11,
));
/** What is fetched when this version is installed. */
const AT_ONCE = { always: true, relaxed: RELAXED, simd: !RELAXED, used: false };
const atOnce = (path) => AT_ONCE[FILES.get(path)[2]];

const SCOPE = new URL('./', self.location).pathname;
const PREFIX = `glassbox-${SCOPE}-`; // Other projects may live on the same origin: touch only what is ours.
const CACHE = PREFIX + BUILD;
const TOGETHER = 6;
/** A server that does not answer for so long ends the installation; the older version goes on, and a later visit tries again. */
const PATIENCE_MS = 300_000;

const TYPES = {
  css: 'text/css; charset=utf-8', html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8',
  json: 'application/json', md: 'text/markdown; charset=utf-8', png: 'image/png', svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8', wasm: 'application/wasm', webmanifest: 'application/manifest+json',
  webp: 'image/webp', woff2: 'font/woff2', xml: 'application/xml',
};

/** The address of a file; a page is asked for by its folder, as a browser does. */
const address = (path) => new URL(path.replace(/(^|\/)index\.html$/, '$1'), self.registration.scope).href;

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function answerWith(path, body, status = 200) {
  const type = TYPES[path.split('.').pop()] ?? 'application/octet-stream';
  return new Response(body, { status, headers: { 'content-type': type } });
}

/** Fetches one file past the HTTP cache; anything but exactly this build's bytes is an error. */
async function download(path) {
  const response = await fetch(address(path), {
    cache: 'no-cache', credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok || response.redirected || response.type !== 'basic') {
    throw new Error(`${path} came back as ${response.status}${response.redirected ? ' (redirected)' : ''}`);
  }
  const bytes = await response.arrayBuffer();
  if (await sha256(bytes) !== FILES.get(path)[0]) throw new Error(`${path} is not the file of build ${BUILD}`);
  return answerWith(path, bytes);
}

/** Takes an unchanged file over from an older build, so an update downloads only what changed. */
async function takeOver(path, olderCaches) {
  for (const cache of olderCaches) {
    const found = await cache.match(address(path));
    if (!found) continue;
    const bytes = await found.arrayBuffer();
    if (await sha256(bytes) === FILES.get(path)[0]) return answerWith(path, bytes);
  }
  return null;
}

async function ownOlderCaches() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  return Promise.all(names.map((name) => caches.open(name)));
}

/** Puts every file whose path is `wanted` into this build's cache, a few at a time. */
async function fill(wanted) {
  const cache = await caches.open(CACHE);
  const older = await ownOlderCaches();
  const waiting = [...FILES.keys()].filter(wanted);
  const one = async () => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (await cache.match(address(path))) continue;
      await cache.put(address(path), (await takeOver(path, older)) ?? (await download(path)));
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, one));
}

/** Carries over what somebody has used and is unchanged, so that an update does not take the WebGPU engine offline. */
async function keepUsed() {
  const cache = await caches.open(CACHE);
  const older = await ownOlderCaches();
  for (const path of FILES.keys()) {
    const kept = atOnce(path) ? null : await takeOver(path, older);
    if (kept) await cache.put(address(path), kept);
  }
}

self.addEventListener('install', (event) => {
  event.waitUntil(fill(atOnce).then(keepUsed).catch(async (error) => {
    await caches.delete(CACHE);
    throw error;
  }));
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

/** A file of this build: from the cache, or (not kept yet, or evicted by the browser) fetched, checked and kept. */
async function ownFile(path, request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address(path));
  if (kept) return kept;
  try {
    const fresh = await download(path);
    await cache.put(address(path), fresh.clone()).catch(() => {}); // Storage full: it works, only not offline.
    return fresh;
  } catch (error) {
    if (request.mode === 'navigate') return fetch(request);
    return new Response(`${error.message}. Reload the page to get the current version.`, { status: 504 });
  }
}

/** An address that this build does not know: the server may, otherwise the friendly 404 page. */
async function unknownPage(request) {
  try {
    const response = await fetch(request);
    if (response.status !== 404) return response;
  } catch { /* Offline: the kept page answers. */ }
  const page = await caches.match(address('404.html'), { cacheName: CACHE });
  return page ? answerWith('404.html', await page.arrayBuffer(), 404) : Response.error();
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || !url.pathname.startsWith(SCOPE)) return;
  if (request.headers.has('range')) return; // A pack on its way, which the page puts into this build's cache itself.
  const path = url.pathname.slice(SCOPE.length);
  const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  if (FILES.has(file)) event.respondWith(ownFile(file, request));
  else if (request.mode !== 'navigate') return;
  else if (FILES.has(`${file}/index.html`)) event.respondWith(Response.redirect(`${url.pathname}/${url.search}`, 301));
  else event.respondWith(unknownPage(request));
});

self.addEventListener('message', (event) => {
  const type = typeof event.data === 'string' ? event.data : event.data?.type;
  const reply = (message) => (event.ports[0] ?? event.source)?.postMessage(message);
  if (type === 'skip-waiting') self.skipWaiting();
  if (type === 'build') reply({ type: 'build', build: BUILD });
  if (type === 'cache-gpu') {
    event.waitUntil(fill((path) => path.startsWith('worker-gpu')).then(
      () => reply({ type: 'cached-gpu', ok: true }),
      (error) => reply({ type: 'cached-gpu', ok: false, reason: error.message }),
    ));
  }
});
