//! The settings of one side, their fields, and how a link carries them.

use crate::decimal;
use engine_core::{jobs::write::How, sampling::Sampling};
use kit::t;
use leptos::prelude::*;

/// How one side writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// By which method.
    pub method: Method,
    /// See [`Sampling`].
    pub temperature: f32,
    /// See [`Sampling`].
    pub top_k: f32,
    /// See [`Sampling`].
    pub top_p: f32,
    /// See [`Sampling`].
    pub min_p: f32,
    /// See [`Sampling::repetition_penalty`].
    pub penalty: f32,
    /// Beginnings that beam search keeps.
    pub beams: f32,
}

/// How tokens are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By chance.
    Draw,
    /// Always the likeliest.
    Greedy,
    /// By the probability of the whole text.
    Beam,
}

impl Method {
    const ALL: [Self; 3] = [Self::Draw, Self::Greedy, Self::Beam];

    /// In links and tests.
    fn key(self) -> &'static str {
        match self {
            Self::Draw => "draw",
            Self::Greedy => "greedy",
            Self::Beam => "beam",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Draw => t!("sampling.method_draw"),
            Self::Greedy => t!("sampling.method_greedy"),
            Self::Beam => t!("sampling.method_beam"),
        }
    }
}

/// A number of [`Side`]: its field's name, its least, most and step.
type Setting = (&'static str, (f32, f32, f32), fn(&Side) -> f32, fn(&mut Side, f32));

const SETTINGS: [Setting; 6] = [
    ("temperature", (0.1, 3.0, 0.1), |s| s.temperature, |s, v| s.temperature = v),
    ("top_k", (0.0, 100.0, 1.0), |s| s.top_k, |s, v| s.top_k = v),
    ("top_p", (0.05, 1.0, 0.05), |s| s.top_p, |s, v| s.top_p = v),
    ("min_p", (0.0, 1.0, 0.01), |s| s.min_p, |s, v| s.min_p = v),
    ("penalty", (1.0, 3.0, 0.1), |s| s.penalty, |s, v| s.penalty = v),
    ("beams", (2.0, 8.0, 1.0), |s| s.beams, |s, v| s.beams = v),
];

impl Side {
    /// Careful.
    pub const LEFT: Self =
        Self { method: Method::Draw, temperature: 0.7, top_k: 0.0, top_p: 0.9, min_p: 0.0, penalty: 1.0, beams: 4.0 };
    /// Daring, and held back by min-p alone.
    pub const RIGHT: Self = Self { temperature: 1.4, top_p: 1.0, min_p: 0.1, ..Self::LEFT };

    /// As a link carries it: the method, then the numbers in the order of their fields.
    pub fn written(&self) -> String {
        SETTINGS.iter().fold(self.method.key().to_owned(), |text, (_, _, get, _)| format!("{text} {}", get(self)))
    }

    /// The opposite of [`Self::written`]; what cannot be read stays as it is in `first`.
    pub fn read(text: &str, first: Self) -> Self {
        let mut words = text.split_whitespace();
        let method = words.next().and_then(|key| Method::ALL.into_iter().find(|method| method.key() == key));
        let mut side = Self { method: method.unwrap_or(first.method), ..first };
        for ((_, (least, most, _), _, put), word) in SETTINGS.iter().zip(words) {
            if let Some(value) = decimal::parse(word) {
                put(&mut side, (value as f32).clamp(*least, *most));
            }
        }
        side
    }

    /// As the engine is asked.
    pub fn how(&self, seed: u64) -> How {
        let temperature = if self.method == Method::Greedy { 0.0 } else { self.temperature };
        match self.method {
            Method::Beam => How::Beam { width: self.beams as usize },
            Method::Draw => How::Draw(Sampling {
                temperature,
                top_k: self.top_k as usize,
                top_p: self.top_p,
                min_p: self.min_p,
                repetition_penalty: self.penalty,
                seed,
            }),
            Method::Greedy => {
                How::Draw(Sampling { temperature, repetition_penalty: self.penalty, seed, ..Sampling::PLAIN })
            }
        }
    }

    fn uses(&self, field: &str) -> bool {
        match self.method {
            Method::Draw => field != "beams",
            Method::Greedy => field == "penalty",
            Method::Beam => field == "beams",
        }
    }
}

/// Draws the fields of one side; their names begin with the side's.
#[component]
pub fn Fields(
    /// `left` or `right`.
    name: &'static str,
    /// What they set.
    side: RwSignal<Side>,
) -> impl IntoView {
    let label = |field: &str| match field {
        "temperature" => t!("sampling.temperature"),
        "top_k" => t!("sampling.top_k_0"),
        "top_p" => t!("sampling.top_p"),
        "min_p" => t!("sampling.min_p"),
        "penalty" => t!("sampling.penalty"),
        _ => t!("sampling.beams"),
    };
    let row = move |(field, range, get, put): Setting| {
        let set = move |event| {
            if let Some(value) = decimal::parse(&event_target_value(&event)) {
                side.update(|side| put(side, value as f32));
            }
        };
        let value = Signal::derive(move || side.with(get));
        let slider = super::slider(label(field).to_owned(), format!("{name}-{field}"), range, value, set);
        view! { <div hidden=move || !side.with(|side| side.uses(field))>{slider}</div> }
    };
    let choose = move |event| {
        let key = event_target_value(&event);
        if let Some(method) = Method::ALL.into_iter().find(|method| method.key() == key) {
            side.update(|side| side.method = method);
        }
    };
    let options = Method::ALL.map(|method| view! { <option value=method.key()>{method.label()}</option> });
    view! {
        <label class="sampling-number">
            <span>{t!("sampling.method")}</span>
            <select data-field=format!("{name}-method") prop:value=move || side.with(|side| side.method.key()) on:change=choose>
                {options.into_iter().collect_view()}
            </select>
        </label>
        {SETTINGS.map(row).into_iter().collect_view()}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_reads_what_it_wrote_and_nothing_impossible() {
        let beam = Side { method: Method::Beam, beams: 6.0, penalty: 1.5, ..Side::RIGHT };
        assert_eq!(Side::read(&beam.written(), Side::LEFT), beam);
        assert_eq!(Side::read("nonsense a b", Side::LEFT), Side::LEFT);
        let wild = Side::read("draw 99 -5 7 2 0 100", Side::LEFT);
        assert_eq!((wild.temperature, wild.top_k, wild.top_p, wild.penalty, wild.beams), (3.0, 0.0, 1.0, 1.0, 8.0));
        assert!(matches!(wild.how(3), How::Draw(sampling) if sampling.validate().is_ok() && sampling.seed == 3));
        let greedy = Side { method: Method::Greedy, ..Side::LEFT };
        assert!(matches!(greedy.how(1), How::Draw(Sampling { temperature: 0.0, .. })));
    }
}
