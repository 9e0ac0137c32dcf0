// Two sums over each of a workgroup's sixteen rows, which four threads add up; shared by the layer norms both ways.

const FIRST: u32 = 0u; // where the parts of the first sum start
const SECOND: u32 = 64u;

var<workgroup> parts: array<f32, 128>; // [sum, row, thread of the row]

fn mean_of_parts(sum: u32, row: u32) -> f32 {
    let i = sum + row * 4u;
    return (parts[i] + parts[i + 1u] + parts[i + 2u] + parts[i + 3u]) / f32(D);
}
