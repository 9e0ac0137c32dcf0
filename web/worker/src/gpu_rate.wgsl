// The product of two square matrices of SIZE rows and columns, in tiles of 16 by 16: enough arithmetic to rate
// an adapter. The matrices hold zeros, because a buffer begins with zeros; the time is the same for any numbers.

const SIZE = 512u;
const TILE = 16u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;

var<workgroup> rows: array<array<f32, TILE>, TILE>;
var<workgroup> columns: array<array<f32, TILE>, TILE>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_id) place: vec3<u32>) {
  let row = tile.y * TILE + place.y;
  let column = tile.x * TILE + place.x;
  var sum = 0.0;
  for (var k = 0u; k < SIZE; k += TILE) {
    rows[place.y][place.x] = a[row * SIZE + k + place.x];
    columns[place.y][place.x] = a[(k + place.y) * SIZE + column];
    workgroupBarrier();
    for (var i = 0u; i < TILE; i++) {
      sum += rows[place.y][i] * columns[i][place.x];
    }
    workgroupBarrier();
  }
  c[row * SIZE + column] = sum;
}
