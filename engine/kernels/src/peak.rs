//! The ceiling: multiply-adds on registers alone, with no memory to wait for.
//!
//! No product of this program can have more operations per second on this machine than this loop.

use crate::lanes::F32x4;

/// How many sums run side by side, to choose from. A multiply-add takes several cycles, so a core
/// needs several independent ones to be busy; how many differs, and too many do not fit its registers.
pub const CHAINS: [usize; 3] = [8, 10, 12];

/// Does `rounds` multiply-adds of four numbers in each of `chains` sums, and answers something that
/// depends on all of them.
///
/// # Panics
/// If `chains` is not one of [`CHAINS`].
pub fn spin(chains: usize, rounds: usize) -> f32 {
    match chains {
        8 => sums::<8>(rounds),
        10 => sums::<10>(rounds),
        12 => sums::<12>(rounds),
        _ => panic!("{chains} sums are not among {CHAINS:?}"),
    }
}

/// Multiplications and additions that [`spin`] does: `2 · 4 · chains · rounds`.
pub fn flops(chains: usize, rounds: usize) -> f64 {
    2.0 * F32x4::LANES as f64 * chains as f64 * rounds as f64
}

// ANCHOR: peak
/// Each sum becomes `sum · shrink + push`, which tends to a fixed value: no overflow, however long.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn sums<const CHAINS: usize>(rounds: usize) -> f32 {
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
            // All sums tend to push / (1 - shrink) = 1.
            let long = spin(chains, 40_000) / (4 * chains) as f32;
            assert!((long - 1.0).abs() < 1e-3, "{chains}: {long}");
            let start = spin(chains, 0);
            assert_eq!(start, 4.0 * (0..chains).sum::<usize>() as f32);
            assert_ne!(spin(chains, 1), start);
        }
        assert_eq!(flops(10, 1_000), 80_000.0);
    }
}
