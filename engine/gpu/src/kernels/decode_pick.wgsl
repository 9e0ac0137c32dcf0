// The likeliest next token (the first of several equals), written behind the newest; the position moves on.

@group(0) @binding(#) var<storage, read> logits: array<f32>; // [V]
@group(0) @binding(#) var<storage, read_write> state: array<u32>; // 0: the newest token's position
@group(0) @binding(#) var<storage, read_write> tokens: array<u32>;

var<workgroup> values: array<f32, 64>;
var<workgroup> places: array<u32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
    var best = min(thread, V - 1u);
    for (var v = thread; v < V; v += 64u) {
        if (logits[v] > logits[best]) { best = v; }
    }
    values[thread] = logits[best];
    places[thread] = best;
    workgroupBarrier();
    if (thread == 0u) {
        for (var i = 1u; i < 64u; i++) {
            let wins = values[i] > values[0] || (values[i] == values[0] && places[i] < places[0]);
            if (wins) {
                values[0] = values[i];
                places[0] = places[i];
            }
        }
        let position = state[0] + 1u;
        tokens[position] = places[0];
        state[0] = position;
    }
}
