// Attention's way back to keys and values, one thread per key; it looks at the queries from its own on.
//
// Neighbouring threads start at the same multiple of four, so that they read the same rows.

@group(0) @binding(#) var<storage, read> products: array<f32>; // [rows, HEADS]

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
    for (var c = 0u; c < CELLS; c++) {
        key[c] = qkv4(first + j, KEY, head, c) * SCALE;
        value[c] = qkv4(first + j, VALUE, head, c);
    }

    for (var i = j - j % 4u; i < T; i += 4u) {
        let rows = min(vec4<u32>(first + i) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(last));
        let at = rows * HEADS + head;
        var scores = vec4<f32>();
        var gains = vec4<f32>();
        for (var c = 0u; c < CELLS; c++) {
            scores += key[c] * four(first + i, last, QUERY, head, c);
            gains += value[c] * mat4x4<f32>(
                up4(rows.x, head, c), up4(rows.y, head, c), up4(rows.z, head, c), up4(rows.w, head, c));
        }
        let queries = vec4<u32>(i, i + 1u, i + 2u, i + 3u);
        let visible = (queries >= vec4<u32>(j)) & (queries < vec4<u32>(T));
        let log_sum = vec4<f32>(log_sums[at.x], log_sums[at.y], log_sums[at.z], log_sums[at.w]);
        let shared_parts = vec4<f32>(products[at.x], products[at.y], products[at.z], products[at.w]);
        let weights = select(vec4<f32>(), exp(scores - log_sum), visible);
        let slopes = weights * (gains - shared_parts) * SCALE;
        for (var c = 0u; c < CELLS; c++) {
            key_sum[c] += four(first + i, last, QUERY, head, c) * slopes;
            value_sum[c] += mat4x4<f32>(
                up4(rows.x, head, c), up4(rows.y, head, c), up4(rows.z, head, c), up4(rows.w, head, c)) * weights;
        }
    }
    for (var c = 0u; c < CELLS; c++) {
        put_down(first + j, KEY, head, c, key_sum[c]);
        put_down(first + j, VALUE, head, c, value_sum[c]);
    }
}
