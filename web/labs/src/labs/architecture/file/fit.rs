//! A file's tensors beside those of the builder: which fit, which do not, which are missing.

use super::super::{Knobs, words};
use engine_core::{architecture::Architecture, gpt2_file::Plan};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// A tensor of the file and what the builder expects in its place.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    name: String,
    shape: Vec<usize>,
    /// None where the builder has no such tensor.
    expected: Option<Vec<usize>>,
    /// Whether the model needs it at all.
    used: bool,
}

impl Row {
    fn fits(&self) -> bool {
        self.expected.as_ref() == Some(&self.shape)
    }
}

/// Every tensor that is needed or kept in the file, as the builder sees it.
fn rows(plan: &Plan, model: &Architecture) -> Vec<Row> {
    let weights = model.weights();
    let expected = |name: &str| {
        let name = name.strip_prefix("transformer.").unwrap_or(name);
        let (layer, name) = match name.strip_prefix("h.").and_then(|rest| rest.split_once('.')) {
            Some((layer, name)) => (layer.parse::<usize>().ok()?, name),
            None => (0, name),
        };
        let weight = weights.iter().find(|weight| weight.name == name).filter(|weight| layer < weight.copies)?;
        let [rows, columns] = weight.shape;
        Some(match (rows, name) {
            (1, _) => vec![columns],
            // The library keeps this one the other way round.
            (_, "lm_head.weight") => vec![columns, rows],
            _ => vec![rows, columns],
        })
    };
    let row = |found: &engine_core::gpt2_file::Found| Row {
        name: found.name.clone(),
        shape: found.shape.clone(),
        expected: expected(&found.name),
        used: found.used,
    };
    plan.tensors.iter().map(row).collect()
}

/// How many tensors the builder's model has.
fn wanted(model: &Architecture) -> usize {
    model.weights().iter().map(|weight| weight.copies).sum()
}

/// Whether the builder is set to the model of the file; how its heads are divided counts too.
pub fn same(plan: &Plan, model: &Architecture) -> bool {
    plan.architecture() == *model
}

/// Draws the comparison and the button that settles it.
#[component]
pub fn Fit(
    /// Set by the button.
    knobs: RwSignal<Knobs>,
    /// The builder's.
    model: Memo<Architecture>,
    /// The file's.
    plan: Arc<Plan>,
) -> impl IntoView {
    let file = plan.architecture();
    let compared = Memo::new({
        let plan = Arc::clone(&plan);
        move |_| rows(&plan, &model.get())
    });
    let verdict = move || {
        let model = model.get();
        if model == file {
            return t!("architecture.file_same").to_owned();
        }
        let pairs = [
            ("vocab", file.vocab, model.vocab),
            ("context", file.context, model.context),
            ("d_model", file.d_model, model.d_model),
            ("n_heads", file.n_heads, model.n_heads),
            ("n_layers", file.n_layers, model.n_layers),
            ("d_ff", file.d_ff, model.d_ff),
        ];
        let flags = [("tied", file.tied, model.tied), ("bias", file.bias, model.bias)];
        let positions = ("positions", file.learned_positions, model.learned_positions);
        let sizes = pairs.into_iter().filter(|(_, a, b)| a != b).map(|(name, a, b)| format!("{name} {a} ≠ {b}"));
        let flags = flags.into_iter().chain([positions]).filter(|(_, a, b)| a != b);
        let flags = flags.map(|(name, a, b)| format!("{name} {a} ≠ {b}"));
        let differ: Vec<String> = sizes.chain(flags).collect();
        let fit = compared.with(|rows| rows.iter().filter(|row| row.used && row.fits()).count());
        t!("architecture.file_differs", fit = fit, all = wanted(&model), differ = differ.join(", "))
    };
    let set = move |_| knobs.update(|knobs| *knobs = Knobs::of(&file, knobs.batch));
    let body = move || {
        let row = |row: Row| {
            let (said, mark) = match (&row.expected, row.used) {
                (_, false) => (t!("architecture.file_passed_over").to_owned(), "passed"),
                (Some(_), true) if row.fits() => (t!("architecture.file_fits").to_owned(), "fits"),
                (Some(shape), true) => (t!("architecture.file_expected", shape = words::shape(shape)), "differs"),
                (None, true) => (t!("architecture.file_not_in_builder").to_owned(), "differs"),
            };
            view! {
                <tr data-fit=mark>
                    <th scope="row"><code>{row.name}</code></th>
                    <td>{words::shape(&row.shape)}</td>
                    <td>{said}</td>
                </tr>
            }
        };
        compared.get().into_iter().map(row).collect::<Vec<_>>()
    };
    let heads = [t!("architecture.tensor"), t!("architecture.file_shape"), t!("architecture.file_in_builder")];
    view! {
        <p data-output="file-fit">{verdict}</p>
        <button type="button" data-action="match-builder" disabled=move || model.get() == file on:click=set>
            {t!("architecture.file_set_builder")}
        </button>
        <details class="arch-tensors">
            <summary>{t!("architecture.file_all_tensors", count = plan.tensors.len())}</summary>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("architecture.file_tensors")>
                <table>
                    <thead><tr>{heads.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::{
        config::GptConfig,
        gpt2_file::{Found, HeadsFrom},
    };

    fn plan() -> Plan {
        let found = |name: &str, shape: &[usize], used| Found { name: name.into(), shape: shape.to_vec(), used };
        Plan {
            config: GptConfig { vocab_size: 320, n_layers: 2, n_heads: 2, d_model: 16, context: 32, tied_head: true },
            heads_from: HeadsFrom::Config,
            parameters: 0,
            types: Vec::new(),
            tensors: vec![
                found("transformer.wte.weight", &[320, 16], true),
                found("transformer.h.1.attn.c_attn.weight", &[16, 48], true),
                found("transformer.h.1.attn.bias", &[1, 1, 32, 32], false),
                found("transformer.ln_f.bias", &[16], true),
            ],
            pieces: Vec::new(),
            memory_bytes: 0,
        }
    }

    #[test]
    fn tensors_are_compared_by_name_and_shape() {
        let plan = plan();
        let own = plan.architecture();
        let fit = |model: &Architecture| rows(&plan, model).iter().map(Row::fits).collect::<Vec<_>>();
        assert_eq!(fit(&own), [true, true, false, true]);
        assert!(same(&plan, &own) && wanted(&own) == 28);
        assert_eq!(fit(&Architecture { n_layers: 1, ..own }), [true, false, false, true], "there is no second block");
        assert_eq!(fit(&Architecture { vocab: 319, bias: false, ..own }), [false, true, false, false]);
        assert!(!same(&plan, &Architecture { n_heads: 4, ..own }));
    }
}
