// Backward through layer norm: dx from dy, and this workgroup's share of the gradients of gain and bias.
//
// With n the normalised row and g = dy · gain: dx = scale · (g - mean(g) - n · mean(g · n)).
// Feature ADD: dx is added to what the residual connection already brought.

@group(0) @binding(#) var<storage, read> x: array<f32>;
@group(0) @binding(#) var<storage, read> statistics: array<vec2<f32>>; // mean, 1 / deviation
@group(0) @binding(#) var<storage, read> gain: array<f32>;
@group(0) @binding(#) var<storage, read> dy: array<f32>;
@group(0) @binding(#) var<storage, read_write> dx: array<f32>;
@group(0) @binding(#) var<storage, read_write> shares: array<f32>; // [layer norm, workgroup, gain or bias, D]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let first = group.x * 16u;
    let mine = thread / 4u;
    let lane = thread % 4u;
    let row = min(first + mine, ROWS - 1u);

    let known = statistics[row];
    var sum = 0.0;
    var sum_with_n = 0.0;
    for (var c = lane; c < D; c += 4u) {
        let at = row * D + c;
        let g = dy[at] * gain[c];
        sum += g;
        sum_with_n += g * (x[at] - known.x) * known.y;
    }
    parts[FIRST + thread] = sum;
    parts[SECOND + thread] = sum_with_n;
    workgroupBarrier();

    let rows = min(16u, ROWS - first);
    for (var c = thread; c < D; c += 64u) {
        var for_gain = 0.0;
        var for_bias = 0.0;
        for (var r = 0u; r < rows; r++) {
            let at = (first + r) * D + c;
            let known = statistics[first + r];
            let n = (x[at] - known.x) * known.y;
            let up = dy[at];
            for_gain += up * n;
            for_bias += up;
            let mean = mean_of_parts(FIRST, r);
            let mean_with_n = mean_of_parts(SECOND, r);
            let down = known.y * (up * gain[c] - mean - n * mean_with_n);
            //#if ADD
            dx[at] += down;
            //#end
            //#if !ADD
            dx[at] = down;
            //#end
        }
        let at = (LAYER_NORM * GROUPS + group.x) * 2u * D + c;
        shares[at] = for_gain;
        shares[at + D] = for_bias;
    }
}
