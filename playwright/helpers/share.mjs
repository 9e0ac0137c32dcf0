// Links, codes and result files as learn/src/share writes them, made here by other means: Node's zlib.

import { deflateRawSync, inflateRawSync } from 'node:zlib';

const base64 = (bytes) => Buffer.from(bytes).toString('base64url');

/** The part of a link after `#`, for a state as an object: `{ lab: 'train', steps: 300, _task: '…' }`. */
export const hashOf = (state) => `v1=${base64(deflateRawSync(Buffer.from(new URLSearchParams(state).toString()), { level: 9 }))}`;

/** The state in a link. */
export function stateOf(link) {
  const packed = link.slice(link.indexOf('#v1=') + '#v1='.length);
  return Object.fromEntries(new URLSearchParams(inflateRawSync(Buffer.from(packed, 'base64url')).toString('utf8')));
}

function crc32(text) {
  let sum = 0xffff_ffff;
  for (const byte of Buffer.from(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb8_8320 : 0);
  }
  return ((sum ^ 0xffff_ffff) >>> 0).toString(16).padStart(8, '0');
}

/** A result as the line that a learner pastes. */
export function codeOf(result) {
  const packed = base64(deflateRawSync(Buffer.from(JSON.stringify(result)), { level: 9 }));
  return `glassbox-r1.${packed}.${crc32(packed)}`;
}

/** The result in such a line. */
export const resultOf = (code) => JSON.parse(inflateRawSync(Buffer.from(code.split('.')[1], 'base64url')).toString('utf8'));

/** Results as the file that a learner saves. */
export const fileOf = (results) => JSON.stringify({ glassbox: 'results', version: 1, results });

/** The program beside the page has started. */
export const waitDesk = (page, timeout = 30_000) => page.waitForFunction(
  () => document.documentElement.dataset.desk === 'ready', undefined, { timeout });

/** The pixels of the QR code in an SVG path of `M… h… v1 h-… z` parts, four pixels a module, as jsQR reads them. */
export function pixelsOf(path, size) {
  const scale = 4;
  const side = size * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = y * scale; row < (Number(y) + 1) * scale; row += 1) {
      for (let column = x * scale; column < (Number(x) + Number(width)) * scale; column += 1) {
        data.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
      }
    }
  }
  return { data, side };
}
