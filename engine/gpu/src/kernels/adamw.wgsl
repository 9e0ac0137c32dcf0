// AdamW over all parameters at once; those before DECAYING (the matrices) are pulled towards zero.

@group(0) @binding(#) var<storage, read_write> parameters: array<vec4<f32>>;
@group(0) @binding(#) var<storage, read> gradients: array<vec4<f32>>;
@group(0) @binding(#) var<storage, read_write> means: array<vec4<f32>>;
@group(0) @binding(#) var<storage, read_write> squares: array<vec4<f32>>;
@group(0) @binding(#) var<storage, read> settings: array<u32>; // 2: learning rate, 3, 4: bias corrections, 5: decay
@group(0) @binding(#) var<storage, read> verdict: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (verdict[0] == 0.0) { return; }
    let rate = bitcast<f32>(settings[2]);
    let mean_scale = bitcast<f32>(settings[3]);
    let square_scale = bitcast<f32>(settings[4]);
    let decay = rate * bitcast<f32>(settings[5]);
    for (var i = id.x; i < CELLS; i += THREADS) {
        let gradient = gradients[i] * verdict[1];
        let mean = means[i] * MEAN_KEPT + gradient * (1.0 - MEAN_KEPT);
        let square = squares[i] * SQUARE_KEPT + gradient * gradient * (1.0 - SQUARE_KEPT);
        let direction = mean * mean_scale / (sqrt(square * square_scale) + EPS);
        let kept = 1.0 - select(0.0, decay, i < DECAYING);
        parameters[i] = parameters[i] * kept - direction * rate;
        means[i] = mean;
        squares[i] = square;
    }
}
