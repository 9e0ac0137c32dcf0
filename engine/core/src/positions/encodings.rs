//! The numbers of each scheme: waves, turns and slopes.

use std::f64::consts::TAU;

// ANCHOR: sinusoidal
/// How far pair `pair` of `width` numbers turns from one position to the next, in radians.
pub fn turn(pair: usize, width: usize, base: f64) -> f64 {
    1.0 / libm::pow(base, (2 * pair) as f64 / width as f64)
}

/// After how many positions pair `pair` has turned once around.
pub fn wavelength(pair: usize, width: usize, base: f64) -> f64 {
    TAU / turn(pair, width, base)
}

/// The vector that is added to a token at `position`: a sine and a cosine for each wavelength.
///
/// ```
/// use engine_core::positions::encodings::sinusoidal;
/// assert_eq!(sinusoidal(0, 4, 10_000.0), [0.0, 1.0, 0.0, 1.0]);
/// ```
pub fn sinusoidal(position: usize, width: usize, base: f64) -> Vec<f64> {
    let wave = |pair| {
        let angle = position as f64 * turn(pair, width, base);
        [libm::sin(angle), libm::cos(angle)]
    };
    (0..width / 2).flat_map(wave).collect()
}
// ANCHOR_END: sinusoidal

// ANCHOR: rotary
/// A query or key as it is at `position`: each pair of its numbers is turned like the hand of a clock.
///
/// ```
/// use engine_core::positions::encodings::rotated;
/// assert_eq!(rotated(&[3.0, 4.0], 0, 10_000.0), [3.0, 4.0]);
/// let hand = rotated(&[1.0, 0.0], 2, 10_000.0); // the first pair turns by one radian for each position
/// assert!((hand[0] - 2f64.cos()).abs() < 1e-12 && (hand[1] - 2f64.sin()).abs() < 1e-12);
/// ```
pub fn rotated(vector: &[f64], position: usize, base: f64) -> Vec<f64> {
    let turned = |(pair, numbers): (usize, &[f64])| {
        let angle = position as f64 * turn(pair, vector.len(), base);
        let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
        [numbers[0] * cosine - numbers[1] * sine, numbers[0] * sine + numbers[1] * cosine]
    };
    vector.chunks_exact(2).enumerate().flat_map(turned).collect()
}

/// The score of a query for a key that stands `distance` positions before it: where the two stand makes no difference.
pub fn rotary_score(query: &[f64], key: &[f64], distance: usize, base: f64) -> f64 {
    let at_distance = rotated(query, distance, base);
    at_distance.iter().zip(key).map(|(q, k)| q * k).sum::<f64>() / (query.len() as f64).sqrt()
}
// ANCHOR_END: rotary

// ANCHOR: slopes
/// By how much each head lowers a score for each position between query and key.
///
/// ```
/// assert_eq!(engine_core::positions::encodings::slopes(4), [0.25, 0.0625, 0.015625, 0.00390625]);
/// ```
pub fn slopes(n_heads: usize) -> Vec<f64> {
    (1..=n_heads).map(|head| libm::pow(2.0, -8.0 * head as f64 / n_heads as f64)).collect()
}
// ANCHOR_END: slopes

#[cfg(test)]
mod tests {
    use super::*;

    /// Vaswani and others (2017), section 3.5, written as it stands there: PE(pos, 2i) = sin(pos / 10000^(2i/d)).
    #[test]
    fn waves_are_those_of_the_paper() {
        let width = 32;
        for position in [0, 1, 7, 65, 500] {
            let vector = sinusoidal(position, width, 10_000.0);
            for i in 0..width / 2 {
                let angle = position as f64 / 10_000f64.powf(2.0 * i as f64 / width as f64);
                assert!((vector[2 * i] - angle.sin()).abs() < 1e-12, "sine {i} at {position}");
                assert!((vector[2 * i + 1] - angle.cos()).abs() < 1e-12, "cosine {i} at {position}");
            }
            // sin² + cos² = 1 in each pair.
            let square: f64 = vector.iter().map(|x| x * x).sum();
            assert!((square - 16.0).abs() < 1e-12);
        }
        assert!((wavelength(0, width, 10_000.0) - TAU).abs() < 1e-12);
        assert!((wavelength(8, width, 10_000.0) - TAU * 100.0).abs() < 1e-9);
    }

    /// The product of two positions is a sum of cosines of their distance.
    #[test]
    fn the_product_of_two_waves_depends_on_their_distance_only() {
        let dot = |a, b| -> f64 {
            let (a, b) = (sinusoidal(a, 16, 10_000.0), sinusoidal(b, 16, 10_000.0));
            a.iter().zip(&b).map(|(a, b)| a * b).sum()
        };
        let closed = |distance: f64| (0..8).map(|pair| (distance * turn(pair, 16, 10_000.0)).cos()).sum::<f64>();
        for (a, b) in [(0, 0), (3, 10), (40, 47), (9, 65)] {
            assert!((dot(a, b) - closed(b as f64 - a as f64)).abs() < 1e-12, "{a} {b}");
        }
    }

    /// Su and others (2021), equation 16: turning both and multiplying is the product with one turn by the difference.
    #[test]
    fn a_rotary_score_depends_on_the_distance_only() {
        let (query, key) = ([0.3, -1.2, 2.0, 0.7, -0.4, 0.9, 1.5, -2.2], [1.1, 0.4, -0.6, 1.9, 0.2, -1.3, 0.8, 0.5]);
        for (at, distance) in [(3, 3), (7, 0), (40, 12), (65, 64)] {
            let (q, k) = (rotated(&query, at, 100.0), rotated(&key, at - distance, 100.0));
            let both: f64 = q.iter().zip(&k).map(|(q, k)| q * k).sum::<f64>() / 8f64.sqrt();
            assert!((both - rotary_score(&query, &key, distance, 100.0)).abs() < 1e-12);
            // As complex numbers: the real part of q · conj(k) · e^(i·angle).
            let closed: f64 = (0..4)
                .map(|pair| {
                    let angle = distance as f64 * 100f64.powf(-(pair as f64) / 4.0);
                    let (a, b) = ((query[2 * pair], query[2 * pair + 1]), (key[2 * pair], key[2 * pair + 1]));
                    (a.0 * b.0 + a.1 * b.1) * angle.cos() + (a.0 * b.1 - a.1 * b.0) * angle.sin()
                })
                .sum();
            assert!((both - closed / 8f64.sqrt()).abs() < 1e-12);
        }
        let long = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!((long(&rotated(&query, 65, 100.0)) - long(&query)).abs() < 1e-12, "a turn keeps the length");
    }

    /// Press and others (2022), section 3: eight heads have the slopes 1/2, 1/4, …, 1/256.
    #[test]
    fn slopes_are_those_of_the_paper() {
        let eight = slopes(8);
        assert!((0..8).all(|h| (eight[h] - 0.5f64.powi(h as i32 + 1)).abs() < 1e-15), "{eight:?}");
    }
}
