// Attention's way back to the queries, one thread per query.
//
// With p the weights and g = up · values: the scores' gradient is p · (g - Σ p · g), and that sum is
// up · mixed. The sum is kept for the other half.

@group(0) @binding(#) var<storage, read> mixed: array<Cell>; // [rows, D]
@group(0) @binding(#) var<storage, read_write> products: array<f32>; // [rows, HEADS]

fn mixed4(place: u32, c: u32) -> vec4<f32> {
    //#if RAGGED
    var cell = vec4<f32>();
    for (var j = 0u; j < min(4u, D_HEAD - c * 4u); j++) { cell[j] = mixed[place + c * 4u + j]; }
    return cell;
    //#end
    //#if !RAGGED
    return mixed[place + c];
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
    var product = 0.0;
    let own = query_places(vec4<u32>(row), head).x;
    let own_narrow = narrow_places(vec4<u32>(row), head).x;
    for (var c = 0u; c < CELLS; c++) {
        query[c] = qkv4(own, c) * SCALE;
        slope[c] = up4(own_narrow, c);
        product += dot(slope[c], mixed4(own_narrow, c));
    }
    products[row * HEADS + head] = product;
    let log_sum = log_sums[row * HEADS + head];

    for (var j = 0u; j <= i; j += 4u) {
        let keys = query_places(min(four_rows(first + j), vec4<u32>(row)), head) + PART;
        let values = keys + PART;
        var scores = vec4<f32>();
        var gains = vec4<f32>();
        for (var c = 0u; c < CELLS; c++) {
            scores += query[c] * four(keys, c);
            gains += slope[c] * four(values, c);
        }
        let visible = four_rows(j) <= vec4<u32>(i);
        let weights = select(vec4<f32>(), exp(scores - log_sum), visible);
        let slopes = weights * (gains - product) * SCALE;
        for (var c = 0u; c < CELLS; c++) { sum[c] += four(keys, c) * slopes; }
    }
    for (var c = 0u; c < CELLS; c++) { put_down(own, c, sum[c]); }
}
