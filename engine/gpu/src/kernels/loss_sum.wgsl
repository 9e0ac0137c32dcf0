// Adds up the losses of all rows and writes their sum into the ring.

@group(0) @binding(#) var<storage, read> losses: array<f32>; // [ROWS]
@group(0) @binding(#) var<storage, read> settings: array<u32>; // 1: the slot
@group(0) @binding(#) var<storage, read_write> ring: array<u32>; // per slot: step, loss, norm, applied

var<workgroup> parts: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
    var sum = 0.0;
    for (var row = thread; row < ROWS; row += 64u) { sum += losses[row]; }
    parts[thread] = sum;
    workgroupBarrier();
    if (thread == 0u) {
        var total = 0.0;
        for (var i = 0u; i < 64u; i++) { total += parts[i]; }
        ring[settings[1] * 4u + 1u] = bitcast<u32>(total / f32(COUNT));
    }
}
