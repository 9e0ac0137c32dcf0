// Runs before everything else and needs no wasm: sets the theme before the first paint, watches that the
// labs start, offers a repair when they do not, and looks after the service worker and its updates.
(() => {
  'use strict';
  const root = document.documentElement;
  const base = new URL('./', document.baseURI);
  const PATIENCE_MS = 15_000;
  /** The desk gathers what it writes for less than this. */
  const GATHERED_MS = 1000;

  // ---- theme: the same key as the page's theme switch; storage may be denied -------------------------------
  try {
    const theme = localStorage.getItem('glassbox-theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    // The other settings, as the desk writes them: font=serif&size=large …
    for (const [name, value] of new URLSearchParams(localStorage.getItem('glassbox-settings') ?? '')) {
      if (/^(font|size|contrast|motion|keys)$/.test(name) && /^[a-z]+$/.test(value)) root.dataset[name] = value;
    }
  } catch { /* No storage: the system's theme is used. */ }

  // ---- the language of the interface alone, such as the pseudo-language `xx`, which tests ask for --------------
  const language = new URLSearchParams(location.search).get('lang');
  if (/^[a-z]{2,3}$/.test(language ?? '')) root.dataset.lang = language;

  // ---- reading without labs -------------------------------------------------------------------------------
  const labsOff = new URLSearchParams(location.search).get('labs') === 'off';
  if (labsOff) root.dataset.labs = 'off';
  // Listings in several languages take the place of their tabs from the first paint on.
  else root.dataset.tabs = '';

  // ---- a shared state: `#v1=` and raw deflate in base64url, as learn/src/share writes it ---------------------
  // The start script waits for it, so that the labs begin with it. `data-shared` is the state as form-urlencoded
  // pairs; `data-shared-fault` says why there is none.
  const LINK_BYTES = 8 * 1024;
  const STATE_BYTES = 64 * 1024;

  async function unpack(packed) {
    const text = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let state = '';
    let size = 0;
    for (const reader = stream.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return state + decoder.decode();
      size += value.length;
      if (size > STATE_BYTES) {
        reader.cancel();
        throw new RangeError('more than a link may hold');
      }
      state += decoder.decode(value, { stream: true });
    }
  }

  async function readLink() {
    const { hash } = location;
    if (!/^#v\d+=/.test(hash)) return;
    delete root.dataset.shared;
    delete root.dataset.sharedFault;
    try {
      if (!hash.startsWith('#v1=')) throw new RangeError('a later version');
      if (hash.length > LINK_BYTES + 1) throw new RangeError('longer than a link may be');
      const state = await unpack(hash.slice('#v1='.length));
      if (!/^lab=[\w.:-]{1,64}(&|$)/.test(state)) throw new RangeError('no lab');
      root.dataset.shared = state;
    } catch {
      root.dataset.sharedFault = typeof DecompressionStream === 'function' ? 'not-understood' : 'browser';
    }
  }

  window.glassboxShared = readLink();
  // Another link pasted while the page is open: the lab is set as `glassbox-set` does it; nothing is reloaded.
  addEventListener('hashchange', async () => {
    const before = root.dataset.shared;
    window.glassboxShared = readLink();
    await window.glassboxShared;
    const { shared } = root.dataset;
    if (shared !== undefined && shared !== before) {
      const pairs = new URLSearchParams(shared);
      const lab = pairs.get('lab');
      for (const name of [...pairs.keys()]) if (name === 'lab' || name.startsWith('_')) pairs.delete(name);
      dispatchEvent(new CustomEvent('glassbox-set', { detail: JSON.stringify({ lab, knobs: pairs.toString() }) }));
    }
    dispatchEvent(new CustomEvent('glassbox-shared'));
  });

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

  /** The learner's progress as text, from its copy in the local storage; null for somebody new. */
  function keptProgress() {
    try { return localStorage.getItem(`glassbox ${base.pathname} progress`); } catch { return null; /* denied: nothing is kept there */ }
  }

  /**
   * Adds the link that saves the progress as a file. The page's own memory may be lost, so the file is the copy in the
   * browser's storage, as it is when the link is followed; the progress page imports it.
   */
  function offerProgress(actions, again = true) {
    // Another program than the desk may have stopped: the desk then writes what it still gathers, at once.
    if (again) dispatchEvent(new CustomEvent('glassbox-keep'));
    if (!keptProgress()) {
      if (again) setTimeout(offerProgress, GATHERED_MS, actions, false);
      return;
    }
    const save = element('a', { download: 'glassbox-progress.txt', className: 'repair-save', textContent: 'Save my progress as a file' });
    const refresh = () => { save.href = URL.createObjectURL(new Blob([keptProgress() ?? ''], { type: 'text/plain' })); };
    // At once too, for who saves it by the link's menu.
    refresh();
    save.addEventListener('click', refresh);
    actions.append(save);
  }

  function whenParsed(action) {
    if (document.readyState !== 'loading') action();
    else document.addEventListener('DOMContentLoaded', action, { once: true });
  }

  // ---- what can wait: the program until the text has been painted, and what is far down until the reader is near ---
  const SETTLED_MS = 4000;
  const PAINT_MS = 1000;

  // A page in a hidden tab is never painted, so there is a limit.
  window.glassboxPainted = new Promise((resolve) => {
    setTimeout(resolve, PAINT_MS);
    whenParsed(() => requestAnimationFrame(() => { setTimeout(resolve); }));
  });

  const far = new Map();
  const arrive = (element) => {
    horizon.unobserve(element);
    far.get(element)?.();
    far.delete(element);
  };
  const horizon = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) if (isIntersecting) arrive(target);
  }, { rootMargin: '50% 0px' });

  /** Waits until the reader is within half a screen of the element, or has been on the page for some seconds. */
  window.glassboxNear = (element) => new Promise((resolve) => {
    far.set(element, resolve);
    horizon.observe(element);
    setTimeout(arrive, SETTLED_MS, element);
  });
  addEventListener('glassbox-near', () => { for (const element of [...far.keys()]) arrive(element); });

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
      const actions = element('p', { className: 'repair-actions' }, reload, clear, read);
      offerProgress(actions);
      card = element('section', { className: 'repair-card' }, heading, element('p', { textContent: reason }), actions);
      card.setAttribute('role', 'alert');
      card.setAttribute('aria-labelledby', 'repair-title');
      document.getElementById('main').before(card);
      root.dataset.boot = 'failed';
      // No tabs may ever come: every language is to be read.
      delete root.dataset.tabs;
    });
  }

  function takeCardBack() {
    if (root.dataset.boot !== 'failed') return;
    card?.remove();
    card = null;
    delete root.dataset.boot;
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
    const parts = [...document.querySelectorAll('script[src], link[rel="stylesheet"]')].map((part) => part.src || part.href);
    const { js, wasm } = document.querySelector('script[data-wasm]')?.dataset ?? {};
    for (const name of [js, wasm, ...loaded]) if (name) parts.push(new URL(name, base));
    const fresh = parts.map((part) => fetch(part, { cache: 'reload' }));
    const patience = new Promise((resolve) => { setTimeout(resolve, 10_000); });
    await Promise.race([Promise.allSettled(fresh), patience]);
    reloadIntoNewest();
  }

  // ---- in somebody else's page: only embed/ is made for that, so nothing here can be clicked away unseen ----------
  let foreign = false;
  try {
    foreign = window.top !== window.self && window.top.location.origin !== location.origin;
  } catch {
    foreign = true;
  }
  if (foreign) {
    root.dataset.framed = '';
    whenParsed(() => {
      const out = element('a', { href: location.href, target: '_blank', rel: 'noopener', textContent: 'Open it in a window of its own.' });
      document.getElementById('main').before(element('p', { className: 'framed-note' },
        'Glassbox is shown inside another page here, so import, export and deletion are switched off. ', out));
    });
  }

  /** Whether the card has only said that the start takes long. */
  let late = false;
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
      if (ready()) return;
      late = true;
      failed('They take longer than 15 seconds. You can go on waiting, or try one of these.');
    }, PATIENCE_MS);
    new MutationObserver(() => {
      // What was said of the labs stays true when the page's own program comes after all.
      if (ready() && root.dataset.laboratory !== 'failed') takeCardBack();
    }).observe(root, { attributeFilter: ['data-ready'] });
  }

  // ---- the other programs: the labs, and the desk, which remembers the learner; each is loaded when it is needed ------
  const programs = new Map();
  const loaded = [];
  const waitingForDesk = [];

  async function load(name, styled) {
    const own = (file) => {
      const address = new URL(`${file}?v=${root.dataset.build ?? ''}`, base).href;
      loaded.push(address);
      return address;
    };
    const style = styled && element('link', { rel: 'stylesheet', href: own(`${name}.css`) });
    const dressed = style && new Promise((resolve) => { style.onload = style.onerror = resolve; });
    if (style) document.head.append(style);
    const { default: start } = await import(own(`${name}.js`));
    await Promise.all([dressed, window.glassboxShared]);
    await start({ module_or_path: own(`${name}_bg.wasm`) });
  }

  /** Loads the desk once; a failure leaves the prerendered text, and the next wish tries again. */
  function needDesk() {
    if (!programs.has('desk')) {
      programs.set('desk', load('desk', true).catch((error) => {
        programs.delete('desk');
        root.dataset.desk = 'failed';
        console.warn('The desk did not start:', error);
      }));
    }
    return programs.get('desk');
  }

  /** Loads the labs once. They are what the page is for, so a failure brings the card. */
  function needLabs() {
    if (!programs.has('labs')) {
      programs.set('labs', load('labs', false).catch((error) => {
        root.dataset.laboratory = 'failed';
        if (late) takeCardBack();
        failed(`Their program could not be loaded: ${error}. The text reads as usual; a reload may help.`);
      }));
    }
    return programs.get('labs');
  }

  /** The places for parts of the desk. The way back is only drawn for somebody who has been here. */
  function deskPlaces() {
    const known = keptProgress() !== null;
    return [...document.querySelectorAll('body [data-desk]')].filter(({ dataset }) => known || dataset.desk !== 'continue');
  }

  if (!labsOff) {
    const awaited = new WeakSet();
    const wake = (places, program) => {
      for (const place of places) {
        if (awaited.has(place)) continue;
        awaited.add(place);
        window.glassboxNear(place).then(program);
      }
    };
    const seen = new MutationObserver(() => {
      if (!painted) return;
      if (!programs.has('labs')) wake(document.querySelectorAll('.lab-slot[data-lab]'), needLabs);
      if (ready() && !programs.has('desk')) wake(deskPlaces(), needDesk);
    });
    let painted = false;
    window.glassboxPainted.then(() => {
      painted = true;
      root.dataset.painted = '';
      // The header's device switch is theirs too, and may wait.
      setTimeout(needLabs, SETTLED_MS);
    });
    // A teacher's task, or a link that is not understood, is the desk's to show.
    const needLink = () => { if (root.dataset.sharedFault || /&_/.test(root.dataset.shared ?? '')) needDesk(); };
    window.glassboxShared.then(needLink);
    addEventListener('glassbox-shared', needLink);
    seen.observe(root, { childList: true, subtree: true, attributeFilter: ['data-ready', 'data-painted'] });
    // Wishes that come before the desk does are said again once it listens.
    for (const name of ['glassbox-open', 'glassbox-share', 'glassbox-key']) {
      addEventListener(name, (event) => {
        if (root.dataset.desk === 'ready') return;
        waitingForDesk.push([name, event.detail]);
        needDesk();
      });
    }
    new MutationObserver(() => {
      if (root.dataset.desk !== 'ready') return;
      for (const [name, detail] of waitingForDesk.splice(0)) dispatchEvent(new CustomEvent(name, { detail }));
    }).observe(root, { attributeFilter: ['data-desk'] });
  }

  // ---- the browser's offer to install the site: kept for the page “Use it offline” ------------------------------
  const tellInstall = (state) => {
    root.dataset.install = state;
    dispatchEvent(new CustomEvent('glassbox-install'));
  };
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    window.glassboxInstall = event;
    tellInstall('ready');
  });
  addEventListener('appinstalled', () => tellInstall('done'));

  // ---- shortcuts, and links that open a dialog; the desk knows what they mean -------------------------------------
  const say = (name, detail) => dispatchEvent(new CustomEvent(name, { detail }));
  const open = (what) => say('glassbox-open', JSON.stringify({ open: what }));
  const FIELDS = 'input, textarea, select, [contenteditable], dialog, [role="grid"], [role="listbox"]';

  if (!labsOff) {
    addEventListener('keydown', (event) => {
      const { key, target } = event;
      const command = event.ctrlKey !== event.metaKey;
      if (event.defaultPrevented || event.isComposing || event.repeat || event.altKey) return;
      if (command && !event.shiftKey && key.toLowerCase() === 'k') {
        event.preventDefault();
        open('search');
      } else if (!command && root.dataset.keys !== 'off' && !(target instanceof Element && target.closest(FIELDS))) {
        const dialog = { '/': 'search', '?': 'shortcuts' }[key];
        if (dialog) {
          event.preventDefault();
          open(dialog);
        } else if (/^[a-z]$/.test(key)) say('glassbox-key', key);
      }
    });
    document.addEventListener('click', (event) => {
      const link = event.target instanceof Element && event.target.closest('[data-open]');
      if (!link || root.dataset.desk === 'failed' || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      open(link.dataset.open);
    }, true);
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
