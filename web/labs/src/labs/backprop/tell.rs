//! What the lab tells those who score exercises and predictions.

use super::{Lesson, changes::Change, phase};
use crate::widgets::outcome::{self, Value};
use engine_core::tiny_attention::{Name, Place, check, descent};
use leptos::prelude::*;

/// Reports each change of the model, the walk and the chosen number.
pub fn outcomes(lesson: Lesson) {
    Effect::new(move |_| {
        let (at, rate, (name, row, column)) = (lesson.at.get(), lesson.rate.get(), lesson.chosen.get());
        let edits = lesson.changes.with(|all| all.iter().filter(|it| matches!(it, Change::Set { .. })).count());
        let seed = lesson.settings.with(|it| it.seed as usize);
        let seen = lesson.seen.get();
        let (model, pass) = (&seen.model, &seen.pass);
        let Some(node) = model.find(name) else { return };
        let (rows, columns) = model.shape(node);
        if row >= rows || column >= columns {
            return;
        }
        let taken = seen.losses.len() - 1;
        let (first, before) = (seen.losses[0], seen.losses[taken.saturating_sub(1)]);
        let steepest = descent::steepest(model, pass);
        let gradient = pass.gradients[node].at(row, column);
        let checked = check(model, Place::Table(node), (row, column), gradient);
        let is_whole = seen.gradient(node, at).is_some_and(|(_, whole)| whole);
        let uses = seen.edges.iter().filter(|edge| edge.to == node).count();
        let mut values: Vec<(&str, Value)> = vec![
            ("seed", seed.into()),
            ("tokens", model.tokens.len().into()),
            ("feed_forward", model.find(Name::Forward).is_some().into()),
            ("step", at.into()),
            ("phase", phase(seen.step(at)).into()),
            ("finished", (at + 1 == seen.steps.len()).into()),
            ("edits", edits.into()),
            ("loss", seen.loss().into()),
            ("loss_first", first.into()),
            ("rate", rate.into()),
            ("descents", taken.into()),
            ("table", name.key().into()),
            ("row", row.into()),
            ("column", column.into()),
            ("value", pass.values[node].at(row, column).into()),
            ("uses", uses.into()),
            ("uses_arrived", seen.arrived(node, at).len().into()),
            ("largest_table", model.nodes[steepest.0].name.key().into()),
            ("largest_gradient", pass.gradients[steepest.0].at(steepest.1, steepest.2).abs().into()),
            ("learned_numbers", model.parameters.iter().flatten().map(|it| it.numbers().len()).sum::<usize>().into()),
        ];
        if taken > 0 {
            values.push(("fall", (before - seen.losses[taken]).into()));
        }
        if let Some(expected) = seen.expected_fall {
            values.push(("expected_fall", expected.into()));
        }
        if is_whole {
            values.push(("gradient", gradient.into()));
            values.push(("gradient_size", gradient.abs().into()));
            values.push(("is_largest", ((node, row, column) == steepest).into()));
            values.push(("check_error", checked.relative_error().into()));
        }
        outcome::report("backprop", true, &values);
    });
}
