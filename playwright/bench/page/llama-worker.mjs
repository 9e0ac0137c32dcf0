// SmolLM2 in our engine, in a worker of its own, as in the page: the file is a Blob and is read stretch by stretch.
/** The first stretch of the file, which holds the header. */
const HEAD = 4 << 20;
/** Tokens that go through the blocks together, as in `engine_plain`. */
const TOGETHER = 32;

let engine;
let memory;
let model;

const calls = {
  async open({ program, file, context }) {
    engine = await import(`/ours/${program}/engine_plain_bench.js`);
    ({ memory } = await engine.default());
    const bytes = async (from, length) => new Uint8Array(await file.slice(from, from + length).arrayBuffer());
    model = new engine.Llama(await bytes(0, HEAD), file.size);
    const parts = model.parts();
    for (let part = 0; part < parts.length / 2; part += 1) {
      model.feed(part, await bytes(parts[2 * part], parts[2 * part + 1]), context);
    }
    return { variant: engine.variant(), memory: memory.buffer.byteLength };
  },

  /** Reads a text anew and goes on with the likeliest token, `count` times. */
  run({ text, count }) {
    const ids = model.encode(text);
    model.clear();
    const start = performance.now();
    const best = model.read(ids, TOGETHER);
    const read = performance.now();
    const said = [best[0]];
    while (said.length < count) said.push(model.read(Uint32Array.of(said.at(-1)), 1)[0]);
    const end = performance.now();
    return {
      tokens: ids.length, best: Array.from(best), prefill: read - start, decode: (end - read) / Math.max(1, count - 1),
      text: model.decode(Uint32Array.from(said)), memory: memory.buffer.byteLength,
    };
  },
};

self.onmessage = async ({ data: { call, argument } }) => {
  try {
    self.postMessage({ value: await calls[call](argument) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
