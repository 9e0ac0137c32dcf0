// The gradient's norm, by how much to shorten it, and whether the step may be taken at all.

@group(0) @binding(#) var<storage, read> sums: array<f32>; // [GROUPS]
@group(0) @binding(#) var<storage, read> settings: array<u32>; // 0: step, 1: slot, 6: longest gradient allowed
@group(0) @binding(#) var<storage, read_write> ring: array<u32>; // per slot: step, loss, norm, applied
@group(0) @binding(#) var<storage, read_write> verdict: array<f32>; // 1 or 0, factor of the gradient

// A shader compiler may assume that no number is NaN or infinite, so look at the bits.
fn is_finite(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

@compute @workgroup_size(1)
fn main() {
    var sum = 0.0;
    for (var i = 0u; i < GROUPS; i++) { sum += sums[i]; }
    let norm = sqrt(sum);
    let at = settings[1] * 4u;
    let loss = bitcast<f32>(ring[at + 1u]);
    let applied = is_finite(loss) && is_finite(sum);
    let longest = bitcast<f32>(settings[6]);
    verdict[0] = select(0.0, 1.0, applied);
    verdict[1] = select(1.0, longest / norm, norm > longest);
    ring[at] = settings[0];
    ring[at + 2u] = bitcast<u32>(norm);
    ring[at + 3u] = select(0u, 1u, applied);
}
