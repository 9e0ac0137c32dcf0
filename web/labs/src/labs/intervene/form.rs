//! The next intervention, put together from lists.

use super::Seen;
use crate::decimal;
use engine_core::dissect::{change::Change, pass::Part};
use kit::t;
use leptos::prelude::*;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Zero,
    Scale,
    Patch,
    Swap,
    Weight,
}

impl Deed {
    const ALL: [Self; 5] = [Self::Zero, Self::Scale, Self::Patch, Self::Swap, Self::Weight];

    fn key(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Scale => "scale",
            Self::Patch => "patch",
            Self::Swap => "swap",
            Self::Weight => "weight",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Zero => t!("intervene.zero"),
            Self::Scale => t!("intervene.scale"),
            Self::Patch => t!("intervene.patch"),
            Self::Swap => t!("intervene.swap"),
            Self::Weight => t!("intervene.weight"),
        }
    }
}

/// What a part is called in the list.
pub fn part_name(part: Part) -> String {
    match part {
        Part::Head { layer, head } => t!("block.of_head", layer = layer + 1, head = head + 1),
        Part::Mlp { layer } => t!("block.of_mlp", layer = layer + 1),
        Part::Layer { layer } => t!("intervene.whole_block", layer = layer + 1),
        Part::Position { position } => t!("block.of_position", position = position + 1),
    }
}

/// Draws the form.
#[component]
pub fn Form(
    /// What there is to choose from.
    seen: Seen,
    /// Called with a finished intervention.
    add: Callback<Change>,
) -> impl IntoView {
    let deed = RwSignal::new(Deed::Zero);
    let (one, two) = (RwSignal::new("head-1-1".to_owned()), RwSignal::new("head-2-1".to_owned()));
    let at = RwSignal::new(String::new());
    let factor = RwSignal::new("0.5".to_owned());
    let other = RwSignal::new(String::new());
    let (tensor, row, column, value) = (
        RwSignal::new("tok_emb".to_owned()),
        RwSignal::new("1".to_owned()),
        RwSignal::new("1".to_owned()),
        RwSignal::new("0".to_owned()),
    );
    let fault = RwSignal::new(String::new());
    let sizes = Memo::new(move |_| {
        seen.with(|seen| seen.as_ref().map_or((0, 0, 0), |seen| (seen.n_layers, seen.n_heads, seen.tokens.len())))
    });
    let parts = Memo::new(move |_| parts(sizes.get()));

    let build = move || -> Result<Change, String> {
        let part: Part = one.get_untracked().parse()?;
        // A place in the text makes no sense for a place in the text.
        let place = at.get_untracked().parse::<usize>().ok().and_then(|at| at.checked_sub(1));
        let place = place.filter(|_| !matches!(part, Part::Position { .. }));
        let number = |text: RwSignal<String>| {
            let text = text.get_untracked();
            decimal::parse(&text).ok_or_else(|| t!("intervene.no_number", text = text))
        };
        let index = |text: RwSignal<String>| {
            let text = text.get_untracked();
            text.trim()
                .parse::<usize>()
                .ok()
                .and_then(|n| n.checked_sub(1))
                .ok_or_else(|| t!("intervene.no_index", text = text))
        };
        match deed.get_untracked() {
            Deed::Zero => Ok(Change::Scale { part, at: place, factor: 0.0 }),
            Deed::Scale => Ok(Change::Scale { part, at: place, factor: number(factor)? }),
            Deed::Patch if other.with_untracked(|text| text.trim().is_empty()) => {
                Err(t!("intervene.no_other_text").into())
            }
            Deed::Patch => Ok(Change::Patch { part, at: place, from: other.get_untracked() }),
            Deed::Swap => {
                let second: Part = two.get_untracked().parse()?;
                if std::mem::discriminant(&part) != std::mem::discriminant(&second) {
                    return Err(t!("intervene.not_alike").into());
                }
                Ok(Change::Swap { a: part, b: second })
            }
            Deed::Weight => {
                let (tensor, row, column) = (tensor.get_untracked(), index(row)?, index(column)?);
                let shape = seen.with_untracked(|seen| {
                    seen.as_ref().and_then(|seen| seen.tensors.iter().find(|(name, _)| *name == tensor).map(|it| it.1))
                });
                let [rows, columns] = shape.unwrap_or_default();
                if row >= rows || column >= columns {
                    return Err(t!("intervene.outside", tensor = tensor, rows = rows, columns = columns));
                }
                Ok(Change::Weight { tensor, row, column, value: number(value)? as f32 })
            }
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match build() {
            Ok(change) => {
                fault.set(String::new());
                add.run(change);
            }
            Err(why) => fault.set(why),
        }
    };

    let part_list = move |label: &'static str, field: &'static str, value: RwSignal<String>| {
        let options = move || {
            let option = |part: Part| {
                let key = part.to_string();
                let own = key.clone();
                view! { <option value=key prop:selected=move || value.with(|value| *value == own)>{part_name(part)}</option> }
            };
            parts.get().into_iter().map(option).collect::<Vec<_>>()
        };
        view! {
            <label>
                <span>{label}</span>
                <select data-field=field on:change:target=move |e| value.set(e.target().value())>{options}</select>
            </label>
        }
    };
    let text_field = |label: &'static str, field: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                <span>{label}</span>
                <input type="text" inputmode="decimal" autocomplete="off" data-field=field prop:value=value on:input:target=move |e| value.set(e.target().value())/>
            </label>
        }
    };
    let deeds = Deed::ALL
        .map(|it| view! { <option value=it.key() prop:selected=move || deed.get() == it>{it.label()}</option> });
    let is = move |wanted: &[Deed]| wanted.contains(&deed.get());
    let places = move || {
        let tokens = seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.tokens.clone()));
        let option = |(at, token): (usize, String)| view! { <option value=(at + 1).to_string()>{format!("{} {token}", at + 1)}</option> };
        tokens.into_iter().enumerate().map(option).collect::<Vec<_>>()
    };
    let tensors = move || {
        let all = seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.tensors.clone()));
        let option = |(name, [rows, columns]): (String, [usize; 2])| {
            let label = format!("{name} [{rows}, {columns}]");
            view! { <option value=name>{label}</option> }
        };
        all.into_iter().map(option).collect::<Vec<_>>()
    };
    view! {
        <form class="intervene-form" on:submit=submit>
            <label>
                <span>{t!("intervene.deed")}</span>
                <select
                    data-field="deed"
                    on:change:target=move |e| deed.set(Deed::ALL.into_iter().find(|it| it.key() == e.target().value()).unwrap_or(Deed::Zero))
                >
                    {deeds.into_iter().collect::<Vec<_>>()}
                </select>
            </label>
            <div class="intervene-field" hidden=move || is(&[Deed::Weight])>{part_list(t!("intervene.part"), "part", one)}</div>
            <div class="intervene-field" hidden=move || !is(&[Deed::Swap])>{part_list(t!("intervene.with"), "with", two)}</div>
            <div class="intervene-field" hidden=move || !is(&[Deed::Scale])>{text_field(t!("intervene.factor"), "factor", factor)}</div>
            <div class="intervene-field" hidden=move || !is(&[Deed::Zero, Deed::Scale, Deed::Patch]) || one.with(|one| one.starts_with("position"))>
                <label>
                    <span>{t!("intervene.where")}</span>
                    <select data-field="at" on:change:target=move |e| at.set(e.target().value())>
                        <option value="">{t!("intervene.everywhere")}</option>
                        {places}
                    </select>
                </label>
            </div>
            <div class="intervene-field intervene-wide" hidden=move || !is(&[Deed::Patch])>
                <label>
                    <span>{t!("intervene.other_text")}</span>
                    <input type="text" autocomplete="off" data-field="other" maxlength="400" prop:value=other on:input:target=move |e| other.set(e.target().value())/>
                </label>
            </div>
            <div class="intervene-field" hidden=move || !is(&[Deed::Weight])>
                <label>
                    <span>{t!("intervene.tensor")}</span>
                    <select data-field="tensor" on:change:target=move |e| tensor.set(e.target().value())>{tensors}</select>
                </label>
            </div>
            <div class="intervene-field" hidden=move || !is(&[Deed::Weight])>{text_field(t!("intervene.row"), "row", row)}</div>
            <div class="intervene-field" hidden=move || !is(&[Deed::Weight])>{text_field(t!("intervene.column"), "column", column)}</div>
            <div class="intervene-field" hidden=move || !is(&[Deed::Weight])>{text_field(t!("intervene.value"), "value", value)}</div>
            <button type="submit" class="primary" data-action="add">{t!("intervene.add")}</button>
            <p class="lab-error" role="alert" hidden=move || fault.with(String::is_empty)>{fault}</p>
        </form>
    }
}

/// Every part of a model and every place of the text.
fn parts((layers, heads, tokens): (usize, usize, usize)) -> Vec<Part> {
    let of_layer = |layer: usize| {
        let all = (0..heads).map(move |head| Part::Head { layer, head });
        all.chain([Part::Mlp { layer }, Part::Layer { layer }])
    };
    (0..layers).flat_map(of_layer).chain((0..tokens).map(|position| Part::Position { position })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_can_be_chosen() {
        let all = parts((2, 3, 4));
        assert_eq!(all.len(), 2 * (3 + 2) + 4);
        assert!(all.iter().all(|part| part.to_string().parse() == Ok(*part)));
    }
}
