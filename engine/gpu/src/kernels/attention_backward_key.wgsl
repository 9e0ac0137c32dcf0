// Attention's way back to keys and values, one thread per key; it looks at the queries from its own on.
//
// Neighbouring threads start at the same multiple of four, so that they read the same rows.

@group(0) @binding(#) var<storage, read> products: array<f32>; // [rows, HEADS]

fn four_up(places: vec4<u32>, c: u32) -> mat4x4<f32> {
    return mat4x4<f32>(up4(places.x, c), up4(places.y, c), up4(places.z, c), up4(places.w, c));
}

@compute @workgroup_size(TILE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let j = id.x;
    let head = id.y;
    let first = id.z * T;
    let last = first + T - 1u;
    if (j >= T) { return; }
    var key: array<vec4<f32>, CELLS>;
    var value: array<vec4<f32>, CELLS>;
    var key_sum: array<vec4<f32>, CELLS>;
    var value_sum: array<vec4<f32>, CELLS>;
    let own = query_places(vec4<u32>(first + j), head).x + PART;
    for (var c = 0u; c < CELLS; c++) {
        key[c] = qkv4(own, c) * SCALE;
        value[c] = qkv4(own + PART, c);
    }

    for (var i = j - j % 4u; i < T; i += 4u) {
        // Queries after the last repeat it; the mask hides them.
        let rows = min(four_rows(first + i), vec4<u32>(last));
        let queries = query_places(rows, head);
        let slopes_up = narrow_places(rows, head);
        var scores = vec4<f32>();
        var gains = vec4<f32>();
        for (var c = 0u; c < CELLS; c++) {
            scores += key[c] * four(queries, c);
            gains += value[c] * four_up(slopes_up, c);
        }
        let at = rows * HEADS + head;
        let visible = (four_rows(i) >= vec4<u32>(j)) & (four_rows(i) < vec4<u32>(T));
        let log_sum = vec4<f32>(log_sums[at.x], log_sums[at.y], log_sums[at.z], log_sums[at.w]);
        let product = vec4<f32>(products[at.x], products[at.y], products[at.z], products[at.w]);
        let weights = select(vec4<f32>(), exp(scores - log_sum), visible);
        let slopes = weights * (gains - product) * SCALE;
        for (var c = 0u; c < CELLS; c++) {
            key_sum[c] += four(queries, c) * slopes;
            value_sum[c] += four_up(slopes_up, c) * weights;
        }
    }
    for (var c = 0u; c < CELLS; c++) {
        put_down(own, c, key_sum[c]);
        put_down(own + PART, c, value_sum[c]);
    }
}
