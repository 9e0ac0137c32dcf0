// What a sentence encoder looks like to `encoders.mjs`: opened, asked for vectors to compare, then timed.
// `library` is { open(settings) -> facts, encode(ids: BigInt64Array, [batch, tokens]) -> Float32Array }, and ours
// also { tokens(text, most) -> ids }.

/** The mean of each sentence's tokens, of length one; `hidden: [batch, tokens, width]`. */
export function pool(hidden, [batch, tokens, width]) {
  const out = new Float32Array(batch * width);
  for (let sentence = 0; sentence < batch; sentence += 1) {
    const to = out.subarray(sentence * width, (sentence + 1) * width);
    for (let token = 0; token < tokens; token += 1) {
      const from = (sentence * tokens + token) * width;
      for (let i = 0; i < width; i += 1) to[i] += hidden[from + i];
    }
    const length = Math.hypot(...to);
    for (let i = 0; i < width; i += 1) to[i] /= length;
  }
  return out;
}

/** Answers the page's messages. */
export function serve(library) {
  const calls = {
    open: (settings) => library.open(settings),
    encode: ({ ids, shape }) => library.encode(ids, shape),
    tokens: ({ text, most }) => library.tokens(text, most),
    /** Milliseconds for one batch, of as many as fit into `budget`, at least two. */
    async time({ ids, shape, budget }) {
      const start = performance.now();
      let times = 0;
      while (times < 2 || performance.now() - start < budget) {
        await library.encode(ids, shape);
        times += 1;
      }
      return (performance.now() - start) / times;
    },
  };
  self.onmessage = async ({ data: { call, argument } }) => {
    try {
      self.postMessage({ value: await calls[call](argument) });
    } catch (error) {
      self.postMessage({ error: String(error?.stack ?? error).slice(0, 1500) });
    }
  };
}
