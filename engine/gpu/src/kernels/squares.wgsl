// The squares of all gradients, added up in as many parts as there are workgroups.

@group(0) @binding(#) var<storage, read> gradients: array<vec4<f32>>;
@group(0) @binding(#) var<storage, read_write> sums: array<f32>;

var<workgroup> parts: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    var sum = vec4<f32>();
    for (var i = group.x * 64u + thread; i < CELLS; i += GROUPS * 64u) {
        let g = gradients[i];
        sum += g * g;
    }
    parts[thread] = dot(sum, vec4<f32>(1.0));
    workgroupBarrier();
    if (thread == 0u) {
        var total = 0.0;
        for (var i = 0u; i < 64u; i++) { total += parts[i]; }
        sums[group.x] = total;
    }
}
