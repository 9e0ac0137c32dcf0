// <glassbox-lab name="attention" theme="dark" lang="en" knobs="…" state="…" height="720" title="…" autorun sandboxed>
// shows a lab of Glassbox in any page: one iframe that is loaded when it comes near the screen, and grows with the lab.
//
//   <script src="https://…/embed.js" async></script>
//   <glassbox-lab name="sampling"></glassbox-lab>
//
// The frame is sandboxed. With `allow-same-origin` (the default) it keeps the lab's models in the browser's own storage
// for Glassbox, never in that of your page; `sandboxed` leaves it out, and then nothing at all is kept.
(() => {
  'use strict';
  if (customElements.get('glassbox-lab')) return;
  const script = document.currentScript ?? document.querySelector('script[src$="/embed.js"], script[src*="/embed.js?"]');
  if (!script) return;
  const site = new URL('./', script.src);
  const ALLOWED = 'allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox';
  const [LEAST, MOST, USUAL] = [120, 4000, 640];
  const REBUILD = ['name', 'lang', 'state', 'knobs', 'autorun', 'sandboxed'];
  let count = 0;

  const height = (value) => (Number.isFinite(value) ? Math.min(MOST, Math.max(LEAST, Math.round(value))) : USUAL);

  class GlassboxLab extends HTMLElement {
    static observedAttributes = [...REBUILD, 'theme', 'height', 'title'];

    #frame = null;
    #id = `glassbox-${count += 1}`;
    #hear = (event) => this.#resize(event);

    connectedCallback() {
      addEventListener('message', this.#hear);
      this.#build();
    }

    disconnectedCallback() {
      removeEventListener('message', this.#hear);
      this.#frame?.remove();
      this.#frame = null;
    }

    attributeChangedCallback(name, before, now) {
      if (before === now || !this.#frame) return;
      if (REBUILD.includes(name)) this.#build();
      else if (name === 'theme') this.#sendTheme();
      else if (name === 'title') this.#frame.title = this.#title();
      else this.#frame.height = height(Number(now));
    }

    /** Asks the lab to pause what it computes. */
    pause() {
      this.#send({ v: 1, type: 'glassbox:pause' });
    }

    #title() {
      return this.getAttribute('title') ?? `Glassbox: the lab “${this.getAttribute('name')}”`;
    }

    #send(message) {
      // A sandboxed frame has no origin to name; neither message holds a secret.
      this.#frame?.contentWindow?.postMessage(message, '*');
    }

    #sendTheme() {
      this.#send({ v: 1, type: 'glassbox:theme', theme: this.getAttribute('theme') ?? 'system' });
    }

    #build() {
      const name = this.getAttribute('name') ?? '';
      this.#frame?.remove();
      this.#frame = null;
      if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) return;
      const address = new URL(`embed/${name}/`, site);
      address.searchParams.set('id', this.#id);
      for (const key of ['theme', 'lang', 'state', 'knobs']) {
        if (this.hasAttribute(key)) address.searchParams.set(key, this.getAttribute(key));
      }
      if (this.hasAttribute('autorun')) address.searchParams.set('autorun', '1');
      const frame = document.createElement('iframe');
      frame.loading = 'lazy';
      frame.setAttribute('sandbox', this.hasAttribute('sandboxed') ? 'allow-scripts' : `${ALLOWED} allow-same-origin`);
      frame.title = this.#title();
      frame.width = '100%';
      frame.height = height(Number(this.getAttribute('height') ?? USUAL));
      frame.style.border = '0';
      frame.style.display = 'block';
      // The theme may have changed while the frame waited to come near the screen.
      frame.addEventListener('load', () => { if (this.#frame === frame && this.hasAttribute('theme')) this.#sendTheme(); });
      frame.src = address.href;
      this.#frame = frame;
      this.append(frame);
    }

    #resize({ source, origin, data }) {
      if (!this.#frame || source !== this.#frame.contentWindow) return;
      if (origin !== (this.hasAttribute('sandboxed') ? 'null' : site.origin)) return;
      if (typeof data !== 'object' || data === null || data.v !== 1 || data.type !== 'glassbox:resize') return;
      if (data.id !== this.#id || typeof data.height !== 'number' || !Number.isFinite(data.height)) return;
      this.#frame.height = height(data.height);
      this.dispatchEvent(new CustomEvent('glassbox-resize', { detail: { height: height(data.height) } }));
    }
  }

  customElements.define('glassbox-lab', GlassboxLab);
})();
