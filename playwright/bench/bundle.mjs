// Bundles the page and one worker per library into target/bench/bundle.
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TARGET } from './serve.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

export async function bundle() {
  const workers = readdirSync(path.join(HERE, 'src/workers')).map((file) => `src/workers/${file}`);
  await build({
    absWorkingDir: HERE,
    entryPoints: ['src/page.mjs', ...workers],
    entryNames: '[name]',
    outdir: path.join(TARGET, 'bundle'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    logLevel: 'error',
    conditions: ['onnxruntime-web-use-extern-wasm', 'browser', 'import'],
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['fs', 'path', 'crypto', 'worker_threads', 'node:*', 'perf_hooks', 'util', 'string_decoder', '/ours/*'],
  });
}
