// The newest token's attention over the KV-cache, one workgroup per head.

@group(0) @binding(#) var<storage, read> qkv: array<f32>; // [T, 3 D]
@group(0) @binding(#) var<storage, read> state: array<u32>; // 0: the newest token's position
@group(0) @binding(#) var<storage, read_write> mixed: array<f32>; // [D]

var<workgroup> weights: array<f32, T>;
var<workgroup> parts: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let newest = min(state[0], T - 1u);
    let start = group.x * D_HEAD;
    var largest = -3.4e38;
    for (var j = thread; j <= newest; j += 64u) {
        var score = 0.0;
        for (var c = 0u; c < D_HEAD; c++) { score += qkv[newest * 3u * D + start + c] * qkv[(j * 3u + 1u) * D + start + c]; }
        score /= sqrt(f32(D_HEAD));
        weights[j] = score;
        largest = max(largest, score);
    }
    parts[thread] = largest;
    workgroupBarrier();
    for (var i = 0u; i < 64u; i++) { largest = max(largest, parts[i]); }
    workgroupBarrier();
    var total = 0.0;
    for (var j = thread; j <= newest; j += 64u) {
        let weight = exp(weights[j] - largest);
        weights[j] = weight;
        total += weight;
    }
    parts[thread] = total;
    workgroupBarrier();
    total = 0.0;
    for (var i = 0u; i < 64u; i++) { total += parts[i]; }
    for (var c = thread; c < D_HEAD; c += 64u) {
        var sum = 0.0;
        for (var j = 0u; j <= newest; j++) { sum += weights[j] * qkv[(j * 3u + 2u) * D + start + c]; }
        mixed[start + c] = sum / total;
    }
}
