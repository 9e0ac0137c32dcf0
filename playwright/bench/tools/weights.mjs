// Writes what tools/golden.py needs: the configurations, and the weights and batches as the browser has them.
//
//   node tools/weights.mjs FOLDER
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ADAM, CONFIGS, DECODE, LAYER_NORM_EPS, decays, flatten, makeData, makePrompt, makeWeights, tensors } from '../src/model.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('usage: node tools/weights.mjs FOLDER');
const floats = (name, values) => writeFileSync(path.join(folder, name), Buffer.from(values.buffer));
const configs = {};
for (const [name, config] of Object.entries(CONFIGS)) {
  floats(`${name}.weights`, flatten(makeWeights(config)));
  floats(`${name}.data`, makeData(config.vocab));
  configs[name] = { ...config, tensors: tensors(config).map(([tensor, shape]) => ({ name: tensor, shape, decays: decays(tensor) })) };
}
floats('decode.weights', flatten(makeWeights(CONFIGS.full, DECODE)));
const decode = { ...DECODE, prompt: [...makePrompt(CONFIGS.full.vocab)] };
writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ configs, adam: ADAM, eps: LAYER_NORM_EPS, decode }));
