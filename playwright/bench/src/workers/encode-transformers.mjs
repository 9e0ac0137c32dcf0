// transformers.js on wasm, with the same ONNX files and its own build of ONNX Runtime.
import { AutoModel, Tensor, env } from '@huggingface/transformers';
import { pool, serve } from '../encoders.mjs';

let model;

serve({
  async open({ folder, name, dtype }) {
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.localModelPath = folder;
    env.useBrowserCache = false;
    env.backends.onnx.wasm.wasmPaths = '/transformers-ort/';
    env.backends.onnx.wasm.numThreads = 1;
    env.backends.onnx.wasm.proxy = false;
    model = await AutoModel.from_pretrained(name, { dtype, device: 'wasm' });
    return { variant: env.version };
  },
  async encode(ids, shape) {
    const tensor = (data) => new Tensor('int64', data, shape);
    const { last_hidden_state: hidden } = await model({
      input_ids: tensor(ids), attention_mask: tensor(new BigInt64Array(ids.length).fill(1n)),
      token_type_ids: tensor(new BigInt64Array(ids.length)),
    });
    return pool(hidden.data, hidden.dims);
  },
});
