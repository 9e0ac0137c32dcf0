// What both halves of attention's way back share: the gradient of the mixed values, and where results go.

@group(0) @binding(#) var<storage, read> up: array<Cell>; // the gradient of `mixed`: [rows, D]
@group(0) @binding(#) var<storage, read> log_sums: array<f32>; // [rows, HEADS]
@group(0) @binding(#) var<storage, read_write> down: array<Cell>; // the gradient of `qkv`: [rows, 3 D]

fn up4(row: u32, head: u32, c: u32) -> vec4<f32> {
    let at = row * D + head * D_HEAD;
    //#if RAGGED
    var cell = vec4<f32>();
    for (var j = 0u; j < min(4u, D_HEAD - c * 4u); j++) { cell[j] = up[at + c * 4u + j]; }
    return cell;
    //#end
    //#if !RAGGED
    return up[at / 4u + c];
    //#end
}

fn put_down(row: u32, part: u32, head: u32, c: u32, cell: vec4<f32>) {
    let at = row * 3u * D + part * D + head * D_HEAD;
    //#if RAGGED
    for (var j = 0u; j < min(4u, D_HEAD - c * 4u); j++) { down[at + c * 4u + j] = cell[j]; }
    //#end
    //#if !RAGGED
    down[at / 4u + c] = cell;
    //#end
}
