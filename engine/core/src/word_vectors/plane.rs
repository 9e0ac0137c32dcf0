//! A flat map of word vectors: their two principal components.

use serde::{Deserialize, Serialize};

/// The two directions in which a set of vectors is spread most.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plane {
    axes: [Vec<f64>; 2],
}

/// Points on the map, and how much of the spread it shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Flat {
    /// One point per vector; the farthest from the middle lies 1 away in x or in y.
    pub points: Vec<[f32; 2]>,
    /// The share of the whole variance that the two directions hold, between 0 and 1.
    pub shown: f32,
}

impl Flat {
    /// Mirrors the map, and swaps its axes, so that it lies as near as can be to an earlier one of the same points:
    /// principal components have no sign of their own.
    pub fn turn_towards(&mut self, earlier: &Self) {
        let turned = |[x, y]: [f32; 2], way: u8| {
            let (x, y) = if way & 4 == 0 { (x, y) } else { (y, x) };
            [if way & 1 == 0 { x } else { -x }, if way & 2 == 0 { y } else { -y }]
        };
        let away = |way: &u8| -> f32 {
            let pairs = self.points.iter().zip(&earlier.points);
            pairs
                .map(|(now, then)| (turned(*now, *way), then))
                .map(|(now, then)| (now[0] - then[0]).powi(2) + (now[1] - then[1]).powi(2))
                .sum()
        };
        let way = (0..8u8).min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or_default();
        self.points.iter_mut().for_each(|point| *point = turned(*point, way));
    }
}

/// Rounds of power iteration for each map. The next map carries on from these axes.
const ROUNDS: usize = 60;

impl Plane {
    /// The map of the vectors in `rows` (`[words, dim]`), each made one long first: only directions count.
    ///
    /// It begins at the axes of the map before, so that a map of vectors that move a little moves a little.
    pub fn flatten(&mut self, rows: &[f32], dim: usize) -> Flat {
        let rows = centred(rows, dim);
        if rows.is_empty() || dim == 0 {
            return Flat::default();
        }
        let covariance = covariance(&rows, dim);
        if self.axes.iter().any(|axis| axis.len() != dim) {
            // Any two directions that no simple pattern stands square to.
            let start = |by: f64| (0..dim).map(|i| libm::sin(by * (i as f64 + 1.0))).collect::<Vec<f64>>();
            self.axes = [start(1.0), start(1.7)];
        }
        for _ in 0..ROUNDS {
            let [first, second] = &mut self.axes;
            *first = unit(times(&covariance, first));
            let along = dot(second, first);
            second.iter_mut().zip(first.iter()).for_each(|(x, y)| *x -= along * y);
            *second = times(&covariance, second);
            let along = dot(second, first);
            second.iter_mut().zip(first.iter()).for_each(|(x, y)| *x -= along * y);
            *second = unit(std::mem::take(second));
        }
        let spread = |axis: &[f64]| dot(&times(&covariance, axis), axis);
        let whole: f64 = (0..dim).map(|i| covariance[i * dim + i]).sum();
        let held: f64 = self.axes.iter().map(|axis| spread(axis)).sum();
        let points: Vec<[f64; 2]> = rows.iter().map(|row| [dot(row, &self.axes[0]), dot(row, &self.axes[1])]).collect();
        let farthest = points.iter().flatten().fold(0.0f64, |far, x| far.max(x.abs())).max(1e-12);
        Flat {
            points: points.iter().map(|point| point.map(|x| (x / farthest) as f32)).collect(),
            shown: if whole > 0.0 { (held / whole) as f32 } else { 0.0 },
        }
    }
}

/// The rows, each one long, with their mean taken away.
fn centred(rows: &[f32], dim: usize) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> =
        rows.chunks_exact(dim.max(1)).map(|row| unit(row.iter().map(|x| f64::from(*x)).collect())).collect();
    let count = rows.len() as f64;
    for column in 0..dim {
        let mean = rows.iter().map(|row| row[column]).sum::<f64>() / count;
        rows.iter_mut().for_each(|row| row[column] -= mean);
    }
    rows
}

/// `[dim, dim]`, row by row.
fn covariance(rows: &[Vec<f64>], dim: usize) -> Vec<f64> {
    let mut sums = vec![0.0; dim * dim];
    for row in rows {
        for (i, x) in row.iter().enumerate() {
            for (sum, y) in sums[i * dim..(i + 1) * dim].iter_mut().zip(row) {
                *sum += x * y;
            }
        }
    }
    sums.iter().map(|sum| sum / rows.len() as f64).collect()
}

fn times(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    matrix.chunks_exact(vector.len()).map(|row| dot(row, vector)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn unit(vector: Vec<f64>) -> Vec<f64> {
    let length = dot(&vector, &vector).sqrt();
    if length > 1e-12 { vector.iter().map(|x| x / length).collect() } else { vector }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};

    #[test]
    fn a_mirrored_map_is_turned_back() {
        let earlier = Flat { points: vec![[0.9, 0.1], [-0.5, 0.6], [0.0, -0.7]], shown: 1.0 };
        for way in 0..8 {
            let sign = |bit: i32| if way & bit == 0 { 1.0 } else { -1.0 };
            let mirrored = |[x, y]: [f32; 2]| [x * sign(1), y * sign(2)];
            let swapped = |[x, y]: [f32; 2]| if way & 4 == 0 { [x, y] } else { [y, x] };
            let mut now = Flat { points: earlier.points.iter().map(|at| swapped(mirrored(*at))).collect(), shown: 1.0 };
            now.turn_towards(&earlier);
            assert_eq!(now, earlier, "way {way}");
        }
        let mut alone = earlier.clone();
        alone.turn_towards(&Flat::default());
        assert_eq!(alone, earlier);
    }

    #[test]
    fn a_circle_in_many_dimensions_comes_out_round_and_whole() {
        // Unit vectors in the plane of two skew directions of five dimensions.
        let (u, v) = ([0.6, 0.0, 0.8, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]);
        let angle = |k: usize| k as f32 * std::f32::consts::TAU / 12.0;
        let rows: Vec<f32> =
            (0..12).flat_map(|k| (0..5).map(move |i| 3.0 * (angle(k).cos() * u[i] + angle(k).sin() * v[i]))).collect();
        let flat = Plane::default().flatten(&rows, 5);
        assert!((flat.shown - 1.0).abs() < 1e-6, "{}", flat.shown);
        let radii: Vec<f32> = flat.points.iter().map(|[x, y]| x.hypot(*y)).collect();
        assert!(radii.iter().all(|radius| (radius / radii[0] - 1.0).abs() < 1e-5), "{radii:?}");
    }

    #[test]
    fn axes_stand_square_and_the_first_holds_more() {
        let mut rng = Rng::new(2, Stream::Init);
        let rows: Vec<f32> = (0..90).flat_map(|_| [5.0, 2.0, 1.0, 0.5].map(|wide| rng.normal() * wide)).collect();
        let mut plane = Plane::default();
        let flat = plane.flatten(&rows, 4);
        assert!(dot(&plane.axes[0], &plane.axes[1]).abs() < 1e-9);
        let spread = |axis: usize| flat.points.iter().map(|point| point[axis].powi(2)).sum::<f32>();
        assert!(spread(0) > spread(1) && flat.shown < 1.0);
        let again = plane.flatten(&rows, 4);
        assert!(again.points.iter().zip(&flat.points).all(|(a, b)| (a[0] - b[0]).abs() < 1e-4), "the map stays put");
    }

    #[test]
    fn nothing_and_sameness_give_no_spread() {
        assert_eq!(Plane::default().flatten(&[], 4), Flat::default());
        let flat = Plane::default().flatten(&[1.0, 2.0, 1.0, 2.0], 2);
        assert!(flat.shown.abs() < 1e-6 && flat.points.iter().flatten().all(|x| x.is_finite()));
    }
}
