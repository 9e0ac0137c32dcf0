// The residual stream starts as the token's embedding plus the position's.
//
// Feature ONE: only the token at state[0] of tokens[], for decoding.

@group(0) @binding(#) var<storage, read> ids: array<u32>;
@group(0) @binding(#) var<storage, read> token_embedding: array<f32>;
@group(0) @binding(#) var<storage, read> position_embedding: array<f32>;
@group(0) @binding(#) var<storage, read_write> stream: array<f32>;
//#if ONE
@group(0) @binding(#) var<storage, read> state: array<u32>;
//#end

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let column = id.x;
    let row = id.y;
    if (column >= D) { return; }
    //#if ONE
    let position = state[0];
    let token = ids[position];
    //#end
    //#if !ONE
    let position = row % T;
    let token = ids[row];
    //#end
    stream[row * D + column] = token_embedding[token * D + column] + position_embedding[position * D + column];
}
