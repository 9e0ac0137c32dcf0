//! Random numbers that depend on a seed and a stream only: the same on every machine and device.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// A generator for one purpose: two streams of one seed never meet.
pub struct Rng(ChaCha8Rng);

/// What a stream of random numbers is for.
#[derive(Debug, Clone, Copy)]
pub enum Stream {
    /// Initial weights.
    Init,
    /// The batch of one training step.
    Batch(u32),
    /// One generated token.
    Token(u32),
    /// What is set aside to be measured on.
    Validation,
    /// Repeated random tokens, which show what a head does.
    Repeats,
}

impl Rng {
    /// The generator of `stream` under `seed`.
    pub fn new(seed: u64, stream: Stream) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(match stream {
            Stream::Init => 0,
            Stream::Batch(step) => (1 << 32) | u64::from(step),
            Stream::Token(index) => (2 << 32) | u64::from(index),
            Stream::Validation => 3 << 32,
            Stream::Repeats => 4 << 32,
        });
        Self(rng)
    }

    /// A number in `[0, 1)`, on a grid of 2^-53.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number in `0..below`.
    ///
    /// # Panics
    /// If `below` is zero.
    pub fn below(&mut self, below: usize) -> usize {
        assert!(below > 0, "nothing lies below zero");
        // Below 2^32 the bias of a plain product is under 2^-32: invisible here.
        (self.uniform() * below as f64) as usize
    }

    /// A draw from the normal distribution (Box and Muller 1958), in software floating point, so
    /// that every machine gets the same bits.
    pub fn normal(&mut self) -> f32 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        (radius * libm::cos(std::f64::consts::TAU * self.uniform())) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_and_a_stream_fix_the_numbers() {
        let draw = |seed, stream| Rng::new(seed, stream).uniform();
        assert_eq!(draw(7, Stream::Batch(3)), draw(7, Stream::Batch(3)));
        assert_ne!(draw(7, Stream::Batch(3)), draw(7, Stream::Batch(4)));
        assert_ne!(draw(7, Stream::Batch(3)), draw(8, Stream::Batch(3)));
        assert_ne!(draw(7, Stream::Batch(3)), draw(7, Stream::Token(3)));
    }

    #[test]
    fn normals_have_mean_zero_and_variance_one() {
        let mut rng = Rng::new(1, Stream::Init);
        let draws: Vec<f64> = (0..20_000).map(|_| f64::from(rng.normal())).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
    }
}
