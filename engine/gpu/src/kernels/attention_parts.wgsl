// Reading and writing four numbers of one head at a time; shared by the kernels of attention.
//
// A row of `qkv` is [queries of all heads | keys | values]. Feature RAGGED: d_head is no multiple of four.

const CELLS: u32 = (D_HEAD + 3u) / 4u; // of four numbers, in one head's vector
const QUERY: u32 = 0u;
const KEY: u32 = 1u;
const VALUE: u32 = 2u;
const SCALE: f32 = 1.0 / sqrt(f32(D_HEAD));

//#if RAGGED
alias Cell = f32;
//#end
//#if !RAGGED
alias Cell = vec4<f32>;
//#end

@group(0) @binding(#) var<storage, read> qkv: array<Cell>; // [rows, 3 D]

// `part` is QUERY, KEY or VALUE.
fn qkv4(row: u32, part: u32, head: u32, c: u32) -> vec4<f32> {
    let at = row * 3u * D + part * D + head * D_HEAD;
    //#if RAGGED
    var cell = vec4<f32>();
    for (var j = 0u; j < min(4u, D_HEAD - c * 4u); j++) { cell[j] = qkv[at + c * 4u + j]; }
    return cell;
    //#end
    //#if !RAGGED
    return qkv[at / 4u + c];
    //#end
}

// Four rows from `row` on, one per column; those after `last` repeat it.
fn four(row: u32, last: u32, part: u32, head: u32, c: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        qkv4(min(row, last), part, head, c), qkv4(min(row + 1u, last), part, head, c),
        qkv4(min(row + 2u, last), part, head, c), qkv4(min(row + 3u, last), part, head, c));
}
