// Gradients of both embeddings from the gradient of the stream's start, without atomics.
//
// `order` lists the places of the batch, sorted by token; a thread at the first place of a token's run
// adds up the whole run, always in the same order. The rows after those are the positions.

@group(0) @binding(#) var<storage, read> ids: array<u32>; // [ROWS]
@group(0) @binding(#) var<storage, read> order: array<u32>; // [ROWS]
@group(0) @binding(#) var<storage, read> dx: array<f32>; // [ROWS, D]
@group(0) @binding(#) var<storage, read_write> tokens: array<f32>; // adds to what the tied head brought
@group(0) @binding(#) var<storage, read_write> positions: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let column = id.x;
    if (column >= D) { return; }
    if (id.y < ROWS) {
        let token = ids[order[id.y]];
        if (id.y > 0u) {
            if (ids[order[id.y - 1u]] == token) { return; }
        }
        var sum = 0.0;
        for (var i = id.y; i < ROWS; i++) {
            let row = order[i];
            if (ids[row] != token) { break; }
            sum += dx[row * D + column];
        }
        tokens[token * D + column] += sum;
    } else {
        let position = id.y - ROWS;
        var sum = 0.0;
        for (var row = position; row < ROWS; row += T) { sum += dx[row * D + column]; }
        positions[position * D + column] = sum;
    }
}
