// What a case looks like to the protocol, the same for every library: checked against float64, then timed.
import { CONFIGS, DECODE, makePrompt, trainFlops } from './model.mjs';
import { checkIds, checkLosses, checkMatmul, matrix } from './numbers.mjs';
import golden from './golden.json';

/** Steps of the tiny model that are compared before the real one is timed. */
const CHECKED_STEPS = 10;

/**
 * Training steps. `make(config)` gives `{ step, close, losses }`, and `facts()` if it counts something; the loss is
 * read back at every step. The curve of the timed model is compared too, when it is closed.
 */
export async function trainingCase(make, name) {
  const model = await make(CONFIGS[name]);
  return {
    step: () => model.step(),
    warm: 2,
    inner: 1,
    flops: trainFlops(CONFIGS[name]),
    async check() {
      const tiny = await make(CONFIGS.tiny);
      for (let i = 0; i < CHECKED_STEPS; i++) await tiny.step();
      tiny.close();
      return checkLosses(tiny.losses, golden.tiny);
    },
    extra: async () => ({ check: checkLosses(model.losses, golden[name]), losses: model.losses, ...model.facts?.() }),
    close: () => model.close(),
  };
}

/** Greedy decoding. `make(config)` gives `{ run(prompt) -> ids, close }`; a step is the whole text. */
export async function decodingCase(make, name) {
  const config = CONFIGS[name];
  const model = await make(config);
  const prompt = makePrompt(config.vocab);
  return {
    step: () => model.run(prompt),
    check: async () => checkIds(await model.run(prompt), golden.decode.ids),
    extra: async () => ({ tokens: DECODE.tokens }),
    close: () => model.close(),
  };
}

/** One matrix product. `make(shape, a, b)` gives `{ step, result() -> [m, n], close }`. */
export async function productCase(make, shape) {
  const { m, k, n } = shape;
  const [a, b] = [matrix(m * k, 1), matrix(k * n, 2)];
  const product = await make(shape, a, b);
  return {
    step: product.step,
    check: async () => checkMatmul({ ...shape, a, b, out: await product.result() }),
    flops: 2 * m * k * n,
    close: product.close,
  };
}
