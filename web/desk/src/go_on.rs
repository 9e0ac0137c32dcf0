//! The card that leads back to where the learner left off.

use crate::{
    course::{self, Loading, course},
    progress,
    slots::Slot,
};
use kit::{address, t, text::fill};
use learn::progress::GoOn;
use leptos::prelude::*;

/// Draws the card; nothing for somebody who has not begun.
pub fn part(_: Slot) -> AnyView {
    view! { <GoOnCard course=course() even_first=false/> }.into_any()
}

/// Where to go on. `even_first`: says where to begin, too.
#[component]
pub fn GoOnCard(course: Loading, even_first: bool) -> impl IntoView {
    let standing = progress::standing();
    let card = move || {
        let Some(Ok(course)) = course.get() else { return None };
        let standing = standing.get();
        let now = progress::now();
        let go_on = standing.go_on(&course::all_asked(&course), now)?;
        let words = match &go_on {
            GoOn::Begin(_) if !even_first => return None,
            GoOn::Begin(_) => t!("go-on.begin"),
            GoOn::Resume(_) => t!("go-on.resume"),
            GoOn::Next(_) => t!("go-on.next"),
        };
        let lesson = course.lesson(go_on.lesson())?;
        let path = address::absolute(lesson.path.as_deref()?);
        let reached = standing.reached(&course::asked(lesson), now);
        let (right, of) = (reached.right.to_string(), reached.of.to_string());
        let so_far = (reached.of > 0).then(|| fill(t!("go-on.right"), &[("right", &right), ("of", &of)]));
        let due = standing.due(now).len();
        let due = (due > 0).then(|| {
            let words = fill(t!("go-on.due"), &[("n", &due.to_string())]);
            view! { <p><a data-due="" href=address::absolute("review/")>{words}</a></p> }
        });
        Some(view! {
            <div class="go-on" data-go-on=lesson.slug.clone()>
                <p class="go-on-why">{words}</p>
                <p class="go-on-lesson"><a class="button primary" href=path>{lesson.title.clone()}</a> <span>{so_far}</span></p>
                {due}
            </div>
        })
    };
    view! { {card} }
}
