// The gradients of every layer norm's gain and bias: the sum of the workgroups' shares.

@group(0) @binding(#) var<storage, read> shares: array<f32>; // [layer norm, workgroup, gain or bias, D]
@group(0) @binding(#) var<storage, read_write> gradients: array<f32>; // [layer norm, gain or bias, STRIDE]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let column = id.x; // of gain and bias side by side
    let layer_norm = id.y;
    if (column >= 2u * D) { return; }
    var sum = 0.0;
    for (var group = 0u; group < GROUPS; group++) {
        sum += shares[(layer_norm * GROUPS + group) * 2u * D + column];
    }
    gradients[(layer_norm * 2u + column / D) * STRIDE + column % D] = sum;
}
