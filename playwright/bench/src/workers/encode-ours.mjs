// Our encoder, from the file in whole numbers: computing with these, or with numbers of 32 bits.
import { serve } from '../encoders.mjs';

let encoder;

serve({
  async open({ program, whole, file }) {
    const engine = await import(`/ours/${program}/engine_plain_bench.js`);
    const { memory } = await engine.default();
    encoder = new engine.SentenceEncoder(new Uint8Array(await (await fetch(file)).arrayBuffer()), whole);
    return { variant: engine.variant(), layerBytes: encoder.layer_bytes(), memory: memory.buffer.byteLength };
  },
  encode: (ids, [, tokens]) => encoder.encode(Uint32Array.from(ids, Number), tokens),
});
