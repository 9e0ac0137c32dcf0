// onnxruntime-web's wasm provider.
import * as ort from 'onnxruntime-web/wasm';
import { pool, serve } from '../encoders.mjs';

let session;

serve({
  async open({ model }) {
    ort.env.wasm.wasmPaths = '/ort/';
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.proxy = false;
    ort.env.logLevel = 'error';
    session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
    return { variant: ort.env.versions.web };
  },
  async encode(ids, shape) {
    const tensor = (data) => new ort.Tensor('int64', data, shape);
    const { last_hidden_state: hidden } = await session.run({
      input_ids: tensor(ids), attention_mask: tensor(new BigInt64Array(ids.length).fill(1n)),
      token_type_ids: tensor(new BigInt64Array(ids.length)),
    });
    return pool(hidden.data, hidden.dims);
  },
});
