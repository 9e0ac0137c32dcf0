// Seeded numbers, statistics and checks that every adapter and the tools share.

/** Uniform numbers in [0, 1) with 32 bits (mulberry32). */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Normal numbers (Box and Muller 1958), two from every two uniform ones, the cosine first. */
export function normals(seed) {
  const next = uniform(seed);
  let spare = null;
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** A matrix's worth of numbers in [-1, 1). */
export function matrix(count, seed) {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, () => next() * 2 - 1);
}

/** Median, 95th percentile and extremes of some times. */
export function stats(times) {
  if (!times.length) return { n: 0 };
  const sorted = [...times].sort((a, b) => a - b);
  const n = sorted.length;
  const at = (share) => {
    const place = (n - 1) * share;
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return low + (high - low) * (place % 1);
  };
  return { n, median: at(0.5), p95: at(0.95), min: sorted[0], max: sorted[n - 1] };
}

/**
 * Compares out[m, n] = op(a) · op(b) with double precision: 512 entries exactly, and the whole
 * result against a random vector of signs (Freivalds 1977).
 */
export function checkMatmul({ m, k, n, layout, a, b, out }) {
  const left = layout === 'tn' ? (i, p) => a[p * m + i] : (i, p) => a[i * k + p];
  const right = layout === 'nt' ? (p, j) => b[j * k + p] : (p, j) => b[p * n + j];
  const next = uniform(77);
  let worst = 0;
  for (let sample = 0; sample < 512; sample++) {
    const [i, j] = [Math.floor(next() * m), Math.floor(next() * n)];
    let sum = 0;
    for (let p = 0; p < k; p++) sum += left(i, p) * right(p, j);
    worst = larger(worst, Math.abs(sum - out[i * n + j]));
  }
  const signs = Float64Array.from({ length: n }, () => (next() < 0.5 ? -1 : 1));
  const mixed = new Float64Array(k);
  for (let p = 0; p < k; p++) for (let j = 0; j < n; j++) mixed[p] += right(p, j) * signs[j];
  let drift = 0;
  for (let i = 0; i < m; i++) {
    let [want, got] = [0, 0];
    for (let p = 0; p < k; p++) want += left(i, p) * mixed[p];
    for (let j = 0; j < n; j++) got += out[i * n + j] * signs[j];
    drift = larger(drift, Math.abs(want - got));
  }
  // Rounding errors of k products in single precision grow like the root of k; a row sums n of them.
  const tolerance = 4e-6 * Math.sqrt(k) + 1e-6;
  const ok = out.length === m * n && worst <= tolerance && drift <= tolerance * Math.sqrt(n) * 4;
  return { ok, error: worst, tolerance };
}

/** Compares losses with the float64 curve. */
export function checkLosses(losses, golden, tolerance = 1e-3) {
  const n = Math.min(losses.length, golden.length);
  let error = n > 0 ? 0 : NaN;
  for (let i = 0; i < n; i++) error = larger(error, Math.abs(losses[i] - golden[i]));
  return { ok: error <= tolerance, error, tolerance, compared: n };
}

/** Compares token ids with the float64 reference's. */
export function checkIds(ids, golden) {
  const wrong = golden.filter((id, i) => Number(ids[i]) !== id).length;
  return { ok: ids.length === golden.length && wrong === 0, wrong, compared: golden.length };
}

/** The larger of two numbers; NaN is larger than any. */
const larger = (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b));
