//! t-SNE (van der Maaten and Hinton 2008, *Visualizing Data using t-SNE*, JMLR 9): a flat map on which those who are
//! near each other among the vectors are near each other again. The exact method: every pair counts at every step.

use crate::rng::{Rng, Stream};
use std::cmp::Ordering;

/// The squared distances of row `at` to every row, itself included.
///
/// # Shapes
/// - `rows`: `[points, dim]`; the result: `[points]`
pub fn distances(rows: &[f32], dim: usize, at: usize) -> Vec<f32> {
    let from = &rows[at * dim..(at + 1) * dim];
    let far = |row: &[f32]| row.iter().zip(from).map(|(a, b)| (a - b) * (a - b)).sum();
    rows.chunks_exact(dim).map(far).collect()
}

/// The `many` nearest points, nearest first, without the point `at` itself.
pub fn nearest(distances: &[f32], at: usize, many: usize) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::with_capacity(many + 1);
    for (point, far) in distances.iter().enumerate().filter(|(point, _)| *point != at) {
        let place = best.iter().position(|other| far < &distances[*other]).unwrap_or(best.len());
        if place < many {
            best.insert(place, point);
            best.truncate(many);
        }
    }
    best
}

// ANCHOR: affinities
/// How likely point `at` is to choose each other point as its neighbour: `p(j | i)`, which sums to one.
///
/// The chance falls with the squared distance as a bell curve does. How wide the bell is, is found by halving, so that
/// the chances are as undecided as among `perplexity` points of equal right.
///
/// # Shapes
/// - `distances` and the result: `[points]`
pub fn affinities(distances: &[f32], at: usize, perplexity: f32) -> Vec<f32> {
    let others = || distances.iter().enumerate().filter(|(point, _)| *point != at);
    let closest = others().fold(f32::INFINITY, |least, (_, far)| least.min(*far));
    let wanted = libm::logf(perplexity);
    let (mut narrow, mut low, mut high) = (1.0f32, 0.0f32, f32::INFINITY);
    let mut chances = vec![0.0; distances.len()];
    for _ in 0..HALVINGS {
        let (mut sum, mut spread) = (0.0f32, 0.0f32);
        for (point, far) in others() {
            let chance = libm::expf(-(far - closest) * narrow);
            chances[point] = chance;
            sum += chance;
            spread += chance * (far - closest);
        }
        chances.iter_mut().for_each(|chance| *chance /= sum);
        let entropy = libm::logf(sum) + narrow * spread / sum; // in nats
        if (entropy - wanted).abs() < CLOSE_ENOUGH {
            break;
        }
        if entropy > wanted {
            low = narrow;
            narrow = if high.is_finite() { (low + high) / 2.0 } else { low * 2.0 };
        } else {
            high = narrow;
            narrow = (low + high) / 2.0;
        }
    }
    chances
}
// ANCHOR_END: affinities

/// Halvings of the search for a bell's width; fewer do unless points lie in one place.
const HALVINGS: usize = 60;
/// A bell is wide enough when its entropy is so near to what was asked, in nats.
const CLOSE_ENOUGH: f32 = 1e-5;
/// The map begins this small, so that all points can still move through each other.
const FIRST_SIZE: f32 = 1e-4;
/// Each point begins off its place by chance, by this share of the first size: points in one place can part.
const JITTER: f32 = 1e-2;
/// At first the attraction counts so many times, which gathers those who belong together.
const EXAGGERATION: f32 = 4.0;
/// For so many steps.
const EXAGGERATED: u32 = 100;
/// How much of the last step is taken again, before and after the step at which that changes.
const MOMENTUM: (f32, f32, u32) = (0.5, 0.8, 250);

/// A map in the making.
pub struct Tsne {
    /// `[points, points]`, the same both ways, its sum one: how near two points are among the vectors.
    near: Vec<f32>,
    /// `[points]`: where each lies.
    places: Vec<[f32; 2]>,
    /// The last step of each.
    steps: Vec<[f32; 2]>,
    /// How much longer or shorter than others each coordinate's step is (Jacobs 1988).
    gains: Vec<[f32; 2]>,
    done: u32,
}

/// Where the map is to go, and how far it is from its aim.
#[derive(Debug, Clone, PartialEq)]
pub struct Slope {
    /// The slope of the divergence with respect to each place: `[points]`.
    pub slopes: Vec<[f32; 2]>,
    /// The sum over all ordered pairs of `1 / (1 + distance²)`.
    pub sum: f32,
}

impl Tsne {
    /// A map that begins at the places `start` (`[points]`), made small, each a little off by chance.
    ///
    /// # Shapes
    /// - `rows`: `[points]` rows of [`affinities`], each `[points]`
    pub fn new(rows: &[Vec<f32>], start: &[[f32; 2]], seed: u64) -> Self {
        let points = rows.len();
        let mut near = vec![0.0; points * points];
        for (i, row) in rows.iter().enumerate() {
            for (j, chance) in row.iter().enumerate() {
                let half = chance / (2 * points) as f32;
                near[i * points + j] += half;
                near[j * points + i] += half;
            }
        }
        let mut rng = Rng::new(seed, Stream::Init);
        let mut off = |x: f32| FIRST_SIZE * (x + JITTER * rng.normal());
        let places: Vec<[f32; 2]> = start.iter().map(|place| place.map(&mut off)).collect();
        Self { near, steps: vec![[0.0; 2]; points], gains: vec![[1.0; 2]; points], places, done: 0 }
    }

    /// Steps done so far.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// `[points]`: where each lies now, its middle at zero; units mean nothing but in comparison.
    pub fn places(&self) -> &[[f32; 2]] {
        &self.places
    }

    /// One step down the slope of the divergence, with momentum.
    pub fn step(&mut self) {
        let exaggeration = if self.done < EXAGGERATED { EXAGGERATION } else { 1.0 };
        let momentum = if self.done < MOMENTUM.2 { MOMENTUM.0 } else { MOMENTUM.1 };
        let points = self.places.len();
        // Slopes shrink as points share one whole: more of them take longer steps.
        let length = (points as f32 / EXAGGERATION).max(50.0);
        let Slope { slopes, .. } = slope(&self.near, &self.places, exaggeration);
        let moving = self.places.iter_mut().zip(&mut self.steps).zip(&mut self.gains).zip(&slopes);
        for (((place, step), gain), slope) in moving {
            for axis in 0..2 {
                let agrees = (slope[axis] > 0.0) != (step[axis] > 0.0);
                gain[axis] = if agrees { gain[axis] + 0.2 } else { (gain[axis] * 0.8).max(0.01) };
                step[axis] = momentum * step[axis] - length * gain[axis] * slope[axis];
                place[axis] += step[axis];
            }
        }
        for axis in 0..2 {
            let middle = self.places.iter().map(|place| place[axis]).sum::<f32>() / points as f32;
            self.places.iter_mut().for_each(|place| place[axis] -= middle);
        }
        self.done += 1;
    }

    /// The Kullback-Leibler divergence of the map from the vectors, in nats: zero would be a map that loses nothing.
    pub fn divergence(&self) -> f32 {
        let points = self.places.len();
        let Slope { sum, .. } = slope(&self.near, &self.places, 1.0);
        let mut total = 0.0;
        for i in 0..points {
            for j in 0..points {
                let near = self.near[i * points + j];
                if near > 0.0 {
                    total += near * libm::logf(near * sum / closeness(self.places[i], self.places[j]));
                }
            }
        }
        total
    }

    /// The places as a picture takes them: the farthest lies 1 away in x or in y.
    pub fn picture(&self) -> Vec<[f32; 2]> {
        let farthest = self.places.iter().flatten().fold(f32::MIN_POSITIVE, |far, x| far.max(x.abs()));
        self.places.iter().map(|place| place.map(|x| x / farthest)).collect()
    }
}

/// How near two places are on the map: one for the same place, falling slowly (Student's t with one degree of freedom).
fn closeness(a: [f32; 2], b: [f32; 2]) -> f32 {
    let (across, up) = (a[0] - b[0], a[1] - b[1]);
    1.0 / (1.0 + across * across + up * up)
}

// ANCHOR: slope
/// The slope of the divergence with respect to each place. Pairs that are nearer among the vectors than on the map
/// attract each other, `exaggeration` times as much as they should; all pairs push each other away.
///
/// # Shapes
/// - `near`: `[points, points]`; `places`: `[points]`
pub fn slope(near: &[f32], places: &[[f32; 2]], exaggeration: f32) -> Slope {
    let points = places.len();
    let (mut pull, mut push) = (vec![[0.0f32; 2]; points], vec![[0.0f32; 2]; points]);
    let mut sum = 0.0;
    for i in 1..points {
        for j in 0..i {
            let close = closeness(places[i], places[j]);
            sum += 2.0 * close;
            let (attract, repel) = (near[i * points + j] * close, close * close);
            for axis in 0..2 {
                let apart = places[i][axis] - places[j][axis];
                pull[i][axis] += attract * apart;
                pull[j][axis] -= attract * apart;
                push[i][axis] += repel * apart;
                push[j][axis] -= repel * apart;
            }
        }
    }
    let both = pull.iter().zip(&push);
    let slopes = both.map(|(pull, push)| [0, 1].map(|axis| 4.0 * (exaggeration * pull[axis] - push[axis] / sum)));
    Slope { slopes: slopes.collect(), sum }
}
// ANCHOR_END: slope

/// The share of neighbours that a map keeps: of each point's nearest among the vectors, how many are among as many
/// nearest on the map. Between 0 and 1.
///
/// # Shapes
/// - `before`: `[points]` lists of [`nearest`] points; `places`: `[points]`
pub fn kept(before: &[Vec<usize>], places: &[[f32; 2]]) -> f32 {
    let flat = places.as_flattened();
    let (mut found, mut all) = (0, 0);
    for (at, before) in before.iter().enumerate() {
        let after = nearest(&distances(flat, 2, at), at, before.len());
        found += before.iter().filter(|point| after.contains(point)).count();
        all += before.len();
    }
    found as f32 / all.max(1) as f32
}

/// The rows, each made one long, so that distances order pairs as cosines do: `|a - b|² = 2 - 2 cos`.
///
/// # Shapes
/// - `rows` and the result: `[points, dim]`
pub fn directions(rows: &[f32], dim: usize) -> Vec<f32> {
    let unit = |row: &[f32]| {
        let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
        let by = if length.partial_cmp(&0.0) == Some(Ordering::Greater) { 1.0 / length } else { 0.0 };
        row.iter().map(|x| x * by).collect::<Vec<f32>>()
    };
    rows.chunks_exact(dim.max(1)).flat_map(unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three groups of points far apart in five dimensions: which group each point is of, and the rows.
    fn groups() -> (Vec<usize>, Vec<f32>) {
        let mut rng = Rng::new(4, Stream::Init);
        let of: Vec<usize> = (0..60).map(|point| point % 3).collect();
        let rows = of
            .iter()
            .flat_map(|group| [0, 1, 2, 3, 4].map(|axis| rng.normal() * 0.3 + if axis == *group { 5.0 } else { 0.0 }));
        (of.clone(), rows.collect())
    }

    fn begun(rows: &[f32], dim: usize, perplexity: f32, seed: u64) -> Tsne {
        let points = rows.len() / dim;
        let chances: Vec<Vec<f32>> =
            (0..points).map(|at| affinities(&distances(rows, dim, at), at, perplexity)).collect();
        let start: Vec<[f32; 2]> = rows.chunks_exact(dim).map(|row| [row[0] / 6.0, row[1] / 6.0]).collect();
        Tsne::new(&chances, &start, seed)
    }

    /// The divergence as the paper writes it, in double precision.
    fn divergence(near: &[f32], places: &[[f64; 2]]) -> f64 {
        let points = places.len();
        let close = |i: usize, j: usize| {
            1.0 / (1.0 + (places[i][0] - places[j][0]).powi(2) + (places[i][1] - places[j][1]).powi(2))
        };
        let pairs = || (0..points).flat_map(|i| (0..points).map(move |j| (i, j))).filter(|(i, j)| i != j);
        let sum: f64 = pairs().map(|(i, j)| close(i, j)).sum();
        let share = |(i, j): (usize, usize)| {
            let p = f64::from(near[i * points + j]);
            if p > 0.0 { p * (p / (close(i, j) / sum)).ln() } else { 0.0 }
        };
        pairs().map(share).sum()
    }

    #[test]
    fn each_row_is_as_undecided_as_asked() {
        let (_, rows) = groups();
        for perplexity in [2.0, 7.0, 19.5] {
            for at in [0, 7, 59] {
                let chances = affinities(&distances(&rows, 5, at), at, perplexity);
                let sum: f64 = chances.iter().map(|p| f64::from(*p)).sum();
                let terms = chances.iter().map(|p| f64::from(*p)).filter(|p| *p > 0.0);
                let entropy: f64 = terms.map(|p| -p * p.ln()).sum();
                assert!((sum - 1.0).abs() < 1e-5 && chances[at] == 0.0);
                assert!(
                    (entropy.exp() / f64::from(perplexity) - 1.0).abs() < 1e-3,
                    "{} for {perplexity}",
                    entropy.exp()
                );
            }
        }
    }

    #[test]
    fn points_in_one_place_share_their_chances() {
        let chances = affinities(&distances(&[1.0; 8], 2, 1), 1, 2.0);
        assert!(chances.iter().enumerate().all(|(at, p)| (p - if at == 1 { 0.0 } else { 1.0 / 3.0 }).abs() < 1e-6));
        let mut map = begun(&[1.0; 16], 2, 2.0, 1);
        (0..300).for_each(|_| map.step());
        assert!(map.picture().iter().flatten().all(|x| x.is_finite()) && map.divergence().is_finite());
    }

    #[test]
    fn the_slope_is_that_of_the_divergence() {
        let (_, rows) = groups();
        let mut map = begun(&rows, 5, 5.0, 2);
        (0..120).for_each(|_| map.step());
        let places: Vec<[f64; 2]> = map.places().iter().map(|place| place.map(f64::from)).collect();
        assert!((divergence(&map.near, &places) - f64::from(map.divergence())).abs() < 1e-3);
        let Slope { slopes, .. } = slope(&map.near, map.places(), 1.0);
        for (point, axis) in [(0, 0), (7, 1), (31, 0), (59, 1)] {
            let at = |by: f64| {
                let mut moved = places.clone();
                moved[point][axis] += by;
                divergence(&map.near, &moved)
            };
            let measured = (at(1e-5) - at(-1e-5)) / 2e-5;
            let told = f64::from(slopes[point][axis]);
            assert!((measured - told).abs() < 1e-6 + 1e-3 * measured.abs(), "{point}: {measured} and {told}");
        }
    }

    #[test]
    fn the_divergence_falls_and_groups_stay_apart() {
        let (of, rows) = groups();
        let mut map = begun(&rows, 5, 8.0, 1);
        let mut told = vec![map.divergence()];
        for _ in 0..5 {
            (0..200).for_each(|_| map.step());
            told.push(map.divergence());
        }
        assert!(told[1..].windows(2).all(|pair| pair[1] <= pair[0] + 1e-3) && told[5] < told[0] / 2.0, "{told:?}");
        let picture = map.picture();
        assert!(picture.iter().flatten().any(|x| x.abs() == 1.0) && picture.iter().flatten().all(|x| x.abs() <= 1.0));
        let flat = picture.as_flattened();
        for at in 0..of.len() {
            // With 20 of its kind, all the ten nearest are of it.
            assert!(nearest(&distances(flat, 2, at), at, 10).iter().all(|other| of[*other] == of[at]), "{at}");
        }
        let before: Vec<Vec<usize>> = (0..60).map(|at| nearest(&distances(&rows, 5, at), at, 8)).collect();
        assert!(kept(&before, map.places()) > 0.5 && kept(&before, &[[0.0; 2]; 60]) < 0.4);
    }

    #[test]
    fn the_same_seed_gives_the_same_bits() {
        let (_, rows) = groups();
        let run = |seed| {
            let mut map = begun(&rows, 5, 8.0, seed);
            (0..150).for_each(|_| map.step());
            map.places().as_flattened().iter().map(|x| x.to_bits()).collect::<Vec<u32>>()
        };
        assert_eq!(run(3), run(3));
        assert_ne!(run(3), run(4));
    }

    #[test]
    fn the_nearest_come_in_order_and_directions_are_one_long() {
        assert_eq!(nearest(&[0.0, 3.0, 1.0, 2.0, 9.0], 0, 3), [2, 3, 1]);
        assert_eq!(nearest(&[0.0, 3.0], 0, 8), [1]);
        assert_eq!(directions(&[3.0, 4.0, 0.0, 0.0], 2), [0.6, 0.8, 0.0, 0.0]);
    }
}
