// Layer norm: every row gets mean 0 and variance 1, then a learned gain and bias.
//
// A workgroup takes sixteen rows; four threads add up one row. The statistics are kept for the way back.

@group(0) @binding(#) var<storage, read> x: array<f32>;
@group(0) @binding(#) var<storage, read> gain: array<f32>;
@group(0) @binding(#) var<storage, read> bias: array<f32>;
@group(0) @binding(#) var<storage, read_write> y: array<f32>;
@group(0) @binding(#) var<storage, read_write> statistics: array<vec2<f32>>; // mean, 1 / deviation

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let first = group.x * 16u;
    let mine = thread / 4u;
    let lane = thread % 4u;
    let row = min(first + mine, ROWS - 1u);

    var sum = 0.0;
    for (var c = lane; c < D; c += 4u) { sum += x[row * D + c]; }
    parts[FIRST + thread] = sum;
    workgroupBarrier();
    let mean = mean_of_parts(FIRST, mine);
    var squares = 0.0;
    for (var c = lane; c < D; c += 4u) {
        let centred = x[row * D + c] - mean;
        squares += centred * centred;
    }
    parts[SECOND + thread] = squares;
    workgroupBarrier();

    let rows = min(16u, ROWS - first);
    for (var r = 0u; r < rows; r++) {
        let mean = mean_of_parts(FIRST, r);
        let scale = inverseSqrt(mean_of_parts(SECOND, r) + 1e-5);
        if (thread == 0u) { statistics[first + r] = vec2<f32>(mean, scale); }
        for (var c = thread; c < D; c += 64u) {
            let at = (first + r) * D + c;
            y[at] = (x[at] - mean) * scale * gain[c] + bias[c];
        }
    }
}
