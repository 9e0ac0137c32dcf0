//! A pre-norm block around any attention and any MLP (Xiong et al. 2020; GPT-2).

// ANCHOR: block
/// One pre-norm block: everything it does is added to the stream.
///
/// `stream` is `[tokens, d_model]`; `attend` sees all tokens at once, `think` one at a time.
///
/// ```
/// use engine_core::reference::lessons::block::block;
/// let mut stream = vec![vec![2.0, 4.0, 4.0, 6.0]];
/// let attend = |_: &[Vec<f64>]| vec![vec![1.0, 0.0, -1.0, 0.0]];
/// block(&mut stream, attend, |_| vec![0.0, -3.0, 0.0, 1.0]);
/// assert_eq!(stream, [[3.0, 1.0, 3.0, 7.0]]);
/// ```
pub fn block(
    stream: &mut [Vec<f64>],
    attend: impl Fn(&[Vec<f64>]) -> Vec<Vec<f64>>,
    think: impl Fn(&[f64]) -> Vec<f64>,
) {
    let normed: Vec<Vec<f64>> = stream.iter().map(|x| normalise(x)).collect();
    let heard = attend(&normed);
    for (x, heard) in stream.iter_mut().zip(heard) {
        add(x, &heard);
    }
    for x in stream {
        let thought = think(&normalise(x));
        add(x, &thought);
    }
}

/// Brings one token's vector to mean 0 and standard deviation 1.
pub fn normalise(x: &[f64]) -> Vec<f64> {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let variance = x.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / x.len() as f64;
    x.iter().map(|number| (number - mean) / (variance + 1e-5).sqrt()).collect()
}

fn add(x: &mut [f64], y: &[f64]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}
// ANCHOR_END: block

#[cfg(test)]
mod tests {
    use super::{block, normalise};
    use crate::reference::layers::layer_norm;

    #[test]
    fn it_normalises_as_the_engine_does_with_gain_one() {
        let x = [0.5, -2.0, 3.25, 7.0];
        let expected = layer_norm(&x, &[1.0; 4], &[0.0; 4]);
        assert!(normalise(&x).iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-12));
    }

    #[test]
    fn the_mlp_sees_what_attention_has_added() {
        let mut stream = vec![vec![1.0, -1.0], vec![0.0, 2.0]];
        block(&mut stream, |rows| rows.iter().map(|_| vec![4.0, 0.0]).collect(), |x| x.to_vec());
        // 5, −1 and 4, 2: both rise to the left, so both are normalised to about 1, −1.
        for (row, expected) in stream.iter().zip([[6.0, -2.0], [5.0, 1.0]]) {
            assert!(row.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-4), "{row:?}");
        }
    }
}
