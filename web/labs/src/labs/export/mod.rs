//! A model in the files of other programs: each field with its place and bytes, opened again and compared, and a desktop
//! project around it.

mod fields;
mod project;
mod runtimes;
mod words;

use super::knobs;
use crate::{
    engine::{self, Run},
    picked::{PickModel, use_picked},
    widgets::{LabFrame, LabState, axis::grouped, download, outcome},
};
use engine_core::{
    export::{Format, Numbers, Part},
    jobs::export::{OpenSaved, SaveAs},
};
use kit::t;
use leptos::{ev, html, prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::JsFuture;

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a model of the learner's; empty is the built-in one.
    model: String,
    /// `safetensors`, `gguf`, `burnpack` or `onnx`.
    format: Format,
    /// `f32`, `f16` or, in GGUF, `q8`.
    numbers: Numbers,
    /// Both models read this.
    text: String,
}

impl Default for Knobs {
    fn default() -> Self {
        let text = "It is a truth universally known".into();
        Self { model: String::new(), format: Format::default(), numbers: Numbers::default(), text }
    }
}

impl Knobs {
    /// For a link: what differs from the defaults. A learner's own model is on no other device.
    fn shared(&self) -> String {
        let first = Self::default();
        knobs::differing(&[
            ("format", self.format.key().into(), first.format.key().into()),
            ("numbers", self.numbers.key().into(), first.numbers.key().into()),
            ("text", self.text.clone(), first.text),
        ])
    }
}

/// Larger files are refused before they are read.
const MOST_BYTES: f64 = engine_core::export::MOST_BYTES as f64;
const KIND: &str = "application/octet-stream";

/// A file from the learner's disk, opened and compared.
async fn brought(file: web_sys::File, original: Vec<u8>, text: String) -> Result<String, String> {
    let name = file.name();
    if file.size() > MOST_BYTES {
        return Err(t!("export.too_large", name = name, most = grouped(&MOST_BYTES.to_string())));
    }
    let buffer = JsFuture::from(file.array_buffer()).await;
    let buffer = buffer.map_err(|_| t!("export.unreadable", name = name))?;
    let saved = js_sys::Uint8Array::new(&buffer).to_vec();
    let opened = engine::run(&OpenSaved { saved, original, text }).await.map_err(|error| error.to_string())?;
    Ok(format!("{name}: {}", words::opened(&opened)))
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let picked = use_picked(knobs.model.clone());
    let knobs = RwSignal::new(knobs);
    let says = RwSignal::new(String::new());
    let chosen = Memo::new(move |_| knobs.with(|knobs| (knobs.format, knobs.numbers)));
    let text = Memo::new(move |_| knobs.with(|knobs| knobs.text.clone()));
    let saved: Run<SaveAs> = engine::use_job(move || {
        let (format, numbers) = chosen.get();
        picked.bytes().map(|file| SaveAs { file: file.to_vec(), format, numbers })
    });
    let opened: Run<OpenSaved> = engine::use_job(move || {
        let original = picked.bytes()?;
        let saved = saved.outcome.with(|outcome| Some(outcome.as_ref()?.as_ref().ok()?.bytes.clone()))?;
        Some(OpenSaved { saved, original: original.to_vec(), text: text.get() })
    });
    // What was opened may still be the file before.
    let same = move || {
        let size = saved.outcome.with(|saved| saved.as_ref()?.as_ref().ok().map(|written| written.bytes.len()));
        opened.outcome.with(|opened| !matches!(opened, Some(Ok(opened)) if size.is_some_and(|size| size != opened.size)))
    };
    let running = move || saved.running.get() || opened.running.get() || picked.bytes().is_none() || !same();
    let state = Signal::derive(move || {
        if let Some(why) = picked.trouble.get() {
            return LabState::Failed(why);
        }
        let of_saved = saved.outcome.with(|outcome| LabState::of(running(), outcome.as_ref()));
        match of_saved {
            LabState::Done => opened.outcome.with(|outcome| LabState::of(running(), outcome.as_ref())),
            other => other,
        }
    });
    Effect::new(move |_| {
        if state.with(|state| *state == LabState::Done) {
            let values = saved.outcome.with(|saved| {
                opened.outcome.with(|opened| {
                    Some(words::values(saved.as_ref()?.as_ref().ok()?, opened.as_ref()?.as_ref().ok()?, chosen.get()))
                })
            });
            if let Some(values) = values {
                outcome::report("export", true, &values);
            }
        }
    });

    let save = move |_| {
        let (format, _) = chosen.get_untracked();
        saved.outcome.with_untracked(|outcome| {
            if let Some(Ok(written)) = outcome {
                let name = download::file_name(&picked.name(), format.ending());
                download::save_bytes(&name, KIND, &written.bytes);
                says.set(t!("export.saved", name = name));
            }
        });
    };
    let picker = NodeRef::<html::Input>::new();
    let bring = move |_: ev::Event| {
        let Some(input) = picker.get() else { return };
        let file = input.files().and_then(|files| files.get(0));
        let (Some(file), Some(original)) = (file, picked.bytes()) else { return };
        // So that the same file can be chosen again.
        input.set_value("");
        says.set(t!("export.opening").into());
        let text = text.get_untracked();
        spawn_local(async move {
            let told = brought(file, original.to_vec(), text).await.unwrap_or_else(|why| why);
            says.try_set(told);
        });
    };
    let format = move |format: Format| {
        let selected = move || chosen.get().0 == format;
        view! { <option value=format.key() prop:selected=selected>{words::format(format)}</option> }
    };
    let numbers = move |numbers: Numbers| {
        let selected = move || chosen.get().1 == numbers;
        view! { <option value=numbers.key() prop:selected=selected>{words::numbers(numbers)}</option> }
    };
    let choose_format = move |key: String| {
        if let Some(format) = Format::ALL.into_iter().find(|format| format.key() == key) {
            knobs.update(|knobs| {
                knobs.format = format;
                if !knobs.numbers.fit(format) {
                    knobs.numbers = Numbers::F16;
                }
            });
        }
    };
    let choose_numbers = move |key: String| {
        if let Some(numbers) = Numbers::ALL.into_iter().find(|numbers| numbers.key() == key) {
            knobs.update(|knobs| knobs.numbers = numbers);
        }
    };
    let parts = move || {
        saved.outcome.with(|outcome| {
            let Some(Ok(written)) = outcome else { return Vec::new() };
            let row = |part: Part| {
                let size: u64 = written.fields.iter().filter(|field| field.part == part).map(|field| field.length).sum();
                let share = 100.0 * size as f64 / written.bytes.len().max(1) as f64;
                (size > 0).then(|| {
                    view! {
                        <tr data-part=format!("{part:?}").to_lowercase()>
                            <th scope="row">{words::part(part)}</th>
                            <td>{grouped(&size.to_string())}</td>
                            <td>{format!("{share:.1} %")}</td>
                        </tr>
                    }
                })
            };
            Part::ALL.into_iter().filter_map(row).collect::<Vec<_>>()
        })
    };
    let size = move || {
        saved.outcome.with(|outcome| match outcome {
            Some(Ok(written)) => t!("export.bytes", count = grouped(&written.bytes.len().to_string())),
            _ => String::new(),
        })
    };
    let compared = move || {
        opened.outcome.with(|outcome| match outcome {
            Some(Ok(opened)) => words::opened(opened),
            _ => String::new(),
        })
    };
    let share = Signal::derive(move || knobs.with(Knobs::shared));
    view! {
        <LabFrame name="export" title=t!("export.title") state share>
            <div class="export-fields">
                <PickModel picked/>
                <label class="export-field">
                    <span>{t!("export.format")}</span>
                    <select data-field="format" on:change:target=move |e| choose_format(e.target().value())>
                        {Format::ALL.map(format).into_iter().collect::<Vec<_>>()}
                    </select>
                </label>
                <label class="export-field">
                    <span>{t!("export.numbers")}</span>
                    <select data-field="numbers" on:change:target=move |e| choose_numbers(e.target().value())>
                        {Numbers::ALL.map(numbers).into_iter().collect::<Vec<_>>()}
                    </select>
                </label>
            </div>
            <p class="export-size" data-output="size">{size}</p>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("export.parts")>
                <table data-output="parts">
                    <thead><tr>
                        <th scope="col">{t!("export.part")}</th>
                        <th scope="col">{t!("export.size")}</th>
                        <th scope="col">{t!("export.share")}</th>
                    </tr></thead>
                    <tbody>{parts}</tbody>
                </table>
            </div>
            <fields::Fields saved/>
            <p class="export-caption">{t!("export.again")}</p>
            <label class="export-field export-wide">
                <span>{t!("export.text")}</span>
                <input
                    type="text" data-field="text" maxlength="800" prop:value=move || text.get()
                    on:change=move |event| knobs.update(|knobs| knobs.text = event_target_value(&event))
                />
            </label>
            <p class="export-told" role="status" data-output="compared">{compared}</p>
            <div class="export-actions">
                <button type="button" class="primary" data-action="save" on:click=save>{t!("export.save")}</button>
                <label class="export-bring">
                    <span>{t!("export.bring")}</span>
                    <input type="file" accept=".safetensors,.gguf,.bpk,.onnx" data-action="bring" node_ref=picker on:change=bring/>
                </label>
            </div>
            <p class="export-told" role="status" data-output="says">{says}</p>
            <p class="export-caption">{t!("export.project")}</p>
            <project::Desktop picked text/>
            <runtimes::Runtimes/>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting_but_the_model() {
        let odd = Knobs { model: "x1".into(), format: Format::Gguf, numbers: Numbers::Q8, text: "a & b".into() };
        let read: Knobs = knobs::parse(&odd.shared()).expect("it fits");
        assert_eq!(read, Knobs { model: String::new(), ..odd });
        assert_eq!(Knobs::default().shared(), "");
    }
}
