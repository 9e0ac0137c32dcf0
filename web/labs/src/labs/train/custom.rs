//! Every setting of a training by hand, each with what it does.

use kit::t;
use super::{presets::Settings, session::Session, share};
use crate::decimal;
use engine_core::config::FirstWeights;
use leptos::prelude::*;

/// One number that can be set.
struct Field {
    key: &'static str,
    label: &'static str,
    does: &'static str,
    read: fn(&Settings) -> f64,
    write: fn(&mut Settings, f64),
    step: &'static str,
}

fn fields() -> [Field; 9] {
    [
    Field { key: "layers", label: t!("train.layers"), does: t!("train.blocks_one_after"), read: |s| s.shape.n_layers as f64, write: |s, x| s.shape.n_layers = x as usize, step: "1" },
    Field { key: "heads", label: t!("train.heads"), does: t!("train.attention_heads_each"), read: |s| s.shape.n_heads as f64, write: |s, x| s.shape.n_heads = x as usize, step: "1" },
    Field { key: "d_model", label: t!("train.width_d_model"), does: t!("train.numbers_stand_for"), read: |s| s.shape.d_model as f64, write: |s, x| s.shape.d_model = x as usize, step: "1" },
    Field { key: "context", label: t!("train.context"), does: t!("train.tokens_seen_at"), read: |s| s.shape.context as f64, write: |s, x| s.shape.context = x as usize, step: "1" },
    Field { key: "batch", label: t!("train.batch"), does: t!("train.stretches_text_per"), read: |s| s.training.batch as f64, write: |s, x| s.training.batch = x as usize, step: "1" },
    Field { key: "learning_rate", label: t!("train.learning_rate"), does: t!("train.how_far_each"), read: |s| rounded(s.training.learning_rate), write: |s, x| s.training.learning_rate = x as f32, step: "any" },
    Field { key: "warmup", label: t!("train.warm_up"), does: t!("train.steps_until_peak"), read: |s| f64::from(s.training.warmup), write: |s, x| s.training.warmup = x as u32, step: "1" },
    Field { key: "steps", label: t!("train.steps"), does: t!("train.when_training_ends"), read: |s| f64::from(s.training.steps), write: |s, x| s.training.steps = x as u32, step: "1" },
    Field { key: "seed", label: t!("train.seed"), does: t!("train.initial_weights_batches"), read: |s| s.training.seed as f64, write: |s, x| s.training.seed = x as u64, step: "1" },
    ]
}

/// A 32-bit number without the noise of its conversion: 0.003, not 0.003000000026.
fn rounded(x: f32) -> f64 {
    decimal::parse(&x.to_string()).unwrap_or(f64::from(x))
}

/// Draws the settings, folded away at first.
#[component]
pub fn CustomSettings(
    /// Whose settings.
    session: Session,
    /// Different characters in the text.
    distinct: Memo<usize>,
    /// Set once the learner changes anything.
    touched: RwSignal<bool>,
) -> impl IntoView {
    let fields = fields().map(|field| {
        let Field { key, label, does, read, write, step } = field;
        let change = move |text: String| {
            // An empty or half-typed number is no setting yet; the old one stays.
            if let Some(value) = decimal::parse(&text)
                && value.is_finite()
            {
                touched.set(true);
                session.settings.update(|settings| write(settings, value));
            }
        };
        let value = Memo::new(move |_| session.settings.with(read));
        view! {
            <label class="field setting">
                <span>{label} <small>{does}</small></span>
                <input type="number" min="0" step=step data-field=key prop:value=move || value.get().to_string() on:change:target=move |e| change(e.target().value())/>
            </label>
        }
    });
    let first = move |choice: &'static str| session.settings.with(|settings| share::first_weights(settings) == choice);
    let choose = move |value: String| {
        touched.set(true);
        let first = if value == share::GPT2 { FirstWeights::Gpt2 } else { FirstWeights::ByWidth };
        session.settings.update(|settings| settings.training.first_weights = first);
    };
    let tied = move || session.settings.with(|settings| settings.shape.tied_head);
    let wrong = move || session.settings.with(|settings| settings.validate(distinct.get()).err());
    view! {
        <details class="custom-settings">
            <summary>{t!("train.every_setting")}</summary>
            <div class="settings">
                {fields.into_iter().collect::<Vec<_>>()}
                <label class="field setting">
                    <span>{t!("train.first_weights")} " " <small>{t!("train.first_weights_does")}</small></span>
                    <select data-field="first_weights" on:change:target=move |e| choose(e.target().value())>
                        <option value=share::BY_WIDTH prop:selected=move || first(share::BY_WIDTH)>{t!("train.first_by_width")}</option>
                        <option value=share::GPT2 prop:selected=move || first(share::GPT2)>{t!("train.first_gpt2")}</option>
                    </select>
                </label>
                <label class="field setting">
                    <span>{t!("train.tied_head")} " " <small>{t!("train.output_layer_reuses")}</small></span>
                    <input
                        type="checkbox"
                        data-field="tied_head"
                        prop:checked=tied
                        on:change:target=move |e| {
                            touched.set(true);
                            let tied = e.target().checked();
                            session.settings.update(|settings| settings.shape.tied_head = tied);
                        }
                    />
                </label>
            </div>
            <p class="train-error" role="alert" data-settings-error="" hidden=move || wrong().is_none()>{wrong}</p>
        </details>
    }
}
