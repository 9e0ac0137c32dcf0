// Runs before everything else and needs no wasm: sets the theme before the first paint, watches that the
// labs start, offers a repair when they do not, and looks after the service worker and its updates.
(() => {
  'use strict';
  const root = document.documentElement;
  const base = new URL('./', document.baseURI);
  const PATIENCE_MS = 15_000;

  // ---- theme: the same key as the page's theme switch; storage may be denied -------------------------------
  try {
    const theme = localStorage.getItem('glassbox-theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  } catch { /* No storage: the system's theme is used. */ }

  // ---- reading without labs -------------------------------------------------------------------------------
  const labsOff = new URLSearchParams(location.search).get('labs') === 'off';
  if (labsOff) root.dataset.labs = 'off';

  // ---- the skip link: <base> would send a bare #main to the home page --------------------------------------
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest('a.skip-link');
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const main = document.getElementById('main');
    main.tabIndex = -1;
    main.focus();
    main.scrollIntoView();
  }, true);

  // ---- watchdog and repair card ---------------------------------------------------------------------------
  let registration = null;
  let card = null;
  const ready = () => root.hasAttribute('data-ready');

  const element = (tag, props, ...children) => {
    const made = Object.assign(document.createElement(tag), props);
    made.append(...children);
    return made;
  };

  function whenParsed(action) {
    if (document.readyState !== 'loading') action();
    else document.addEventListener('DOMContentLoaded', action, { once: true });
  }

  function showCard(title, reason) {
    whenParsed(() => {
      if (card) return;
      const heading = element('h2', { id: 'repair-title', textContent: title });
      const reload = element('button', { type: 'button', className: 'repair-reload', textContent: 'Reload' });
      reload.addEventListener('click', repair);
      const clear = element('button', {
        type: 'button', className: 'repair-clear', textContent: "Clear the app's cache (not your progress)",
      });
      clear.addEventListener('click', clearCache);
      const read = element('a', { href: `${location.pathname}?labs=off`, textContent: 'Read this page without labs' });
      card = element('section', { className: 'repair-card' }, heading,
        element('p', { textContent: reason }),
        element('p', { className: 'repair-actions' }, reload, clear, read));
      card.setAttribute('role', 'alert');
      card.setAttribute('aria-labelledby', 'repair-title');
      document.getElementById('main').before(card);
      root.dataset.boot = 'failed';
    });
  }

  async function clearCache() {
    try {
      for (const name of await caches.keys()) {
        if (name.startsWith(`glassbox-${base.pathname}-`)) await caches.delete(name);
      }
      const own = await navigator.serviceWorker.getRegistration(base);
      if (own && new URL(own.scope).pathname === base.pathname) await own.unregister();
    } catch { /* Nothing cached, or no permission to look: the reload alone has to do. */ }
    location.reload();
  }

  function reloadIntoNewest() {
    accepted = true;
    if (registration?.waiting) registration.waiting.postMessage({ type: 'skip-waiting' });
    else location.reload();
  }

  /** Fetches the page's own files past the HTTP cache, which may hold a wrong answer for ten minutes. */
  async function repair() {
    const parts = document.querySelectorAll('script[src], link[rel="stylesheet"], link[rel="modulepreload"], link[rel="preload"]');
    const fresh = [...parts].map((part) => fetch(part.src || part.href, { cache: 'reload' }));
    const patience = new Promise((resolve) => { setTimeout(resolve, 10_000); });
    await Promise.race([Promise.allSettled(fresh), patience]);
    reloadIntoNewest();
  }

  const failed = (reason) => showCard('The labs on this page did not start', reason);

  /** The smallest program with a SIMD128 instruction; a browser that does not know it calls it invalid. */
  const SIMD128 = new Uint8Array([
    0, 97, 115, 109, 1, 0, 0, 0, // A WebAssembly file, version 1.
    1, 5, 1, 96, 0, 1, 123, //      One type: a function that results in a v128.
    3, 2, 1, 0, //                  One function, of that type.
    10, 8, 1, 6, 0, 65, 0, 253, 15, 11, // Its code: i32.const 0, i8x16.splat, end.
  ]);

  if (!labsOff) {
    if (typeof WebAssembly !== 'object') {
      failed('This browser has no WebAssembly, or it is switched off. The text reads as usual.');
    } else if (!WebAssembly.validate(SIMD128)) {
      failed('This browser’s WebAssembly has no SIMD128, which the labs compute with; browsers have had it since 2021 to 2023. '
        + 'A newer browser runs them. The text reads as usual.');
    }
    addEventListener('error', (event) => {
      if (event.target instanceof HTMLScriptElement && !ready()) {
        failed(`The file ${event.target.src} could not be loaded. The text reads as usual; a reload may help.`);
      }
    }, true);
    addEventListener('glassbox-boot-failed', (event) => {
      if (!ready()) failed(`Starting them ended with: ${event.detail}. The text reads as usual; a reload may help.`);
    });
    addEventListener('glassbox-crashed', (event) => {
      showCard('This page stopped working', `The cause: ${event.detail}. What you have saved is kept; a reload starts afresh.`);
    });
    setTimeout(() => {
      if (!ready()) failed('They take longer than 15 seconds. You can go on waiting, or try one of these.');
    }, PATIENCE_MS);
    new MutationObserver(() => {
      if (!ready() || root.dataset.boot !== 'failed') return;
      card?.remove();
      card = null;
      delete root.dataset.boot;
    }).observe(root, { attributeFilter: ['data-ready'] });
  }

  // ---- service worker: offline use and updates ------------------------------------------------------------
  // The page shows a notice on `glassbox-update` and sends `glassbox-update-accept` when the learner agrees.
  // Nothing here ever reloads a page whose reader has not agreed: a training run may be under way.
  let accepted = false;
  let reloading = false;

  function announce() {
    root.dataset.update = 'waiting';
    dispatchEvent(new CustomEvent('glassbox-update'));
  }

  addEventListener('glassbox-update-accept', reloadIntoNewest);

  function watch(worker) {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) announce();
      // The first install failed: this visit works, a later one tries again.
      if (worker.state === 'redundant' && !registration.active) root.dataset.offline = 'unavailable';
    });
  }

  async function compareBuilds() {
    const controller = navigator.serviceWorker.controller;
    if (!controller || !root.dataset.build) return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      if (data.build !== root.dataset.build) announce();
    };
    controller.postMessage({ type: 'build' }, [port2]);
  }

  async function startServiceWorker() {
    const controlled = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (accepted && !reloading) {
        reloading = true;
        location.reload();
      } else if (controlled) {
        announce(); // Another tab took the new version: this page and its files are now of two builds.
      }
    });
    registration = await navigator.serviceWorker.register(new URL('sw.js', base), { scope: base.pathname, updateViaCache: 'none' });
    if (registration.waiting && controlled) announce();
    watch(registration.installing);
    if (!registration.installing && !registration.waiting && !registration.active) root.dataset.offline = 'unavailable';
    registration.addEventListener('updatefound', () => watch(registration.installing));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') registration.update().catch(() => {});
    });
    compareBuilds();
    await navigator.serviceWorker.ready;
    root.dataset.offline = 'ready';
  }

  const mayRegister = 'serviceWorker' in navigator && isSecureContext && window.top === window.self;
  if (mayRegister) {
    addEventListener('load', () => {
      startServiceWorker().catch(() => { root.dataset.offline = 'unavailable'; });
    }, { once: true });
  } else {
    root.dataset.offline = 'unavailable';
  }
})();
