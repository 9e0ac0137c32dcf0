// What both halves of attention's way back share: the gradient of the mixed values, and where results go.

@group(0) @binding(#) var<storage, read> up: array<Cell>; // the gradient of `mixed`: [rows, D]
@group(0) @binding(#) var<storage, read> log_sums: array<f32>; // [rows, HEADS]
@group(0) @binding(#) var<storage, read_write> down: array<Cell>; // the gradient of `qkv`: [rows, 3 D]

fn up4(place: u32, c: u32) -> vec4<f32> {
    //#if RAGGED
    var cell = vec4<f32>();
    for (var j = 0u; j < min(4u, D_HEAD - c * 4u); j++) { cell[j] = up[place + c * 4u + j]; }
    return cell;
    //#end
    //#if !RAGGED
    return up[place + c];
    //#end
}

fn put_down(place: u32, c: u32, cell: vec4<f32>) {
    //#if RAGGED
    for (var j = 0u; j < min(4u, D_HEAD - c * 4u); j++) { down[place + c * 4u + j] = cell[j]; }
    //#end
    //#if !RAGGED
    down[place + c] = cell;
    //#end
}
