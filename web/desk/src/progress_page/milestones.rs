//! The checklist of milestones: ticked by real results of the labs, or by hand.

use crate::course::Loading;
use crate::progress::{self, record};
use kit::{address, t};
use learn::progress::{
    Kind,
    milestones::{MILESTONES, Milestone},
};
use leptos::prelude::*;

/// Draws the checklist.
#[component]
pub fn Milestones(course: Loading) -> impl IntoView {
    let rows: Vec<_> = MILESTONES.iter().map(|milestone| row(*milestone, course)).collect();
    view! {
        <section aria-labelledby="milestones">
            <h2 id="milestones">{t!("milestones.heading")}</h2>
            <p>{t!("milestones.hint")}</p>
            <ul class="milestones">{rows}</ul>
        </section>
    }
}

fn row(milestone: Milestone, course: Loading) -> impl IntoView {
    let Milestone { id, lesson, shown } = milestone;
    let standing = progress::standing();
    let ticked = Memo::new(move |_| standing.with(|standing| standing.has(id)));
    let tick = move |event: leptos::ev::Event| {
        record(Kind::Ticked { milestone: id.into(), on: event_target_checked(&event) });
    };
    let link = move || {
        let Some(Ok(course)) = course.get() else { return None };
        let lesson = course.lesson(lesson)?;
        let path = address::absolute(lesson.path.as_deref()?);
        Some(view! { <a href=path>{lesson.title.clone()}</a> })
    };
    view! {
        <li data-milestone=id data-done=move || ticked.get().to_string()>
            <label class="check">
                <input type="checkbox" prop:checked=ticked on:change=tick/>
                <span>{words(id)}</span>
            </label>
            <span class="milestone-from">
                {if shown.is_some() { t!("milestones.by-lab") } else { t!("milestones.by-hand") }} " " {link}
            </span>
        </li>
    }
}

fn words(id: &str) -> &'static str {
    match id {
        "attention-seen" => t!("milestone.attention-seen"),
        "attention-explained" => t!("milestone.attention-explained"),
        "sampled" => t!("milestone.sampled"),
        "products-measured" => t!("milestone.products-measured"),
        "trained" => t!("milestone.trained"),
        "loss-below-2" => t!("milestone.loss-below-2"),
        "thousand-steps" => t!("milestone.thousand-steps"),
        "source-read" => t!("milestone.source-read"),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_milestone_has_words() {
        assert!(MILESTONES.iter().all(|milestone| !words(milestone.id).is_empty()));
    }
}
