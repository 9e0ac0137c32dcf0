// What `models.mjs` calls in the page: each library opens SmolLM2 from the same Blob and runs it, one at a time.
import { Wllama } from '/wllama/index.js';

const CONTEXT = 1024;

/** Notes the memory of the wasm program that a worker starts: wllama's is out of reach otherwise. */
function note() {
  const keep = (memory) => { self.wasmMemoryNoted = memory; };
  const look = (result) => {
    for (const part of Object.values((result.instance ?? result).exports)) if (part instanceof WebAssembly.Memory) keep(part);
    return result;
  };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const real = WebAssembly[name];
    WebAssembly[name] = (...all) => real(...all).then(look);
  }
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(limits) {
      super(limits);
      keep(this);
    }
  };
}
const { createObjectURL } = URL;
URL.createObjectURL = (blob) => createObjectURL(/javascript/.test(blob.type) ? new Blob([`(${note})();\n`, blob], { type: blob.type }) : blob);

function ours(program) {
  const worker = new Worker('/llama-worker.mjs', { type: 'module', name: program });
  const call = (name, argument) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
    worker.postMessage({ call: name, argument });
  });
  return {
    open: (file) => call('open', { program, file, context: CONTEXT }),
    run: (text, count) => call('run', { text, count }),
    close: () => worker.terminate(),
  };
}

/** llama.cpp in wasm. Its own clock times prefill and decoding; what the page waits for is a little longer. */
function wllama() {
  const silent = { debug() {}, log() {}, warn() {}, error: console.error };
  const engine = new Wllama({ default: '/wllama/wasm/wllama.wasm' }, { suppressNativeLog: true, logger: silent });
  return {
    async open(file) {
      await engine.loadModel([file], { n_ctx: CONTEXT, n_threads: 1, n_gpu_layers: 0, warmup: false, seed: 1 });
      return { variant: Wllama.getLibllamaVersion(), threads: engine.getNumThreads() };
    },
    async run(text, count) {
      const options = { prompt: text, max_tokens: count, temperature: 0, top_k: 1, ignore_eos: true, cache_prompt: false };
      const { choices, timings, usage } = await engine.createCompletion(options);
      return {
        tokens: usage?.prompt_tokens ?? timings.prompt_n, prefill: timings.prompt_ms,
        decode: timings.predicted_ms / Math.max(1, timings.predicted_n - 1), text: choices[0].text, timings,
      };
    },
    close: () => engine.exit(),
  };
}

const open = new Map();

window.models = {
  async fetch() {
    window.file = await (await fetch('/models/SmolLM2-135M-Instruct.Q4_1.gguf')).blob();
    return window.file.size;
  },
  async open(name) {
    const library = name === 'wllama' ? wllama() : ours(name);
    open.set(name, library);
    const start = performance.now();
    const opened = await library.open(window.file);
    return { ...opened, load: performance.now() - start };
  },
  run: (name, text, count) => open.get(name).run(text, count),
  close: (name) => open.get(name).close(),
};
