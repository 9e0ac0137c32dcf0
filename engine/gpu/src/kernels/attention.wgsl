// Causal attention, one thread per query, with a running maximum instead of a table of weights
// (Milakov and Gimelshein 2018; Dao et al. 2022). Four keys are taken at once.
//
// Kept for the way back: the logarithm of each query's sum of exponentials.

@group(0) @binding(#) var<storage, read_write> mixed: array<Cell>; // [rows, D]
@group(0) @binding(#) var<storage, read_write> log_sums: array<f32>; // [rows, HEADS]

@compute @workgroup_size(TILE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x;
    let head = id.y;
    let first = id.z * T;
    let row = first + i;
    if (i >= T) { return; }
    var query: array<vec4<f32>, CELLS>;
    var sum: array<vec4<f32>, CELLS>;
    let own = query_places(vec4<u32>(row), head).x;
    for (var c = 0u; c < CELLS; c++) { query[c] = qkv4(own, c) * SCALE; }

    var largest = -3.4e38;
    var total = 0.0;
    for (var j = 0u; j <= i; j += 4u) {
        // Keys after the query repeat it; the mask hides them.
        let keys = query_places(min(four_rows(first + j), vec4<u32>(row)), head) + PART;
        var scores = vec4<f32>();
        for (var c = 0u; c < CELLS; c++) { scores += query[c] * four(keys, c); }
        let visible = four_rows(j) <= vec4<u32>(i);
        scores = select(vec4<f32>(-3.4e38), scores, visible);
        let before = largest;
        largest = max(largest, max(max(scores.x, scores.y), max(scores.z, scores.w)));
        let weights = select(vec4<f32>(), exp(scores - largest), visible);
        let shrink = exp(before - largest);
        total = total * shrink + dot(weights, vec4<f32>(1.0));
        let values = keys + PART;
        for (var c = 0u; c < CELLS; c++) { sum[c] = sum[c] * shrink + four(values, c) * weights; }
    }

    log_sums[row * HEADS + head] = largest + log(total);
    let at = narrow_places(vec4<u32>(row), head).x;
    for (var c = 0u; c < CELLS; c++) {
        let cell = sum[c] / total;
        //#if RAGGED
        for (var k = 0u; k < min(4u, D_HEAD - c * 4u); k++) { mixed[at + c * 4u + k] = cell[k]; }
        //#end
        //#if !RAGGED
        mixed[at + c] = cell;
        //#end
    }
}
