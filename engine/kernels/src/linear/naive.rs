//! The definition, in double precision.

/// See [`super::forward`].
pub fn forward(x: &[f32], weight: &[f32], bias: &[f32], out: &mut [f32]) {
    let outputs = bias.len();
    let rows = out.len() / outputs;
    let inputs = x.len() / rows;
    for i in 0..rows {
        for j in 0..outputs {
            let terms = (0..inputs).map(|p| f64::from(x[i * inputs + p]) * f64::from(weight[p * outputs + j]));
            out[i * outputs + j] = (terms.sum::<f64>() + f64::from(bias[j])) as f32;
        }
    }
}

/// The gradients of `x`, `weight` and `bias`.
pub fn backward(x: &[f32], weight: &[f32], outputs: usize, grad_out: &[f32]) -> [Vec<f32>; 3] {
    let rows = grad_out.len() / outputs;
    let inputs = x.len() / rows;
    let mut grads = [vec![0.0f64; x.len()], vec![0.0f64; weight.len()], vec![0.0f64; outputs]];
    for i in 0..rows {
        for j in 0..outputs {
            let g = f64::from(grad_out[i * outputs + j]);
            grads[2][j] += g;
            for p in 0..inputs {
                grads[0][i * inputs + p] += g * f64::from(weight[p * outputs + j]);
                grads[1][p * outputs + j] += g * f64::from(x[i * inputs + p]);
            }
        }
    }
    grads.map(|grad| grad.into_iter().map(|x| x as f32).collect())
}
