// Which libraries run which case, on which sizes, and how far ahead of the best peer and of plain Burn we mean to be.

/** `threads`: can run on several; `pair`: always on two; `gpu`: only with --webgpu. */
export const LIBRARIES = {
  // Glassbox: one program with relaxed SIMD, one without. Flex is plain Burn, in the program without.
  ours: { worker: 'ours', options: { build: 'relaxed', backend: 'ours' } },
  'ours-simd128': { worker: 'ours', options: { build: 'simd128', backend: 'ours' } },
  flex: { worker: 'ours', options: { build: 'simd128', backend: 'flex' } },
  'ours-2-workers': { worker: 'ours', options: { build: 'relaxed', backend: 'ours', workers: 2 }, pair: true },
  'ours-webgpu': { worker: 'ours', options: { build: 'webgpu' }, gpu: true },
  'jax-wasm': { worker: 'jax', options: { device: 'wasm' }, threads: true },
  'jax-webgpu': { worker: 'jax', options: { device: 'webgpu' }, gpu: true },
  'tfjs-wasm': { worker: 'tfjs', options: { backend: 'wasm' }, threads: true },
  'tfjs-webgpu': { worker: 'tfjs', options: { backend: 'webgpu' }, gpu: true },
  'ort-wasm': { worker: 'ort', options: {}, threads: true },
};

const OURS = ['ours', 'ours-simd128', 'flex'];
const square = (size) => ({ shape: String(size), params: { m: size, k: size, n: size, layout: 'nn' } });
const product = (what, layout, m, k, n) =>
  ({ shape: `${what} ${m}x${k}x${n} ${layout.toUpperCase()}`, params: { m, k, n, layout } });

export const CASES = {
  matmul: {
    libraries: [...OURS, 'jax-wasm', 'tfjs-wasm', 'ort-wasm'],
    groups: [
      ...[64, 128, 256, 512, 1024].map(square),
      product('qkv', 'nn', 2048, 128, 384),
      product('up', 'nn', 2048, 128, 512),
      product('down', 'nn', 2048, 512, 128),
      product('input gradient', 'nt', 2048, 384, 128),
      product('weight gradient', 'tn', 128, 2048, 384),
    ],
    rounds: 25, least: 5, budget: 2500,
    target: ({ m, k, n }) => ({ peer: 1.15, flex: m * k * n >= 256 ** 3 ? 1.6 : null }),
  },
  train_step: {
    libraries: [...OURS, 'ours-2-workers', 'jax-wasm', 'tfjs-wasm'],
    groups: [{ shape: '4 layers, d_model 128, 4 heads, context 128, batch 16, vocab 65', params: { config: 'full' } }],
    rounds: 9, least: 5, budget: 20_000,
    target: () => ({ peer: 2, flex: 2.5 }),
  },
  decode: {
    libraries: [...OURS, 'jax-wasm', 'tfjs-wasm', 'ort-wasm'],
    groups: [{ shape: 'prompt 16 + 96 tokens, KV-cache, greedy', params: { config: 'full' } }],
    rounds: 15, least: 5, budget: 5000,
    target: () => ({ peer: 3, flex: null }),
  },
  train_step_webgpu: {
    libraries: ['ours-webgpu', 'jax-webgpu', 'tfjs-webgpu'],
    groups: [{ shape: '2 layers, d_model 64, 4 heads, context 32, batch 4, vocab 65', params: { config: 'small' } }],
    rounds: 9, least: 5, budget: 20_000,
    target: () => ({ peer: 1.5, flex: null }),
  },
};

/** Whose row a library stands in: ours, plain Burn's, a second figure of ours, or a peer's. */
export const OUR_MAIN = ['ours', 'ours-2-workers', 'ours-webgpu'];
export const OUR_OTHERS = ['ours-simd128'];
export const FLEX = 'flex';
