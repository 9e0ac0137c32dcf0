// One token's vector times a matrix. A workgroup takes sixteen columns; four threads share a column.
//
// Features: NORM: layer norm first. BIAS, GELU, RESIDUAL: as in matmul.wgsl. ROWS: the matrix is stored
// [N, K]. CACHE: the result is row state[0] of a table, which is how the KV-cache grows.

@group(0) @binding(#) var<storage, read> x: array<f32>; // [K]
@group(0) @binding(#) var<storage, read> matrix: array<f32>; // [K, N]
@group(0) @binding(#) var<storage, read_write> out: array<f32>;
//#if BIAS
@group(0) @binding(#) var<storage, read> bias: array<f32>;
//#end
//#if RESIDUAL
@group(0) @binding(#) var<storage, read> residual: array<f32>;
//#end
//#if NORM
@group(0) @binding(#) var<storage, read> norm_gain: array<f32>;
@group(0) @binding(#) var<storage, read> norm_bias: array<f32>;
var<workgroup> normed: array<f32, K>;
//#end
//#if CACHE
@group(0) @binding(#) var<storage, read> state: array<u32>;
//#end

var<workgroup> parts: array<f32, 64>;

//#if NORM
var<workgroup> mean_of_all: f32;

// The mean of what the threads found; one thread adds, all of them get the result.
fn shared_mean(thread: u32, found: f32) -> f32 {
    workgroupBarrier();
    parts[thread] = found;
    workgroupBarrier();
    if (thread == 0u) {
        var sum = 0.0;
        for (var i = 0u; i < 64u; i++) { sum += parts[i]; }
        mean_of_all = sum / f32(K);
    }
    workgroupBarrier();
    return mean_of_all;
}

fn norm(thread: u32) {
    var sum = 0.0;
    for (var k = thread; k < K; k += 64u) { sum += x[k]; }
    let mean = shared_mean(thread, sum);
    var squares = 0.0;
    for (var k = thread; k < K; k += 64u) { squares += (x[k] - mean) * (x[k] - mean); }
    let scale = inverseSqrt(shared_mean(thread, squares) + 1e-5);
    for (var k = thread; k < K; k += 64u) { normed[k] = (x[k] - mean) * scale * norm_gain[k] + norm_bias[k]; }
    workgroupBarrier();
}
//#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    //#if NORM
    norm(thread);
    //#end
    let column = group.x * 16u + thread % 16u;
    let readable = min(column, N - 1u);
    var sum = 0.0;
    for (var k = thread / 16u; k < K; k += 4u) {
        //#if NORM
        let factor = normed[k];
        //#end
        //#if !NORM
        let factor = x[k];
        //#end
        //#if ROWS
        sum += factor * matrix[readable * K + k];
        //#end
        //#if !ROWS
        sum += factor * matrix[k * N + readable];
        //#end
    }
    parts[thread] = sum;
    workgroupBarrier();
    if (thread >= 16u || column >= N) { return; }
    var value = parts[thread] + parts[thread + 16u] + parts[thread + 32u] + parts[thread + 48u];
    //#if BIAS
    value += bias[column];
    //#end
    //#if RESIDUAL
    value += residual[column];
    //#end
    //#if GELU
    value = gelu(value);
    //#end
    //#if CACHE
    out[state[0] * N + column] = value;
    //#end
    //#if !CACHE
    out[column] = value;
    //#end
}
