// Reading and writing four numbers of one head at a time; shared by the kernels of attention.
//
// A row of `qkv` is [queries of all heads | keys | values]. A place is where a head's vector starts, counted
// in cells. Feature RAGGED: d_head is no multiple of four, and a cell is one number, not four.

const CELLS: u32 = (D_HEAD + 3u) / 4u; // of four numbers, in one head's vector
const SCALE: f32 = 1.0 / sqrt(f32(D_HEAD));

//#if RAGGED
alias Cell = f32;
const WIDTH: u32 = 1u;
//#end
//#if !RAGGED
alias Cell = vec4<f32>;
const WIDTH: u32 = 4u;
//#end

// From a query to its key, and from a key to its value.
const PART: u32 = D / WIDTH;

@group(0) @binding(#) var<storage, read> qkv: array<Cell>; // [rows, 3 D]

// The places of the queries of four rows.
fn query_places(rows: vec4<u32>, head: u32) -> vec4<u32> {
    return rows * (3u * PART) + head * (D_HEAD / WIDTH);
}

// The same in a table whose rows are only D wide.
fn narrow_places(rows: vec4<u32>, head: u32) -> vec4<u32> {
    return rows * PART + head * (D_HEAD / WIDTH);
}

fn four_rows(row: u32) -> vec4<u32> {
    return vec4<u32>(row, row + 1u, row + 2u, row + 3u);
}

fn qkv4(place: u32, c: u32) -> vec4<f32> {
    //#if RAGGED
    var cell = vec4<f32>();
    for (var j = 0u; j < min(4u, D_HEAD - c * 4u); j++) { cell[j] = qkv[place + c * 4u + j]; }
    return cell;
    //#end
    //#if !RAGGED
    return qkv[place + c];
    //#end
}

// Four vectors, one per column.
fn four(places: vec4<u32>, c: u32) -> mat4x4<f32> {
    return mat4x4<f32>(qkv4(places.x, c), qkv4(places.y, c), qkv4(places.z, c), qkv4(places.w, c));
}
