//! The definition, in double precision and with every zero: `out = x · weight + bias`.

/// `weight` is `[inputs, outputs]`, zeros and all; the result is `[samples, outputs]`.
pub fn forward(weight: &[f32], x: &[f32], bias: &[f32]) -> Vec<f64> {
    let outputs = bias.len();
    let inputs = weight.len() / outputs;
    let mut out = Vec::new();
    for x in x.chunks(inputs) {
        for output in 0..outputs {
            let mut sum = f64::from(bias[output]);
            for input in 0..inputs {
                sum += f64::from(x[input]) * f64::from(weight[input * outputs + output]);
            }
            out.push(sum);
        }
    }
    out
}
