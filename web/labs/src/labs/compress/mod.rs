//! Scoring a compressed model: how many times smaller, and how many nats worse.

use super::knobs;
use crate::{
    model_text,
    on_model::{OnModel, PickText, Start},
    picked::{PickModel, use_another, use_picked},
    widgets::{LabFrame, LabState, lines::number, outcome, settings::Fields},
};
use engine_core::{
    compress::Format,
    jobs::compress::{MOST_LOST, RATIO, Score, ScoreCompression},
};
use kit::{axis::grouped, t};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How the numbers are written down, as a learner chooses it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Written {
    /// Four bytes.
    #[default]
    Float32,
    /// Two bytes.
    Float16,
    /// One byte.
    Int8,
    /// Half a byte.
    Int4,
}

impl Written {
    const ALL: [Self; 4] = [Self::Float32, Self::Float16, Self::Int8, Self::Int4];

    fn key(self) -> &'static str {
        match self {
            Self::Float32 => "float32",
            Self::Float16 => "float16",
            Self::Int8 => "int8",
            Self::Int4 => "int4",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Float32 => t!("compress.float32"),
            Self::Float16 => t!("compress.float16"),
            Self::Int8 => t!("compress.int8"),
            Self::Int4 => t!("compress.int4"),
        }
    }
}

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The original: the id of one of the learner's models; empty for the built-in one.
    model: String,
    /// What was made of it; empty for the original itself.
    made: String,
    /// The text it is trained and measured on: `own`, or the id of a shipped one.
    text: String,
    /// The share of the smallest weights that is cut as well.
    cut: f64,
    /// `float32`, `float16`, `int8` or `int4`.
    format: Written,
    /// How many numbers of four bits share a scale.
    group: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { model: String::new(), made: String::new(), text: model_text::OWN.into(), cut: 0.0, format: Written::default(), group: 32 }
    }
}

impl Knobs {
    fn format(&self) -> Format {
        match self.format {
            Written::Float32 => Format::Float32,
            Written::Float16 => Format::Float16,
            Written::Int8 => Format::Int8,
            Written::Int4 => Format::Int4(self.group),
        }
    }

    /// For a link: what differs from the defaults.
    fn shared(&self, model: String, made: String) -> String {
        let first = Self::default();
        let pair = |now: &dyn ToString, first: &dyn ToString| (now.to_string(), first.to_string());
        let all = [
            ("model", pair(&model, &first.model)),
            ("made", pair(&made, &first.made)),
            ("text", pair(&self.text, &first.text)),
            ("cut", pair(&self.cut, &first.cut)),
            ("format", pair(&self.format.key(), &first.format.key())),
            ("group", pair(&self.group, &first.group)),
        ];
        knobs::differing(&all.map(|(name, (now, first))| (name, now, first)))
    }
}

fn values(score: &Score, knobs: &Knobs) -> Vec<(&'static str, outcome::Value)> {
    vec![
        ("format", knobs.format.key().into()),
        ("group", knobs.group.into()),
        ("cut", knobs.cut.into()),
        ("bytes_before", score.before.into()),
        ("bytes_after", score.after.into()),
        ("ratio", score.ratio().into()),
        ("original_loss", score.original.into()),
        ("loss", score.compressed.into()),
        ("nats_lost", score.lost().into()),
        ("error", score.error.into()),
        ("tokens", score.tokens.into()),
        ("passes", score.passes().into()),
    ]
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let (picked, made) = (use_picked(knobs.model.clone()), use_another(knobs.made.clone()));
    let knobs = RwSignal::new(knobs);
    let runs = OnModel::<Score>::new();
    let (state, report, busy) = (runs.state, runs.report, runs.busy());
    // What the score belongs to: settings may have changed since.
    let ran = RwSignal::new(None::<Knobs>);
    let begin = Callback::new(move |()| {
        let wanted = knobs.get_untracked();
        if !busy.get_untracked() {
            ran.set(Some(wanted.clone()));
        }
        let (cut, format) = (wanted.cut, wanted.format());
        let id = made.id.get_untracked();
        // The built-in model is what the second list begins with: it stands for the original.
        let other = if id.is_empty() { None } else { untrack(|| made.bytes()) };
        if !id.is_empty() && other.is_none() {
            return state.set(LabState::Failed(t!("compress.still_loading").into()));
        }
        runs.toggle(picked, wanted.text, move |original, text| {
            ScoreCompression { original, made: other.map(|file| file.to_vec()), cut, format, text }
        });
    });
    Effect::new(move |_| {
        if state.with(|state| *state == LabState::Done)
            && let Some(ran) = ran.get_untracked()
        {
            let mut values = report.with(|report| values(report, &ran));
            values.push(("model", picked.told().as_str().into()));
            outcome::report("compress", true, &values);
        }
    });
    let which = Signal::derive(move || knobs.with(|knobs| knobs.text.clone()));
    let choose_text = Callback::new(move |text| knobs.update(|knobs| knobs.text = text));
    let fields = Fields { knobs, busy, class: "lab-field" };
    let option = move |this: Written| {
        let selected = move || knobs.with(|knobs| knobs.format == this);
        view! { <option value=this.key() prop:selected=selected>{this.name()}</option> }
    };
    let choose = move |key: String| {
        if let Some(format) = Written::ALL.into_iter().find(|this| this.key() == key) {
            knobs.update(|knobs| knobs.format = format);
        }
    };
    let there = Memo::new(move |_| report.with(|report| report.windows > 0));
    let of = move |show: fn(&Score) -> String| move || report.with(|report| show(report));
    let mark = |met: bool| if met { t!("compress.met") } else { t!("compress.missed") };
    let share = Signal::derive(move || knobs.with(|knobs| knobs.shared(picked.id.get(), made.id.get())));
    view! {
        <LabFrame name="compress" title=t!("compress.title") state share>
            <p class="lab-note">{t!("compress.about", ratio = RATIO, lost = MOST_LOST)}</p>
            <div class="lab-picks">
                <div>
                    <p class="lab-caption">{t!("compress.original")}</p>
                    <PickModel picked/>
                </div>
                <div>
                    <p class="lab-caption">{t!("compress.made")}</p>
                    <PickModel picked=made/>
                </div>
            </div>
            <p class="lab-note">{t!("compress.made_about")}</p>
            <div class="lab-settings">
                <PickText which choose=choose_text busy/>
                <label class="lab-field">
                    <span>{t!("compress.format")}</span>
                    <select data-field="format" disabled=busy on:change:target=move |e| choose(e.target().value())>
                        {Written::ALL.map(option).into_iter().collect::<Vec<_>>()}
                    </select>
                </label>
                {fields.number("group", t!("compress.group"), (1.0, 1024.0, 1.0), |k| k.group as f64, |k, v| k.group = v as usize)}
                {fields.number("cut", t!("compress.cut"), (0.0, 99.0, 5.0), |k| (1e4 * k.cut).round() / 100.0, |k, v| k.cut = v / 100.0)}
            </div>
            <Start runs action="score" begins=t!("compress.score") begin/>
            <Show when=move || there.get()>
                <div class="table-scroll" tabindex="0" role="group" aria-label=t!("compress.result")>
                    <table class="lab-numbers" data-output="score">
                        <thead><tr>
                            <th scope="col">{t!("compress.measure")}</th>
                            <th scope="col">{t!("compress.original")}</th>
                            <th scope="col">{t!("compress.compressed")}</th>
                            <th scope="col">{t!("compress.between")}</th>
                            <th scope="col">{t!("compress.wanted")}</th>
                        </tr></thead>
                        <tbody>
                            <tr>
                                <th scope="row">{t!("compress.bytes")}</th>
                                <td>{of(|score| grouped(&score.before.to_string()))}</td>
                                <td>{of(|score| grouped(&score.after.to_string()))}</td>
                                <td data-cell="ratio">{of(|score| format!("{:.2}×", score.ratio()))}</td>
                                <td>{move || report.with(|score| mark(score.ratio() >= RATIO))}</td>
                            </tr>
                            <tr>
                                <th scope="row">{t!("compress.loss")}</th>
                                <td>{of(|score| number(score.original))}</td>
                                <td>{of(|score| number(score.compressed))}</td>
                                <td data-cell="lost">{of(|score| format!("{:+.4} ± {:.4}", score.lost(), score.error))}</td>
                                <td>{move || report.with(|score| mark(score.lost() <= MOST_LOST))}</td>
                            </tr>
                        </tbody>
                    </table>
                </div>
                <p class="lab-note">{move || report.with(|score| t!("compress.read", tokens = score.tokens, windows = score.windows))}</p>
            </Show>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting() {
        let odd = Knobs { model: "a".into(), made: "b".into(), text: "emma".into(), cut: 0.25, format: Written::Int4, group: 64 };
        assert_eq!(knobs::parse::<Knobs>(&odd.shared("a".into(), "b".into())).expect("it fits"), odd);
        assert_eq!(Knobs::default().shared(String::new(), String::new()), "");
        assert_eq!(odd.format(), Format::Int4(64));
    }

    #[test]
    fn an_exercise_hears_both_limits() {
        let score = Score { before: 800, after: 100, original: 3.0, compressed: 3.01, windows: 4, tokens: 256, error: 0.002 };
        let values = values(&score, &Knobs::default());
        let find = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        assert_eq!((find("ratio"), find("passes")), (Some(8.0.into()), Some(true.into())));
    }
}
