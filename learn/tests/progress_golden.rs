//! Review intervals against an independent implementation: `tests/golden/make_fsrs.mjs` says which.

use learn::progress::{Grade, Memory};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    start: u64,
    histories: Vec<History>,
}

#[derive(Deserialize)]
struct History {
    /// Minutes since the answer before, grade, days to the next review, stability.
    history: Vec<(u64, String, i64, f64)>,
    /// Recall twenty days after the last answer.
    recall: f64,
}

#[test]
fn intervals_equal_those_of_ts_fsrs() {
    let text = include_str!("../../tests/golden/fsrs.json");
    let golden: Golden = serde_json::from_str(text).expect("the golden file reads");
    assert_eq!(golden.histories.len(), 1000);
    let mut reviews = 0;
    for (number, History { history, recall }) in golden.histories.iter().enumerate() {
        let (mut at_ms, mut memory) = (golden.start, None::<Memory>);
        for (minutes, grade, days, _) in history {
            at_ms += minutes * 60_000;
            let grade = match grade.as_str() {
                "A" => Grade::Again,
                "H" => Grade::Hard,
                _ => Grade::Good,
            };
            let after = match memory {
                None => Memory::first(grade, at_ms, 0),
                Some(memory) => memory.after(grade, at_ms, 0),
            };
            assert_eq!(after.interval_days(), *days, "history {number}: {history:?}");
            memory = Some(after);
            reviews += 1;
        }
        let found = memory.expect("every history has an answer").recall(at_ms + 20 * 86_400_000);
        // ts-fsrs rounds to eight digits on the way.
        assert!((found - recall).abs() < 1e-5, "history {number}: {found} and {recall}");
    }
    assert!(reviews > 5000, "{reviews} reviews compared");
}
