// Product of whole numbers, four to a word: out[M, N] = x_scales[M] · Σ over groups of w_scales[N, GROUPS] · Σ x · w.
//
// Whole numbers are multiplied four at a time and added up in 32 bits; a sum ends where a scale does. Each thread takes
// four rows and four columns, everything in registers.
//
// Features: DOT: the device multiplies four bytes in one instruction (WGSL's packed_4x8_integer_dot_product). FOUR: the
// weights have four bits and are stored eight above their value; a word holds eight of them: the first four in the low
// halves of its bytes, the next four in the high halves.

@group(0) @binding(#) var<storage, read> x: array<u32>; // [M, WORDS]
@group(0) @binding(#) var<storage, read> w: array<u32>; // [N, WORDS], with FOUR [N, WORDS / 2]
@group(0) @binding(#) var<storage, read> x_scales: array<f32>;
@group(0) @binding(#) var<storage, read> w_scales: array<f32>;
@group(0) @binding(#) var<storage, read_write> out: array<f32>;

fn dot4(a: u32, b: u32) -> i32 {
    //#if DOT
    return dot4I8Packed(a, b);
    //#end
    //#if !DOT
    let up = vec4<u32>(24u, 16u, 8u, 0u);
    let left = bitcast<vec4<i32>>(vec4<u32>(a) << up) >> vec4<u32>(24u);
    let right = bitcast<vec4<i32>>(vec4<u32>(b) << up) >> vec4<u32>(24u);
    let products = left * right;
    return products.x + products.y + products.z + products.w;
    //#end
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let column = id.x * 4u;
    let row = id.y * 4u;
    // Beyond the edge the last row and column are repeated; their sums are thrown away.
    let rows = min(vec4<u32>(row, row + 1u, row + 2u, row + 3u), vec4<u32>(M - 1u));
    let columns = min(vec4<u32>(column, column + 1u, column + 2u, column + 3u), vec4<u32>(N - 1u));
    var sums = array<vec4<f32>, 4>();
    for (var group = 0u; group < GROUPS; group++) {
        var whole = array<vec4<i32>, 4>();
        //#if FOUR
        var all = vec4<i32>();
        let ones = 0x01010101u;
        for (var at = group * GROUP_WORDS; at < (group + 1u) * GROUP_WORDS; at += 2u) {
            for (var r = 0u; r < 4u; r++) {
                let first = x[rows[r] * WORDS + at];
                let second = x[rows[r] * WORDS + at + 1u];
                all[r] += dot4(first, ones) + dot4(second, ones);
                for (var c = 0u; c < 4u; c++) {
                    let codes = w[columns[c] * (WORDS / 2u) + at / 2u];
                    whole[r][c] += dot4(first, codes & 0x0f0f0f0fu) + dot4(second, (codes >> 4u) & 0x0f0f0f0fu);
                }
            }
        }
        for (var r = 0u; r < 4u; r++) { whole[r] -= vec4<i32>(8 * all[r]); }
        //#end
        //#if !FOUR
        for (var at = group * GROUP_WORDS; at < (group + 1u) * GROUP_WORDS; at++) {
            let left = vec4<u32>(
                x[rows.x * WORDS + at], x[rows.y * WORDS + at], x[rows.z * WORDS + at], x[rows.w * WORDS + at]);
            for (var c = 0u; c < 4u; c++) {
                let codes = w[columns[c] * WORDS + at];
                for (var r = 0u; r < 4u; r++) { whole[r][c] += dot4(left[r], codes); }
            }
        }
        //#end
        let scales = vec4<f32>(
            w_scales[columns.x * GROUPS + group], w_scales[columns.y * GROUPS + group],
            w_scales[columns.z * GROUPS + group], w_scales[columns.w * GROUPS + group]);
        for (var r = 0u; r < 4u; r++) { sums[r] += scales * vec4<f32>(whole[r]); }
    }
    for (var r = 0u; r < 4u; r++) {
        let values = sums[r] * x_scales[rows[r]];
        for (var c = 0u; c < 4u; c++) {
            if (row + r < M && column + c < N) { out[(row + r) * N + column + c] = values[c]; }
        }
    }
}
