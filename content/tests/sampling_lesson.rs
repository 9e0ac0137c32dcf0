//! The lesson on sampling: what it says of min-p, of the penalty and of their example.

use engine_core::sampling::{Sampling, distribution, penalised};
use std::fs;

/// The scores of the lab (`web/labs/src/labs/sampling`).
const SCORES: [f32; 6] = [3.0, 2.0, 1.0, 0.0, -1.0, -2.0];

fn has(piece: &str) {
    let path = format!("{}/lessons/sampling-decoding/lesson.md", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(piece), "the lesson lacks {piece:?}");
}

#[test]
fn min_p_keeps_what_the_lesson_says() {
    for (temperature, kept, before) in [(1.0, 3, "have "), (2.0, 5, "the ratios are ")] {
        let p = distribution(&SCORES, &Sampling { temperature, ..Sampling::PLAIN });
        let ratios: Vec<String> = p.iter().map(|x| format!("{:.2}", x / p[0])).collect();
        let [_, middle @ .., last] = ratios.as_slice() else { panic!("six words") };
        has(&format!("{before}1, {} and {last}", middle.join(", ")));
        let cut = distribution(&SCORES, &Sampling { temperature, min_p: 0.1, ..Sampling::PLAIN });
        assert_eq!(cut.iter().filter(|x| **x > 0.0).count(), kept);
    }
    has(&format!("\\ln 10 = {:.1}", 10f64.ln()));
}

#[test]
fn the_penalty_levels_mat_and_floor() {
    let changed = penalised(&SCORES, &[0], 1.5);
    let p = distribution(&changed, &Sampling::PLAIN);
    assert_eq!(p[0], p[1]);
    has(&format!("both get {:.0} %", p[0] * 100.0));
    assert_eq!(penalised(&[-1.0], &[0, 0, 0], 2.0), [-2.0], "the quiz");
    // The order matters: top-p after a high temperature keeps more.
    let kept = |temperature| {
        let cut = distribution(&SCORES, &Sampling { temperature, top_p: 0.9, ..Sampling::PLAIN });
        cut.iter().filter(|x| **x > 0.0).count()
    };
    assert!(kept(2.0) > kept(1.0));
}
