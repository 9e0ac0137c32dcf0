//! One number in five formats, bit by bit: what is kept, what is lost, what lies beside it. Each bit can be turned over.

mod row;
mod words;

use super::knobs;
use crate::{
    decimal,
    widgets::{
        LabFrame, LabState,
        outcome::{self, Value},
    },
};
use engine_core::number_formats::{Format, Held, Kind};
use kit::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The number, as it is written; `inf` and `NaN` are numbers here.
    number: String,
    /// How far the whole numbers reach: 127 of int8, and 7 of int4, stand for this.
    reach: f64,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { number: "0.1".into(), reach: 1.0 }
    }
}

/// The smallest and the largest reach.
const REACH: (f64, f64) = (1e-6, 1e6);

impl Knobs {
    /// What is meant.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    fn meant(&self) -> Result<f64, String> {
        if !(REACH.0..=REACH.1).contains(&self.reach) {
            return Err(t!("formats.bad_reach", least = REACH.0, most = REACH.1));
        }
        let text = self.number.trim().replace('−', "-");
        match text.to_lowercase().as_str() {
            "nan" => return Ok(f64::NAN),
            "inf" | "+inf" | "∞" => return Ok(f64::INFINITY),
            "-inf" | "-∞" => return Ok(f64::NEG_INFINITY),
            _ => {}
        }
        decimal::parse(&text).ok_or_else(|| t!("formats.bad_number").into())
    }

    /// What one step of `format` is worth.
    fn scale(&self, format: Format) -> f64 {
        match format {
            Format::Float32 | Format::Float16 | Format::BFloat16 => 1.0,
            Format::Int8 | Format::Int4 => self.reach / format.largest(),
        }
    }

    fn written(&self) -> String {
        let first = Self::default();
        knobs::differing(&[
            ("number", self.number.clone(), first.number),
            ("reach", self.reach.to_string(), first.reach.to_string()),
        ])
    }
}

/// What is held in each format. The bits that the learner has set stay as they are: rounding what they mean anew could
/// give others, as it does for NaN.
fn held(knobs: &Knobs, meant: f64, turned: Option<Held>) -> [Held; Format::ALL.len()] {
    let nearest = |format| Held::nearest(format, knobs.scale(format), meant);
    Format::ALL.map(|format| turned.filter(|turned| turned.format == format).unwrap_or_else(|| nearest(format)))
}

/// For exercises: the names of what is told of each format, in their order.
const TOLD: [[&str; 3]; Format::ALL.len()] = [
    ["float32", "float32_error", "float32_kind"],
    ["float16", "float16_error", "float16_kind"],
    ["bfloat16", "bfloat16_error", "bfloat16_kind"],
    ["int8", "int8_error", "int8_kind"],
    ["int4", "int4_error", "int4_kind"],
];

fn told(meant: f64, held: &[Held]) -> Vec<(&'static str, Value)> {
    let kind = |kind| match kind {
        Kind::Zero => "zero",
        Kind::Subnormal => "subnormal",
        Kind::Normal => "normal",
        Kind::Infinite => "infinite",
        Kind::NotANumber => "nan",
    };
    let mut values = vec![("number", meant.into())];
    for ([value, error, what], held) in TOLD.into_iter().zip(held) {
        let off = held.error(meant).abs().into();
        values.extend([(value, held.value().into()), (error, off), (what, kind(held.kind()).into())]);
    }
    values
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let knobs = RwSignal::new(knobs);
    // The row whose bits the learner has set, and its bits.
    let turned = RwSignal::new(None::<Held>);
    let says = RwSignal::new(String::new());
    let refused = Memo::new(move |_| knobs.with(Knobs::meant).err());
    // While nothing readable is written, the last number stays in the rows.
    let meant = Memo::new(move |last: Option<&f64>| {
        let now = knobs.with(Knobs::meant);
        now.ok().or(last.copied()).unwrap_or(0.0)
    });
    let rows = Memo::new(move |_| knobs.with(|knobs| held(knobs, meant.get(), turned.get())));
    let state = Signal::derive(move || refused.get().map_or(LabState::Done, LabState::Failed));
    Effect::new(move |_| {
        if refused.with(Option::is_none) {
            outcome::report("formats", true, &rows.with(|rows| told(meant.get(), rows)));
        }
    });
    let write = move |event| {
        turned.set(None);
        says.set(String::new());
        knobs.update(|knobs| knobs.number = event_target_value(&event));
    };
    let reach = move |event| {
        turned.set(None);
        says.set(String::new());
        // What is no number is refused by name, as zero is.
        knobs.update(|knobs| knobs.reach = decimal::parse(&event_target_value(&event)).unwrap_or(0.0));
    };
    let change = Callback::new(move |held: Held| {
        turned.set(Some(held));
        knobs.update(|knobs| knobs.number = words::plain(held.value()));
        says.set(words::changed(&held));
    });
    let row = move |(at, format): (usize, Format)| {
        let held = Memo::new(move |_| rows.with(|rows| rows[at]));
        view! { <row::Row format held meant on_change=change/> }
    };
    view! {
        <LabFrame name="formats" title=t!("formats.title") state share=Signal::derive(move || knobs.with(Knobs::written))>
            <div class="formats-fields">
                <label class="formats-field">
                    <span>{t!("formats.number")}</span>
                    <input
                        type="text" inputmode="text" spellcheck="false" autocomplete="off" data-field="number"
                        aria-invalid=move || refused.with(Option::is_some).to_string()
                        prop:value=move || knobs.with(|knobs| knobs.number.clone()) on:input=write
                    />
                </label>
                <label class="formats-field">
                    <span>{t!("formats.reach")}</span>
                    <input
                        type="number" step="any" min=REACH.0 max=REACH.1 data-field="reach"
                        prop:value=move || knobs.with(|knobs| knobs.reach.to_string()) on:change=reach
                    />
                </label>
            </div>
            <p class="lab-note">{t!("formats.how")}</p>
            <p class="formats-status" role="status" data-output="status">{says}</p>
            {Format::ALL.into_iter().enumerate().map(row).collect_view()}
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(number: &str) -> Knobs {
        Knobs { number: number.into(), ..Knobs::default() }
    }

    #[test]
    fn numbers_are_read_and_everything_else_refused() {
        for (text, number) in
            [("0.1", 0.1), (" -2e3 ", -2000.0), ("−4", -4.0), ("inf", f64::INFINITY), ("-∞", f64::NEG_INFINITY)]
        {
            assert_eq!(with(text).meant(), Ok(number), "{text}");
        }
        assert!(with("NaN").meant().is_ok_and(f64::is_nan));
        for text in ["", "0,1", "one", "1/3", "0x10"] {
            assert!(with(text).meant().is_err_and(|sentence| sentence.ends_with('.')), "{text}");
        }
        for reach in [0.0, -1.0, f64::NAN, 1e7] {
            assert!(Knobs { reach, ..Knobs::default() }.meant().is_err(), "{reach}");
        }
    }

    #[test]
    fn the_whole_numbers_reach_as_far_as_asked() {
        let knobs = Knobs { number: "-3".into(), reach: 3.0 };
        let [.., eight, four] = held(&knobs, -3.0, None);
        assert!((eight.value() + 3.0).abs() < 1e-12 && (four.value() + 3.0).abs() < 1e-12);
        assert_eq!((eight.format.decode(eight.bits), four.format.decode(four.bits)), (-127.0, -7.0));
    }

    #[test]
    fn bits_that_were_set_stay_set() {
        let knobs = Knobs::default();
        for format in Format::ALL {
            for place in 0..format.bits() {
                // From a NaN with an odd fraction, or from all ones.
                let start = Held { format, scale: knobs.scale(format), bits: u32::MAX >> (32 - format.bits()) };
                let turned = start.flipped(place);
                let written = with(&words::plain(turned.value()));
                let rows = held(&knobs, written.meant().expect("it was written by the lab"), Some(turned));
                assert_eq!(rows.into_iter().find(|held| held.format == format), Some(turned));
            }
        }
    }

    #[test]
    fn exercises_are_told_every_format() {
        let values = told(0.1, &held(&Knobs::default(), 0.1, None));
        assert_eq!(values.len(), 1 + 3 * Format::ALL.len());
        for (names, format) in TOLD.iter().zip(Format::ALL) {
            assert!(names.iter().all(|name| name.starts_with(format.name())));
        }
        assert!(values.contains(&("float16", Value::Number(0.0999755859375))));
        assert!(values.contains(&("float16_kind", Value::Text("normal".into()))));
    }

    #[test]
    fn a_link_sets_up_what_it_was_made_of() {
        let knobs = Knobs { number: "6.1e-5".into(), reach: 2.5 };
        assert_eq!(knobs::parse::<Knobs>(&knobs.written()).expect("the lab reads what it wrote"), knobs);
        assert_eq!(Knobs::default().written(), "");
    }
}
