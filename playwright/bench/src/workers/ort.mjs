// onnxruntime-web's wasm provider. It cannot train; products and decoding are graphs written here.
import { decodingCase, productCase } from '../checked.mjs';
import { DECODE, makeWeights } from '../model.mjs';
import { FLOAT, INT64, integers, model, node, runtimeNode, tensor, value } from '../onnx.mjs';
import { serve } from '../protocol.mjs';
import * as ort from 'onnxruntime-web/wasm';

const session = (graph, level) => ort.InferenceSession.create(graph, { executionProviders: ['wasm'], graphOptimizationLevel: level });

/** Both factors are constants, packed once like weights, and one number of the product leaves: ORT's best case. */
async function makeProduct({ m, k, n, layout }, a, b) {
  const [rowsA, rowsB] = [layout === 'tn' ? [k, m] : [m, k], layout === 'nt' ? [n, k] : [k, n]];
  const product = layout === 'nn'
    ? node('MatMul', ['a', 'b'], ['out'])
    : node('Gemm', ['a', 'b'], ['out'], { transA: Number(layout === 'tn'), transB: Number(layout === 'nt') });
  const graph = model({
    nodes: [product, node('Slice', ['out', 'from', 'to'], ['first'])],
    outputs: [value('first', FLOAT, [1, 1]), value('out', FLOAT, [m, n])],
    constants: [tensor('a', rowsA, FLOAT, a), tensor('b', rowsB, FLOAT, b), integers('from', [0, 0]), integers('to', [1, 1])],
  });
  // Optimized, ORT would compute the product while loading.
  const running = await session(graph, 'disabled');
  return {
    step: () => running.run({}, ['first']),
    result: async () => (await running.run({}, ['out'])).out.data,
    close: () => running.release(),
  };
}

/**
 * The GPT with a KV-cache: ids and older keys and values in, the likeliest next id and all keys and values out.
 * Attention is ORT's own fused operation, layer norm and GELU are fused by its optimizer.
 */
function decoderGraph(config) {
  const { layers, width, heads } = config;
  const dHead = width / heads;
  const constants = [...makeWeights(config, DECODE)].map(([name, { shape, data }]) =>
    tensor(name, shape[0] === 1 ? [shape[1]] : shape, FLOAT, data));
  constants.push(integers('last', [-1]), integers('end', [2 ** 31]), integers('axis', [1]));
  const nodes = [
    node('Gather', ['tok_emb', 'ids'], ['tokens']),
    node('Gather', ['pos_emb', 'positions'], ['places']),
    node('Add', ['tokens', 'places'], ['stream.0']),
  ];
  const add = (operation, inputs, output, attributes) => nodes.push(node(operation, inputs, [output], attributes));
  const linear = (x, name, output) => {
    add('MatMul', [x, `${name}.weight`], `${output}.product`);
    add('Add', [`${output}.product`, `${name}.bias`], output);
  };
  const normed = (x, name, output) => add('LayerNormalization', [x, `${name}.gain`, `${name}.bias`], output, { axis: -1 });
  const inputs = [value('ids', INT64, [1, 'new']), value('positions', INT64, [1, 'new'])];
  const outputs = [value('best', INT64, [1, 1])];
  for (let layer = 0; layer < layers; layer++) {
    const block = `blocks.${layer}`;
    normed(`stream.${layer}`, `${block}.ln1`, `${block}.normed1`);
    linear(`${block}.normed1`, `${block}.attn.qkv`, `${block}.qkv`);
    nodes.push(node('Split', [`${block}.qkv`], ['q', 'k', 'v'].map((part) => `${block}.${part}`), { axis: 2 }));
    nodes.push(runtimeNode('MultiHeadAttention',
      [`${block}.q`, `${block}.k`, `${block}.v`, '', '', '', `${block}.old.keys`, `${block}.old.values`],
      [`${block}.mixed`, `${block}.keys`, `${block}.values`], { num_heads: heads, unidirectional: 1 }));
    linear(`${block}.mixed`, `${block}.attn.proj`, `${block}.projected`);
    add('Add', [`stream.${layer}`, `${block}.projected`], `${block}.middle`);
    normed(`${block}.middle`, `${block}.ln2`, `${block}.normed2`);
    linear(`${block}.normed2`, `${block}.mlp.up`, `${block}.up`);
    nodes.push(runtimeNode('Gelu', [`${block}.up`], [`${block}.wide`]));
    linear(`${block}.wide`, `${block}.mlp.down`, `${block}.down`);
    add('Add', [`${block}.middle`, `${block}.down`], `stream.${layer + 1}`);
    for (const part of ['keys', 'values']) {
      inputs.push(value(`${block}.old.${part}`, FLOAT, [1, heads, 'old', dHead]));
      outputs.push(value(`${block}.${part}`, FLOAT, [1, heads, 'all', dHead]));
    }
  }
  add('Slice', [`stream.${layers}`, 'last', 'end', 'axis'], 'newest');
  normed('newest', 'ln_f', 'final');
  add('MatMul', ['final', 'head.weight'], 'logits');
  add('ArgMax', ['logits'], 'best', { axis: 2, keepdims: 0 });
  return model({ nodes, inputs, outputs, constants });
}

async function makeDecoder(config) {
  const { layers, width, heads } = config;
  const running = await session(decoderGraph(config), 'all');
  const caches = Array.from({ length: layers }, (_, layer) => ['keys', 'values'].map((part) => `blocks.${layer}.${part}`)).flat();
  const input = (name) => name.replace(/\.(keys|values)$/, '.old.$1');
  const integersOf = (numbers) => new ort.Tensor('int64', BigInt64Array.from(numbers, BigInt), [1, numbers.length]);
  return {
    async run(prompt) {
      const empty = () => new ort.Tensor('float32', new Float32Array(0), [1, heads, 0, width / heads]);
      let feeds = Object.fromEntries(caches.map((name) => [input(name), empty()]));
      let ids = [...prompt];
      let first = 0;
      const written = [];
      while (written.length < DECODE.tokens) {
        const positions = ids.map((_, i) => first + i);
        const out = await running.run({ ids: integersOf(ids), positions: integersOf(positions), ...feeds });
        feeds = Object.fromEntries(caches.map((name) => [input(name), out[name]]));
        first += ids.length;
        ids = [Number(out.best.data[0])];
        written.push(ids[0]);
      }
      return written;
    },
    close: () => running.release(),
  };
}

serve({
  async init({ threads }) {
    ort.env.wasm.wasmPaths = '/ort/';
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.proxy = false;
    ort.env.logLevel = 'error';
    return { version: ort.env.versions.web, threads };
  },
  cases: {
    matmul: (shape) => productCase(makeProduct, shape),
    decode: ({ config }) => decodingCase(makeDecoder, config),
  },
});
