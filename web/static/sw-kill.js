// The emergency exit: published in the place of sw.js, it removes the service worker and its caches from
// every browser that has them, and loads the open pages again from the server. Progress is not touched.
'use strict';

const PREFIX = `glassbox-${new URL('./', self.location).pathname}-`;

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX)) await caches.delete(name);
    }
    const pages = await self.clients.matchAll({ type: 'window' });
    await self.registration.unregister();
    for (const page of pages) page.navigate(page.url).catch(() => {});
  })());
});
