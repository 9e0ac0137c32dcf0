// Cross-entropy of each row of logits, and its gradient in the place of the logits.
//
// LANES threads share a row. A row whose target is NONE counts for nothing.

@group(0) @binding(#) var<storage, read_write> logits: array<f32>; // [ROWS, STRIDE], the first V of each row
@group(0) @binding(#) var<storage, read> targets: array<u32>;
@group(0) @binding(#) var<storage, read_write> losses: array<f32>; // [ROWS]

const NONE: u32 = 0xffffffffu;
var<workgroup> parts: array<f32, 64>;
var<workgroup> parts_of_sums: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let lane = thread % LANES;
    let start = thread - lane;
    let asked = group.x * (64u / LANES) + thread / LANES;
    let row = min(asked, ROWS - 1u);
    let at = row * STRIDE;

    var largest = -3.4e38;
    for (var v = lane; v < V; v += LANES) { largest = max(largest, logits[at + v]); }
    parts[thread] = largest;
    workgroupBarrier();
    for (var i = 0u; i < LANES; i++) { largest = max(largest, parts[start + i]); }
    var sum = 0.0;
    for (var v = lane; v < V; v += LANES) { sum += exp(logits[at + v] - largest); }
    parts_of_sums[thread] = sum;
    workgroupBarrier();
    sum = 0.0;
    for (var i = 0u; i < LANES; i++) { sum += parts_of_sums[start + i]; }

    let target_id = targets[row];
    let counts = target_id != NONE;
    if (lane == 0u && asked < ROWS) {
        losses[row] = select(0.0, largest + log(sum) - logits[at + min(target_id, V - 1u)], counts);
    }
    workgroupBarrier();
    if (asked >= ROWS) { return; }
    for (var v = lane; v < STRIDE; v += LANES) {
        let probability = exp(logits[at + v] - largest) / sum;
        let slope = (probability - select(0.0, 1.0, v == target_id)) / f32(ROWS);
        logits[at + v] = select(0.0, slope, counts && v < V);
    }
}
