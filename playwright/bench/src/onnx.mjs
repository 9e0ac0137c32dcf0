// Just enough protocol buffers to write an ONNX model by hand (onnx.proto3, IR version 8).

export const FLOAT = 1;
export const INT64 = 7;
const OPSET = 17;
const MICROSOFT = 'com.microsoft';

const encoder = new TextEncoder();

function varint(number) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(number));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest ? low | 128 : low);
  } while (rest);
  return bytes;
}

function join(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const whole = (field, number) => Uint8Array.from([...varint(field << 3), ...varint(number)]);
const bytes = (field, value) => {
  const data = typeof value === 'string' ? encoder.encode(value) : value;
  return join([Uint8Array.from([...varint((field << 3) | 2), ...varint(data.length)]), data]);
};
const message = (field, ...parts) => bytes(field, join(parts));

/** A whole number, or a list of them. */
const attribute = ([name, value]) => (Array.isArray(value)
  ? message(5, bytes(1, name), ...value.map((number) => whole(8, number)), whole(20, 7))
  : message(5, bytes(1, name), whole(3, value), whole(20, 2)));

/** One operation; `attributes` are whole numbers or lists of them, `domain` is '' or 'com.microsoft'. */
export const node = (operation, inputs, outputs, attributes = {}, domain = '') => join([
  ...inputs.map((name) => bytes(1, name)), ...outputs.map((name) => bytes(2, name)),
  bytes(3, `${outputs[0]}/${operation}`), bytes(4, operation), ...Object.entries(attributes).map(attribute), bytes(7, domain),
]);
/** One of ONNX Runtime's own operations. */
export const runtimeNode = (operation, inputs, outputs, attributes) => node(operation, inputs, outputs, attributes, MICROSOFT);

/** A constant. */
export const tensor = (name, dims, type, data) => join([
  ...dims.map((dim) => whole(1, dim)), whole(2, type), bytes(8, name),
  bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
]);
export const integers = (name, values) => tensor(name, [values.length], INT64, BigInt64Array.from(values.map(BigInt)));

/** An input or output; a dimension is a number, or a name if it varies. */
export const value = (name, type, dims) => {
  const sizes = dims.map((dim) => message(1, typeof dim === 'string' ? bytes(2, dim) : whole(1, dim)));
  return join([bytes(1, name), message(2, message(1, whole(1, type), message(2, ...sizes)))]);
};

export const model = ({ nodes, inputs = [], outputs, constants = [] }) => join([
  whole(1, 8), bytes(2, 'glassbox-bench'),
  message(7, ...nodes.map((n) => bytes(1, n)), bytes(2, 'graph'), ...constants.map((t) => bytes(5, t)),
    ...inputs.map((v) => bytes(11, v)), ...outputs.map((v) => bytes(12, v))),
  message(8, bytes(1, ''), whole(2, OPSET)),
  message(8, bytes(1, MICROSOFT), whole(2, 1)),
]);
