//! Every setting of a training by hand, each with what it does.

use super::{presets::Settings, session::Session};
use crate::decimal;
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

const FIELDS: [Field; 9] = [
    Field { key: "layers", label: "Layers", does: "blocks, one after another", read: |s| s.shape.n_layers as f64, write: |s, x| s.shape.n_layers = x as usize, step: "1" },
    Field { key: "heads", label: "Heads", does: "attention heads in each block", read: |s| s.shape.n_heads as f64, write: |s, x| s.shape.n_heads = x as usize, step: "1" },
    Field { key: "d_model", label: "Width (d_model)", does: "numbers that stand for each token", read: |s| s.shape.d_model as f64, write: |s, x| s.shape.d_model = x as usize, step: "1" },
    Field { key: "context", label: "Context", does: "tokens seen at once", read: |s| s.shape.context as f64, write: |s, x| s.shape.context = x as usize, step: "1" },
    Field { key: "batch", label: "Batch", does: "stretches of text per step", read: |s| s.training.batch as f64, write: |s, x| s.training.batch = x as usize, step: "1" },
    Field { key: "learning_rate", label: "Learning rate", does: "how far each step goes, at its peak", read: |s| rounded(s.training.learning_rate), write: |s, x| s.training.learning_rate = x as f32, step: "any" },
    Field { key: "warmup", label: "Warm-up", does: "steps until the peak is reached", read: |s| f64::from(s.training.warmup), write: |s, x| s.training.warmup = x as u32, step: "1" },
    Field { key: "steps", label: "Steps", does: "when the training ends", read: |s| f64::from(s.training.steps), write: |s, x| s.training.steps = x as u32, step: "1" },
    Field { key: "seed", label: "Seed", does: "initial weights and batches follow from it", read: |s| s.training.seed as f64, write: |s, x| s.training.seed = x as u64, step: "1" },
];

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
    let fields = FIELDS.map(|field| {
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
    let tied = move || session.settings.with(|settings| settings.shape.tied_head);
    let wrong = move || session.settings.with(|settings| settings.validate(distinct.get()).err());
    view! {
        <details class="custom-settings">
            <summary>"Every setting"</summary>
            <div class="settings">
                {fields.into_iter().collect::<Vec<_>>()}
                <label class="field setting">
                    <span>"Tied head " <small>"the output layer reuses the token embedding"</small></span>
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
