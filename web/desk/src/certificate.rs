//! The certificate that a learner gives to themselves: a page to print.

use crate::{
    course::{self, course},
    level::LevelMark,
    progress::{self, record},
    slots::Slot,
};
use kit::{address, t, text::fill};
use learn::{
    itinerary::Date,
    progress::{Certificate, Kind, certificate},
};
use leptos::prelude::*;

/// Draws the certificate.
pub fn part(_: Slot) -> AnyView {
    let course = course();
    let standing = progress::standing();
    let name = Memo::new(move |_| standing.with(|standing| standing.choice("name").unwrap_or_default().to_owned()));
    let named = move |event: leptos::ev::Event| {
        record(Kind::Chose { what: "name".into(), value: event_target_value(&event).trim().into() });
    };
    let sheet = move || {
        // Followed, so that the sheet is drawn up again when the log changes.
        standing.track();
        let Some(Ok(course)) = course.get() else { return ().into_any() };
        let now = progress::now();
        let drawn = progress::with_log(|log| certificate(log, &course::all_asked(&course), now));
        if drawn.lessons.is_empty() {
            return view! {
                <p data-certificate="empty">{t!("certificate.empty")} " " <a href=address::absolute("learn/")>{t!("progress.map")}</a></p>
            }
            .into_any();
        }
        let title = |slug: &String| course.lesson(slug).map_or_else(|| slug.clone(), |lesson| lesson.title.clone());
        let titles = drawn.lessons.iter().map(|known| title(&known.lesson)).collect();
        view! { <Sheet drawn titles name today=Date::of(now.day()).to_string()/> }.into_any()
    };
    view! {
        <div class="certificate-page">
            <p class="certificate-form">
                <label for="certificate-name">{t!("certificate.name")}</label>
                <input type="text" id="certificate-name" maxlength="80" autocomplete="name" prop:value=name on:change=named/>
                <button type="button" class="button primary" data-action="print" on:click=move |_| drop(window().print())>
                    {t!("certificate.print")}
                </button>
            </p>
            {sheet}
        </div>
    }
    .into_any()
}

#[component]
fn Sheet(drawn: Certificate, titles: Vec<String>, name: Memo<String>, today: String) -> impl IntoView {
    let rows: Vec<_> = drawn
        .lessons
        .iter()
        .zip(titles)
        .map(|(known, title)| {
            let right =
                fill(t!("progress.right"), &[("right", &known.right.to_string()), ("of", &known.of.to_string())]);
            view! {
                <tr>
                    <th scope="row">{title}</th>
                    <td><LevelMark level=Some(known.level)/></td>
                    <td>{right}</td>
                </tr>
            }
        })
        .collect();
    let between = drawn.between.map(|(first, last)| (Date::of(first).to_string(), Date::of(last).to_string()));
    let (first, last) = between.unwrap_or_default();
    let work = fill(
        t!("certificate.work"),
        &[
            ("answers", &drawn.answers.to_string()),
            ("days", &drawn.days.to_string()),
            ("first", &first),
            ("last", &last),
        ],
    );
    let nameless = move || name.with(String::is_empty);
    view! {
        <section class="certificate" aria-labelledby="certificate-heading" data-certificate="drawn">
            <h2 id="certificate-heading">{t!("certificate.heading")}</h2>
            <p class="certificate-attested"><strong>{t!("certificate.self-attested")}</strong></p>
            <p class="certificate-who">{move || if nameless() { t!("certificate.nameless").to_owned() } else { name.get() }}</p>
            <p>{fill(t!("certificate.says"), &[("day", &today)])}</p>
            <div class="table-scroll">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t!("certificate.lesson")}</th>
                            <th scope="col">{t!("certificate.level")}</th>
                            <th scope="col">{t!("certificate.right")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p>{work}</p>
            <p class="certificate-digest">{t!("certificate.digest")} " " <code data-digest="">{drawn.digest.clone()}</code></p>
            <p>{t!("certificate.meaning")}</p>
        </section>
    }
}
