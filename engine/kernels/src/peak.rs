//! The ceiling: multiply-adds on registers alone, with no memory to wait for.
//!
//! No product of this program can have more operations per second on this machine than the fastest of these loops.

use crate::lanes::F32x4;

/// How many sums run side by side, to choose from. A multiply-add takes several cycles, so a core needs
/// many independent ones to be busy; how many differs, and too many do not fit its registers.
pub const CHAINS: [usize; 4] = [8, 12, 13, 16];

/// Does `rounds` multiply-adds of four numbers in each of `chains` sums, and answers something that
/// depends on all of them.
///
/// # Panics
/// If `chains` is not one of [`CHAINS`].
pub fn spin(chains: usize, rounds: usize) -> f32 {
    match chains {
        8 => work::<8>(rounds),
        12 => work::<12>(rounds),
        13 => work::<13>(rounds),
        16 => work::<16>(rounds),
        _ => panic!("{chains} sums are not among {CHAINS:?}"),
    }
}

/// Multiplications and additions that [`spin`] does.
pub fn flops(chains: usize, rounds: usize) -> f64 {
    2.0 * F32x4::LANES as f64 * chains as f64 * rounds as f64
}

// ANCHOR: peak
/// Each sum becomes `sum · shrink + push`, again and again, and tends to 1: no overflow, however long.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn work<const CHAINS: usize>(rounds: usize) -> f32 {
    let shrink = F32x4::splat(std::hint::black_box(0.999));
    let push = F32x4::splat(std::hint::black_box(0.001));
    let mut sums: [F32x4; CHAINS] = std::array::from_fn(|chain| F32x4::splat(chain as f32));
    for _ in 0..rounds {
        for sum in &mut sums {
            *sum = sum.madd(shrink, push);
        }
    }
    sums.into_iter().map(F32x4::sum).sum()
}
// ANCHOR_END: peak

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_is_done() {
        for chains in CHAINS {
            for rounds in [0, 1, 2, 999, 20_000] {
                let one = |mut sum: f64| {
                    (0..rounds).for_each(|_| sum = sum * 0.999 + 0.001);
                    4.0 * sum
                };
                let right: f64 = (0..chains).map(|chain| one(chain as f64)).sum();
                let found = f64::from(spin(chains, rounds));
                assert!((found - right).abs() < 1e-3 * right, "{chains} sums, {rounds} rounds: {found} is not {right}");
            }
        }
        assert_eq!(flops(12, 1_000), 96_000.0);
    }
}
