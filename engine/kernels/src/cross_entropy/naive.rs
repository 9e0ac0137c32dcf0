//! The definition, in double precision.

/// The mean loss, and the gradient of the logits `[rows, vocab]`.
pub fn loss_and_gradient(logits: &[f32], targets: &[u32]) -> (f32, Vec<f32>) {
    let vocab = logits.len() / targets.len();
    let (mut loss, mut grads) = (0.0, Vec::new());
    for (row, &target) in logits.chunks(vocab).zip(targets) {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let e: Vec<f64> = row.iter().map(|&x| f64::from(x - largest).exp()).collect();
        let sum: f64 = e.iter().sum();
        loss -= (e[target as usize] / sum).ln() / targets.len() as f64;
        for (j, e) in e.iter().enumerate() {
            let right = f64::from(u8::from(j == target as usize));
            grads.push(((e / sum - right) / targets.len() as f64) as f32);
        }
    }
    (loss as f32, grads)
}
