//! Distilling: two students of half the size, one with a teacher and one without, on the same batches.

mod results;

use super::knobs;
use crate::{
    model_text,
    on_model::{KeepModel, OnModel, PickText, Start},
    picked::{PickModel, use_picked},
    widgets::{LabFrame, LabState, line_chart::LineChart, outcome, settings::Fields},
};
use engine_core::{
    distil::Mix,
    jobs::distil::{Begin, DistilModel, Plan, Report, Student},
};
use kit::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Tokens that each model writes.
const TOKENS: u32 = 60;

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of one of the learner's models; empty for the built-in one.
    model: String,
    /// The text it is trained and measured on: `own`, or the id of a shipped one.
    text: String,
    /// What is half of the teacher's: `layers` or `width`.
    student: Student,
    /// What students begin with: `copied` blocks of the teacher, or `fresh` numbers.
    begin: Begin,
    /// Both models' logits are divided by it.
    temperature: f32,
    /// The weight of the teacher's chances.
    soft: f32,
    /// Steps of each student.
    steps: u32,
    /// The peak learning rate.
    rate: f32,
    /// Fixes the batches and the first numbers.
    seed: u64,
    /// How many pairs of students, each with the next seed.
    pairs: u32,
}

impl Default for Knobs {
    fn default() -> Self {
        let Plan { student, begin, mix, steps, learning_rate: rate, seed, pairs, .. } = Plan::default();
        let Mix { temperature, soft } = mix;
        Self { model: String::new(), text: model_text::OWN.into(), student, begin, temperature, soft, steps, rate, seed, pairs }
    }
}

impl Knobs {
    fn plan(&self) -> Plan {
        let Self { student, begin, temperature, soft, steps, rate, seed, pairs, .. } = *self;
        let mix = Mix { temperature, soft };
        Plan { student, begin, mix, steps, learning_rate: rate, seed, pairs, ..Plan::default() }
    }

    /// For a link: what differs from the defaults.
    fn shared(&self, model: String) -> String {
        let first = Self::default();
        let pair = |now: &dyn ToString, first: &dyn ToString| (now.to_string(), first.to_string());
        let all = [
            ("model", pair(&model, &first.model)),
            ("text", pair(&self.text, &first.text)),
            ("student", pair(&self.student.key(), &first.student.key())),
            ("begin", pair(&self.begin.key(), &first.begin.key())),
            ("temperature", pair(&self.temperature, &first.temperature)),
            ("soft", pair(&self.soft, &first.soft)),
            ("steps", pair(&self.steps, &first.steps)),
            ("rate", pair(&self.rate, &first.rate)),
            ("seed", pair(&self.seed, &first.seed)),
            ("pairs", pair(&self.pairs, &first.pairs)),
        ];
        knobs::differing(&all.map(|(name, (now, first))| (name, now, first)))
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let picked = use_picked(knobs.model.clone());
    let knobs = RwSignal::new(knobs);
    let runs = OnModel::<Report>::new();
    let (state, report, busy) = (runs.state, runs.report, runs.busy());
    // The plan that the report belongs to: settings may have changed since.
    let ran = RwSignal::new(None::<Plan>);
    let begin = Callback::new(move |()| {
        let plan = knobs.with_untracked(Knobs::plan);
        if !busy.get_untracked() {
            ran.set(Some(plan));
        }
        runs.toggle(picked, knobs.with_untracked(|knobs| knobs.text.clone()), move |file, text| DistilModel { file, text, plan, tokens: TOKENS });
    });
    Effect::new(move |_| {
        if state.with(|state| *state == LabState::Done)
            && let Some(plan) = ran.get_untracked()
        {
            let mut values = report.with(|report| results::values(report, &plan));
            values.push(("model", picked.told().as_str().into()));
            outcome::report("distil", true, &values);
        }
    });

    let which = Signal::derive(move || knobs.with(|knobs| knobs.text.clone()));
    let choose_text = Callback::new(move |text| knobs.update(|knobs| knobs.text = text));
    let fields = Fields { knobs, busy, class: "lab-field" };
    let student = move |this: Student| {
        let says = match this {
            Student::Layers => t!("distil.half_layers"),
            Student::Width => t!("distil.half_width"),
        };
        view! { <option value=this.key() prop:selected=move || knobs.with(|knobs| knobs.student == this)>{says}</option> }
    };
    let first = move |this: Begin| {
        let says = match this {
            Begin::Copied => t!("distil.copied"),
            Begin::Fresh => t!("distil.fresh"),
        };
        view! { <option value=this.key() prop:selected=move || knobs.with(|knobs| knobs.begin == this)>{says}</option> }
    };
    let choose_student = move |key: String| {
        if let Some(student) = Student::ALL.into_iter().find(|this| this.key() == key) {
            // Blocks fit only into a student as wide as its teacher.
            knobs.update(|knobs| {
                knobs.student = student;
                if student == Student::Width {
                    knobs.begin = Begin::Fresh;
                }
            });
        }
    };
    let choose_first = move |key: String| {
        if let Some(begin) = Begin::ALL.into_iter().find(|this| this.key() == key) {
            knobs.update(|knobs| knobs.begin = begin);
        }
    };
    let there = Memo::new(move |_| report.with(|report| !report.pairs.is_empty()));
    let curves = Signal::derive(move || report.with(|report| Arc::new(results::curves(report))));
    let steps = Signal::derive(move || {
        let all = ran.with(|ran| ran.map_or(0, |plan| plan.steps * plan.pairs));
        (report.with(|report| results::steps_done(report)), all)
    });
    let file = Signal::derive(move || report.with(|report| report.file.clone().map(Arc::new)));
    let called = Signal::derive(move || t!("distil.called", name = picked.name()));
    let share = Signal::derive(move || knobs.with(|knobs| knobs.shared(picked.id.get())));
    view! {
        <LabFrame name="distil" title=t!("distil.title") state share>
            <p class="lab-note">{t!("distil.about")}</p>
            <div class="lab-picks">
                <PickModel picked/>
                <PickText which choose=choose_text busy/>
            </div>
            <div class="lab-settings">
                <label class="lab-field">
                    <span>{t!("distil.student")}</span>
                    <select data-field="student" disabled=busy on:change:target=move |e| choose_student(e.target().value())>
                        {Student::ALL.map(student).into_iter().collect::<Vec<_>>()}
                    </select>
                </label>
                <label class="lab-field">
                    <span>{t!("distil.begins")}</span>
                    <select data-field="begin" disabled=busy on:change:target=move |e| choose_first(e.target().value())>
                        {Begin::ALL.map(first).into_iter().collect::<Vec<_>>()}
                    </select>
                </label>
                {fields.number("temperature", t!("distil.temperature"), (0.25, 20.0, 0.25), |k| f64::from(k.temperature), |k, v| k.temperature = v as f32)}
                {fields.number("soft", t!("distil.soft"), (0.0, 1.0, 0.1), |k| f64::from(k.soft), |k, v| k.soft = v as f32)}
                {fields.number("steps", t!("distil.steps"), (20.0, 5e3, 10.0), |k| f64::from(k.steps), |k, v| k.steps = v as u32)}
                {fields.number("rate", t!("distil.rate"), (1e-6, 0.1, 0.0), |k| f64::from(k.rate), |k, v| k.rate = v as f32)}
                {fields.number("seed", t!("distil.seed"), (0.0, 1e6, 1.0), |k| k.seed as f64, |k, v| k.seed = v as u64)}
                {fields.number("pairs", t!("distil.pairs"), (1.0, 5.0, 1.0), |k| f64::from(k.pairs), |k, v| k.pairs = v as u32)}
            </div>
            <Start runs action="distil" begins=t!("distil.teach") begin steps/>
            <Show when=move || there.get()>
                <LineChart title=t!("distil.curves") data=curves/>
                <results::Pairs report/>
                <results::Written report/>
                <KeepModel file name=called text=runs.text/>
            </Show>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting() {
        let odd = Knobs {
            model: "abc".into(),
            text: "emma".into(),
            student: Student::Width,
            begin: Begin::Fresh,
            temperature: 4.0,
            soft: 0.75,
            steps: 40,
            rate: 0.01,
            seed: 9,
            pairs: 2,
        };
        assert_eq!(knobs::parse::<Knobs>(&odd.shared("abc".into())).expect("it fits"), odd);
        assert_eq!(Knobs::default().shared(String::new()), "");
    }
}
