// Our encoder, from the file in whole numbers or from the published one, and computing with what is in it.
import { serve } from '../encoders.mjs';

let encoder;

serve({
  async open({ program, file, config, vocabulary }) {
    const engine = await import(`/ours/${program}/engine_plain_bench.js`);
    const { memory } = await engine.default();
    const text = async (address) => address && (await fetch(address)).text();
    const bytes = new Uint8Array(await (await fetch(file)).arrayBuffer());
    encoder = new engine.SentenceEncoder(bytes, await text(config), await text(vocabulary));
    return { variant: engine.variant(), layerBytes: encoder.layer_bytes(), memory: memory.buffer.byteLength };
  },
  encode: (ids, [, tokens]) => encoder.encode(Uint32Array.from(ids, Number), tokens),
  tokens: (text, most) => encoder.tokens(text, most),
});
