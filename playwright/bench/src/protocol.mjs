// Every library lives in its own worker and answers these calls:
//   init(options)      -> what is running
//   open(name, params) -> { inner, check, flops, … }: checked against float64, warmed up, calibrated
//   sample()           -> milliseconds per step
//   close()            -> extra results
// A case is async (params) => ({ step, check, flops?, warm?, inner?, extra?, close? }).

const LEAST_SAMPLE_MS = 10;
const MOST_INNER = 2000;

export function serve({ init, cases }) {
  let current = null;
  const calls = {
    init,
    async open({ name, params }) {
      if (!cases[name]) throw new Error(`unsupported: ${name}`);
      current = await cases[name](params);
      const check = await current.check();
      const start = performance.now();
      for (let i = 0; i < (current.warm ?? 3); i++) await current.step();
      const warmMs = performance.now() - start;
      current.inner ??= await calibrate(current.step);
      return { inner: current.inner, check, warmMs, flops: current.flops, note: current.note };
    },
    async noop() {},
    async sample() {
      return (await timed(current.step, current.inner)) / current.inner;
    },
    async close() {
      const extra = (await current?.extra?.()) ?? {};
      await current?.close?.();
      current = null;
      return extra;
    },
  };
  self.onmessage = async ({ data: { id, call, argument } }) => {
    try {
      self.postMessage({ id, ok: true, value: await calls[call](argument) });
    } catch (error) {
      self.postMessage({ id, ok: false, error: String(error?.stack ?? error?.message ?? error).slice(0, 1500) });
    }
  };
}

/** How many steps make a sample long enough to be timed; asked twice, because code gets faster by running. */
async function calibrate(step) {
  let inner = 1;
  for (let pass = 0; pass < 2; pass++) {
    const each = (await timed(step, inner)) / inner;
    inner = Math.max(1, Math.min(MOST_INNER, Math.round(LEAST_SAMPLE_MS / Math.max(each, 1e-4))));
  }
  return inner;
}

async function timed(step, times) {
  const start = performance.now();
  for (let i = 0; i < times; i++) {
    const running = step();
    if (running?.then) await running;
  }
  return performance.now() - start;
}
