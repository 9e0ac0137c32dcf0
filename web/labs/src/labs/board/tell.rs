//! What exercises and predictions read of the newest run.

use super::{record::Record, run::Board};
use crate::widgets::outcome::{self, Value};
use engine_core::jobs::train::Stopped;
use leptos::prelude::*;

/// Tells each new look, and the end.
pub fn report(board: Board) {
    let telling = Memo::new(move |_| board.current(|run| (run.number, run.looks.len(), run.stopped, run.step())));
    Effect::new(move |_| {
        let running = board.is_running();
        if telling.get().is_some()
            && let Some((values, finished)) = board.runs.with_untracked(|runs| runs.last().and_then(values))
        {
            outcome::report("board", finished && !running, &values);
        }
    });
}

fn values(run: &Record) -> Option<(Vec<(&'static str, Value)>, bool)> {
    let last = run.last()?;
    let number = |n: u32| Value::Number(f64::from(n));
    let (shape, training) = (&run.settings.shape, &run.settings.training);
    let finished = matches!(run.stopped, Some(Stopped::Finished));
    let steps = run.looks.iter().map(|kept| f64::from(kept.look.step)).collect();
    let exacts = run.looks.iter().map(|kept| f64::from(kept.look.exact.unwrap_or(kept.look.right))).collect();
    let mut values = vec![
        ("source", run.settings.source.as_str().into()),
        ("step", number(last.step)),
        ("steps", number(training.steps)),
        ("val_loss", f64::from(last.loss).into()),
        ("right", f64::from(last.right).into()),
        ("learning_rate", Value::Number(f64::from(training.learning_rate))),
        ("batch", training.batch.into()),
        ("seed", Value::Number(training.seed as f64)),
        ("layers", shape.n_layers.into()),
        ("heads", shape.n_heads.into()),
        ("d_model", shape.d_model.into()),
        ("params", run.opened.parameters.into()),
        ("finished", finished.into()),
        ("series_step", Value::List(steps)),
        ("series_right", Value::List(exacts)),
    ];
    let reached =
        |share: f32| run.looks.iter().find(|kept| kept.look.exact >= Some(share)).map(|kept| number(kept.look.step));
    values.extend(last.exact.map(|exact| ("exact", f64::from(exact).into())));
    values.extend(reached(0.95).map(|step| ("step_95", step)));
    values.extend(reached(0.99).map(|step| ("step_99", step)));
    values.extend(run.best_head(last).map(|best| ("induction", f64::from(best.2).into())));
    values.extend(run.formed().map(|formed| ("induction_step", number(formed.0))));
    if let Some(counted) = run.opened.counted {
        values.extend([
            ("unigram_loss", f64::from(counted.unigram).into()),
            ("trigram_loss", f64::from(counted.trigram).into()),
        ]);
        values.push(("beats_trigram", (last.loss < counted.trigram).into()));
    }
    Some((values, finished))
}
