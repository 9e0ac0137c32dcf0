//! A curve that was drawn before it was measured, and how far apart the two are.

use serde::{Deserialize, Serialize};

/// The frame that a learner draws in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// The outcome's list of places, such as `series_step`.
    pub x: String,
    /// The outcome's list of heights, such as `series_val_loss`.
    pub y: String,
    /// What stands below, as plain text.
    pub x_label: String,
    /// What stands beside, as plain text.
    pub y_label: String,
    /// Where the learner sets points, rising; the first and last are the frame's ends.
    pub at: Vec<f64>,
    /// The lowest and the highest height of the frame.
    pub range: [f64; 2],
    /// The mean distance that is worth nothing.
    pub scale: f64,
}

/// How well a curve was foreseen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveScore {
    /// The mean absolute distance, in the unit of the heights.
    pub distance: f64,
    /// 100 where the curves are one, 0 from a distance of `scale` on.
    pub points: u8,
    /// How many measured points were compared.
    pub compared: usize,
}

impl Curve {
    /// From so many points on, a curve counts as foreseen.
    pub const ENOUGH: u8 = 60;

    /// The drawn height at `x`, along straight lines between the points; `None` outside of the frame.
    pub fn drawn_at(&self, heights: &[f64], x: f64) -> Option<f64> {
        let points: Vec<(f64, f64)> = self.at.iter().copied().zip(heights.iter().copied()).collect();
        let right = points.iter().position(|(at, _)| *at >= x)?;
        let (x1, y1) = points[right];
        let Some((x0, y0)) = right.checked_sub(1).map(|left| points[left]) else {
            return (x1 == x).then_some(y1);
        };
        Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
    }

    /// Compares drawn heights, one for each of `at`, with a measured series; `None` if they have nothing in common.
    pub fn score(&self, heights: &[f64], xs: &[f64], ys: &[f64]) -> Option<CurveScore> {
        let distances: Vec<f64> = xs
            .iter()
            .zip(ys)
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .filter_map(|(x, y)| Some((self.drawn_at(heights, *x)? - y).abs()))
            .filter(|distance| distance.is_finite())
            .collect();
        let compared = distances.len();
        if compared == 0 || heights.len() != self.at.len() {
            return None;
        }
        let distance = distances.iter().sum::<f64>() / compared as f64;
        let points = (100.0 * (1.0 - distance / self.scale)).round().clamp(0.0, 100.0);
        Some(CurveScore { distance, points: points as u8, compared })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve() -> Curve {
        Curve {
            x: "series_step".into(),
            y: "series_val_loss".into(),
            x_label: "step".into(),
            y_label: "loss".into(),
            at: vec![0.0, 100.0, 300.0],
            range: [0.0, 5.0],
            scale: 1.0,
        }
    }

    #[test]
    fn between_points_the_line_is_straight() {
        let heights = [4.0, 2.0, 1.0];
        let at = |x| curve().drawn_at(&heights, x);
        assert_eq!([at(0.0), at(50.0), at(100.0), at(200.0), at(300.0)], [4.0, 3.0, 2.0, 1.5, 1.0].map(Some));
        assert_eq!((at(-1.0), at(301.0)), (None, None));
    }

    #[test]
    fn the_mean_distance_is_scored() {
        let score =
            curve().score(&[4.0, 2.0, 1.0], &[0.0, 100.0, 300.0, 900.0], &[4.5, 2.0, 1.25, 9.0]).expect("points");
        assert_eq!((score.distance, score.points, score.compared), (0.25, 75, 3));
        assert_eq!(curve().score(&[4.0, 2.0, 1.0], &[900.0], &[1.0]), None, "nothing in common");
        assert_eq!(curve().score(&[4.0, 2.0, 1.0], &[0.0, 1.0], &[f64::NAN, f64::INFINITY]), None);
        assert_eq!(curve().score(&[4.0, 2.0], &[0.0], &[4.0]), None, "a point is missing");
    }

    proptest! {
        #[test]
        fn the_curve_itself_is_perfect_and_further_is_never_better(
            heights in prop::collection::vec(0f64..5.0, 3),
            xs in prop::collection::vec(0f64..=300.0, 1..30),
            off in 0f64..2.0,
        ) {
            let curve = curve();
            let ys: Vec<f64> = xs.iter().map(|x| curve.drawn_at(&heights, *x).expect("inside")).collect();
            let perfect = curve.score(&heights, &xs, &ys).expect("points");
            prop_assert!(perfect.points == 100 && perfect.distance < 1e-9 && perfect.compared == xs.len());
            let up = |by: f64| ys.iter().map(|y| y + by).collect::<Vec<f64>>();
            let (near, far) = (curve.score(&heights, &xs, &up(off / 2.0)), curve.score(&heights, &xs, &up(off)));
            let (near, far) = (near.expect("points"), far.expect("points"));
            prop_assert!(near.points >= far.points);
            prop_assert!((far.distance - off).abs() < 1e-9);
        }
    }
}
