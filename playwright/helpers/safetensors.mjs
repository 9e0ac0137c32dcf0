// Safetensors files for the tests: read the header, and make files that no honest program writes.

/** The header of a file, and where the numbers begin. */
export function readHeader(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  return { header: JSON.parse(bytes.subarray(8, 8 + length).toString('utf8')), body: 8 + length };
}

/** A file of this header, with these bytes after it. */
export function withHeader(header, body = Buffer.alloc(0)) {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, body]);
}

/** The same file with `change` made to its header. */
export function editHeader(bytes, change) {
  const { header, body } = readHeader(bytes);
  change(header);
  return withHeader(header, bytes.subarray(body));
}
