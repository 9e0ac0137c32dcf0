// Runs in the page of an embedded lab, before and around the lab. Until the reader presses Run it loads the
// poster and nothing else. It works where the browser lets a frame keep nothing, and where the frame is
// sandboxed with `allow-scripts` alone: what is denied there is never asked for twice.
(() => {
  'use strict';
  const root = document.documentElement;
  const own = document.currentScript;
  const query = new URLSearchParams(location.search);
  const lab = own.dataset.glassboxEmbed;
  const id = (query.get('id') ?? lab).slice(0, 64);
  const framed = window.parent !== window;
  const PATIENCE_MS = 15_000;
  const LONGEST_STATE = 8192;
  const LARGEST_STATE = 65_536;
  const LIGHT_OR_DARK = ['light', 'dark'];
  const find = (selector) => document.querySelector(selector);

  // ---- looks: before the first paint, and when the page around asks ------------------------------------------
  const setTheme = (theme) => {
    if (LIGHT_OR_DARK.includes(theme)) root.dataset.theme = theme;
    else delete root.dataset.theme;
    showPoster();
  };
  const dark = () => (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  function showPoster() {
    const poster = find('.embed-poster');
    const wanted = poster && (dark() ? poster.dataset.dark : poster.dataset.light);
    if (!poster || poster.getAttribute('src') === wanted) return;
    // Without a connection, or where the host has lost it: the button is there all the same.
    poster.onerror = () => { poster.dataset.missing = ''; };
    poster.onload = () => { delete poster.dataset.missing; };
    poster.src = wanted;
  }
  if (LIGHT_OR_DARK.includes(query.get('theme'))) root.dataset.theme = query.get('theme');
  const language = query.get('lang');
  if (language && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/.test(language)) {
    root.lang = language;
    root.dataset.lang = language;
  }

  // ---- a sandboxed frame has an origin of its own and may start workers from nowhere but itself ---------------
  // Only a plain script may be such a worker, not a module; it fetches the module, and keeps what is said meanwhile.
  if (self.origin === 'null' && typeof Worker === 'function') {
    const Direct = Worker;
    const starter = (address) => `
      const kept = [];
      const keep = (event) => { event.stopImmediatePropagation(); kept.push(event.data); };
      addEventListener('message', keep);
      import(${JSON.stringify(address)}).then(() => {
        removeEventListener('message', keep);
        for (const data of kept) dispatchEvent(new MessageEvent('message', { data }));
      }, (error) => setTimeout(() => { throw error; }));`;
    window.Worker = class extends Direct {
      constructor(address, options) {
        const start = starter(new URL(address, document.baseURI).href);
        super(URL.createObjectURL(new Blob([start], { type: 'text/javascript' })), { name: options?.name ?? '' });
      }
    };
  }

  // ---- settings: `?knobs=` as lessons write them, or `?state=`, the payload of a shared link ------------------
  async function inflated(payload) {
    const plain = payload.replace(/^#?v1=/, '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let text = '';
    let size = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > LARGEST_STATE) throw new RangeError('the state is too large');
      text += decoder.decode(part.value, { stream: true });
    }
    return text + decoder.decode();
  }

  async function deflated(text) {
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  }

  /** The knobs asked for; what cannot be read is left out, and the lab starts as usual. */
  async function knobs() {
    const payload = query.get('state');
    if (!payload) return (query.get('knobs') ?? '').slice(0, LONGEST_STATE);
    if (payload.length > LONGEST_STATE) return '';
    try {
      const fields = new URLSearchParams(await inflated(payload));
      if (fields.get('lab') !== lab) return '';
      for (const name of [...fields.keys()]) if (name === 'lab' || name.startsWith('_')) fields.delete(name);
      return fields.toString();
    } catch {
      return '';
    }
  }

  /** The link to the lesson takes the settings along. */
  async function setLink(settings) {
    const link = find('[data-embed-open]');
    const payload = query.get('state') || (settings && await deflated(`lab=${lab}&${settings}`).catch(() => ''));
    if (payload) link.href = `${link.href.split('#')[0]}#v1=${payload.replace(/^#?v1=/, '')}`;
  }

  // ---- what is said below the lab -----------------------------------------------------------------------------
  function say(text, bad = false) {
    const note = find('[data-embed-note]');
    note.textContent = text;
    note.toggleAttribute('data-bad', bad);
  }

  function failed(reason) {
    if (root.dataset.embed === 'failed' || root.dataset.embed === 'running') return;
    root.dataset.embed = 'failed';
    say(`The lab did not start: ${reason} `, true);
    const again = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Try again' });
    again.addEventListener('click', () => location.reload());
    find('[data-embed-note]').append(again);
  }

  /** Whether anything can be kept here: asked of the browser once, and cleared away again. */
  const keeps = () => new Promise((resolve) => {
    try {
      const name = 'glassbox-embed-probe';
      const request = indexedDB.open(name);
      request.onerror = () => resolve(false);
      request.onsuccess = () => {
        request.result.close();
        indexedDB.deleteDatabase(name);
        resolve(true);
      };
    } catch {
      resolve(false);
    }
  });

  // ---- the click ----------------------------------------------------------------------------------------------
  const settings = knobs();
  let begun = false;

  const loaded = (element) => new Promise((resolve) => {
    element.onload = () => resolve(true);
    element.onerror = () => resolve(false);
    document.head.append(element);
  });

  async function begin() {
    if (begun) return;
    begun = true;
    root.dataset.embed = 'starting';
    const button = find('[data-embed-run]');
    button.disabled = true;
    button.textContent = 'Starting…';
    setTimeout(() => failed('it takes longer than 15 seconds.'), PATIENCE_MS);
    find('.lab-slot').dataset.knobs = await settings;
    const styles = own.dataset.styles.split(' ').filter(Boolean);
    await Promise.all(styles.map((href) => loaded(Object.assign(document.createElement('link'), { rel: 'stylesheet', href }))));
    try {
      const program = (file) => new URL(`${file}?v=${root.dataset.build ?? ''}`, document.baseURI).href;
      const { default: start } = await import(program('labs.js'));
      await start({ module_or_path: program('labs_bg.wasm') });
    } catch (error) {
      failed(`its program could not be loaded (${error.message ?? error}). Is there a connection?`);
    }
  }

  addEventListener('glassbox-crashed', (event) => {
    root.dataset.embed = 'crashed';
    failed(`it stopped with “${event.detail}”.`);
  });
  new MutationObserver(async () => {
    if (root.dataset.laboratory !== 'ready' || root.dataset.embed === 'running') return;
    root.dataset.embed = 'running';
    say(await keeps() ? '' : 'Not saved here: this browser keeps nothing for a lab inside another page.');
  }).observe(root, { attributeFilter: ['data-laboratory'] });

  // ---- links lead out of the frame, never into it ---------------------------------------------------------------
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href]');
    if (!link || link.hasAttribute('download')) return;
    link.target = '_blank';
    link.rel = 'noopener';
  }, true);

  // ---- the page around: out goes the height and nothing else; in come a theme and a wish to pause ----------------
  if (framed) {
    addEventListener('message', (event) => {
      const { data } = event;
      if (event.source !== window.parent || typeof data !== 'object' || data === null || data.v !== 1) return;
      if (data.type === 'glassbox:theme' && [...LIGHT_OR_DARK, 'system'].includes(data.theme)) setTheme(data.theme);
      if (data.type === 'glassbox:pause') find('[data-action="pause"]:not(:disabled)')?.click();
    });
  }

  function watchHeight() {
    let told = 0;
    const tell = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      if (height === told) return;
      told = height;
      // To whoever shows this page: a height is no secret.
      window.parent.postMessage({ v: 1, id, type: 'glassbox:resize', height }, '*');
    };
    new ResizeObserver(tell).observe(document.body);
    tell();
  }

  document.addEventListener('DOMContentLoaded', () => {
    showPoster();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showPoster);
    find('[data-embed-run]').addEventListener('click', begin);
    settings.then(setLink);
    if (framed) watchHeight();
    if (query.get('autorun') === '1') begin();
  });
})();
