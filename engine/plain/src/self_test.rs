//! Do the kernels compute here what plain Rust computes? Asked before the first job runs.

use kernels::{
    int8::{self, Codes, Weights},
    matmul::{self, Shape},
};

/// A size that no vector register divides.
const SIZE: usize = 37;

/// Compares a product of whole numbers and one of fractions with the slow way.
///
/// # Errors
/// A sentence that names what is wrong.
pub fn self_test() -> Result<(), String> {
    let wave = |step: usize| (0..SIZE * SIZE).map(move |i| (i * step % 251) as i32 - 125);
    let (a, b): (Vec<i8>, Vec<i8>) = (wave(7).map(|x| x as i8).collect(), wave(11).map(|x| x as i8).collect());
    let scales = [1.0; SIZE];
    let weights = Weights { inputs: SIZE, group: SIZE, codes: Codes::Eight(&b), scales: &scales, zeros: &[] };
    let mut products = vec![0.0; SIZE * SIZE];
    int8::forward(weights, &a, &scales, &mut products);
    // Whole numbers far below 2^24: a float holds each of them.
    if !products.iter().map(|x| f64::from(*x)).eq(int8::naive::forward(weights, &a, &scales)) {
        return Err("This processor multiplies whole numbers wrongly here.".into());
    }
    let fractions = |numbers: &[i8]| numbers.iter().map(|x| f32::from(*x) / 16.0).collect::<Vec<f32>>();
    let (a, b) = (fractions(&a), fractions(&b));
    let (mut quick, mut slow) = (vec![0.0; SIZE * SIZE], vec![0.0; SIZE * SIZE]);
    let shape = Shape::nn(SIZE, SIZE, SIZE);
    matmul::matmul(shape, &a, &b, &mut quick);
    matmul::naive::matmul(shape, &a, &b, &mut slow);
    let off = quick.iter().zip(&slow).map(|(q, s)| (q - s).abs()).fold(0.0, f32::max);
    // Multiples of 1/256 far below 2^24 of them: no order of adding rounds.
    if off > 0.0 { Err(format!("This processor multiplies matrices wrongly here: off by {off}.")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_machine_passes() {
        assert_eq!(super::self_test(), Ok(()));
    }
}
