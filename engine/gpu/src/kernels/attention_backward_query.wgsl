// Attention's way back to the queries, one thread per query.
//
// With p the weights and g = up · values: the scores' gradient is p · (g - Σ p · g), and that sum is
// up · mixed. The sum is kept for the other half.

@group(0) @binding(#) var<storage, read> mixed: array<Cell>; // [rows, D]
@group(0) @binding(#) var<storage, read_write> products: array<f32>; // [rows, HEADS]

fn mixed4(row: u32, head: u32, c: u32) -> vec4<f32> {
    let at = row * D + head * D_HEAD;
    //#if RAGGED
    var cell = vec4<f32>();
    for (var j = 0u; j < min(4u, D_HEAD - c * 4u); j++) { cell[j] = mixed[at + c * 4u + j]; }
    return cell;
    //#end
    //#if !RAGGED
    return mixed[at / 4u + c];
    //#end
}

@compute @workgroup_size(TILE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x;
    let head = id.y;
    let first = id.z * T;
    let row = first + i;
    if (i >= T) { return; }
    var query: array<vec4<f32>, CELLS>;
    var slope: array<vec4<f32>, CELLS>;
    var sum: array<vec4<f32>, CELLS>;
    var shared_part = 0.0;
    for (var c = 0u; c < CELLS; c++) {
        query[c] = qkv4(row, QUERY, head, c) * SCALE;
        slope[c] = up4(row, head, c);
        shared_part += dot(slope[c], mixed4(row, head, c));
    }
    products[row * HEADS + head] = shared_part;
    let log_sum = log_sums[row * HEADS + head];

    for (var j = 0u; j <= i; j += 4u) {
        var scores = vec4<f32>();
        var gains = vec4<f32>();
        for (var c = 0u; c < CELLS; c++) {
            scores += query[c] * four(first + j, row, KEY, head, c);
            gains += slope[c] * four(first + j, row, VALUE, head, c);
        }
        let visible = vec4<u32>(j, j + 1u, j + 2u, j + 3u) <= vec4<u32>(i);
        let weights = select(vec4<f32>(), exp(scores - log_sum), visible);
        let slopes = weights * (gains - shared_part) * SCALE;
        for (var c = 0u; c < CELLS; c++) { sum[c] += four(first + j, row, KEY, head, c) * slopes; }
    }
    for (var c = 0u; c < CELLS; c++) { put_down(row, QUERY, head, c, sum[c]); }
}
