//! The form with which a path is followed, changed and left.

use super::follow;
use crate::progress;
use kit::{t, text::fill};
use learn::itinerary::{Date, Following, HOURS, Path, day_of};
use leptos::prelude::*;

/// What one plans with where the source names no hours.
const HOURS_A_WEEK: u32 = 8;

/// Begin on, hours a week, and the button that means it.
#[component]
pub fn Choose(
    path: Path,
    /// How this path is followed, if it is.
    here: Memo<Option<Following>>,
) -> impl IntoView {
    let usual = path.hours.map_or(HOURS_A_WEEK, |[least, _]| least.clamp(HOURS[0], HOURS[1]));
    // What the learner has written stays, even if what is followed is only read from the store after that.
    let (written_start, written_hours) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let start = Memo::new(move |_| {
        written_start.get().unwrap_or_else(|| {
            let day = here.with(|here| here.as_ref().map(|following| following.start));
            Date::of(day.unwrap_or_else(|| progress::now().day())).to_string()
        })
    });
    let hours = Memo::new(move |_| {
        let kept = || here.with(|here| here.as_ref().map_or(usual, |following| following.hours)).to_string();
        written_hours.get().unwrap_or_else(kept)
    });
    let forget = move || {
        written_start.set(None);
        written_hours.set(None);
    };
    let wrong = RwSignal::new(None::<String>);
    let said = RwSignal::new("");
    let name = StoredValue::new(path.name);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let day = day_of(&start.get_untracked());
        let time = hours.get_untracked().trim().parse().ok().filter(|time| (HOURS[0]..=HOURS[1]).contains(time));
        match (day, time) {
            (Some(start), Some(hours)) => {
                wrong.set(None);
                said.set(if here.with_untracked(Option::is_some) { t!("paths.changed") } else { t!("paths.followed") });
                follow(Some(&Following { path: name.get_value(), start, hours }));
                forget();
            }
            (None, _) => wrong.set(Some(t!("paths.wrong.start").to_owned())),
            (_, None) => {
                let [least, most] = HOURS.map(|hours| hours.to_string());
                wrong.set(Some(fill(t!("paths.wrong.hours"), &[("least", &least), ("most", &most)])));
            }
        }
    };
    let stop = move |_| {
        follow(None);
        forget();
        said.set(t!("paths.stopped"));
    };
    let is_here = move || here.with(Option::is_some);
    view! {
        <form class="desk-path-form" novalidate on:submit=submit>
            <p class="desk-path-form-title">
                {move || if is_here() { t!("paths.change.title") } else { t!("paths.follow.title") }}
            </p>
            <label>
                {t!("paths.start")}
                <input type="date" required aria-describedby="desk-path-wrong" prop:value=start
                    on:input=move |event| written_start.set(Some(event_target_value(&event)))/>
            </label>
            <label>
                {t!("paths.hours")}
                <input type="number" required min=HOURS[0] max=HOURS[1] step="1" inputmode="numeric"
                    aria-describedby="desk-path-wrong" prop:value=hours
                    on:input=move |event| written_hours.set(Some(event_target_value(&event)))/>
            </label>
            <div class="desk-path-buttons">
                <button type="submit" class="primary" data-action="follow">
                    {move || if is_here() { t!("paths.change") } else { t!("paths.follow") }}
                </button>
                {move || is_here().then(|| view! {
                    <button type="button" data-action="stop" on:click=stop>{t!("paths.stop")}</button>
                })}
            </div>
            <p id="desk-path-wrong" class="desk-path-wrong" role="alert">{move || wrong.get()}</p>
            <p class="desk-path-said" role="status">{move || said.get()}</p>
        </form>
    }
}
