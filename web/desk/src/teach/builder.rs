//! The teacher's builder: a lab, how it starts, what learners may change, and what they are to do, as one link.

use super::{
    controls::Control,
    knobs,
    lesson::{self, Offered, PageRow},
    preview::Preview,
};
use crate::{
    share::{QrPicture, copy::Copy, link},
    slots::Slot,
};
use kit::{address::absolute, download, t, text::fill};
use learn::share::{MAX_LINK, MAX_TASK, State, Teacher, to_file};
use leptos::{prelude::*, task::spawn_local};

/// What the teacher has chosen so far.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    /// The page, below the site's root.
    pub path: RwSignal<String>,
    /// The lab's name.
    pub lab: RwSignal<String>,
    /// Settings by name; an empty one is the lab's own.
    knobs: RwSignal<Vec<(String, String)>>,
    /// Controls to hide, and to lock.
    hide: RwSignal<Vec<String>>,
    lock: RwSignal<Vec<String>>,
    task: RwSignal<String>,
    exercise: RwSignal<String>,
}

impl Draft {
    fn of(state: State) -> Self {
        let path =
            if state.teacher.lesson.is_empty() { String::new() } else { format!("learn/{}/", state.teacher.lesson) };
        Self {
            path: RwSignal::new(path),
            lab: RwSignal::new(state.lab),
            knobs: RwSignal::new(state.knobs),
            hide: RwSignal::new(state.teacher.hide),
            lock: RwSignal::new(state.teacher.lock),
            task: RwSignal::new(state.teacher.task),
            exercise: RwSignal::new(state.teacher.exercise),
        }
    }

    fn state(self) -> State {
        let path = self.path.get();
        let lesson = path.strip_prefix("learn/").and_then(|rest| rest.strip_suffix('/')).unwrap_or_default();
        let mut knobs = self.knobs.get();
        knobs.retain(|(_, value)| !value.is_empty());
        let task = self.task.get().chars().take(MAX_TASK).collect();
        let (hide, lock, exercise) = (self.hide.get(), self.lock.get(), self.exercise.get());
        State { lab: self.lab.get(), knobs, teacher: Teacher { hide, lock, task, lesson: lesson.to_owned(), exercise } }
    }

    /// Another lab starts as its page sets it.
    fn choose(self, lab: &str, offered: &Offered) {
        self.knobs.set(offered.settings(lab));
        self.hide.set(Vec::new());
        self.lock.set(Vec::new());
        self.exercise.set(String::new());
        self.lab.set(lab.to_owned());
    }

    fn set_knob(self, name: &str, value: String) {
        self.knobs.update(|knobs| match knobs.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => knobs.push((name.to_owned(), value)),
        });
    }
}

/// Draws the builder.
pub fn view(_slot: &Slot) -> AnyView {
    let draft = Draft::of(link::arrived().unwrap_or_default());
    let pages = RwSignal::new(Vec::<PageRow>::new());
    let offered = RwSignal::new(Offered::default());
    let found = RwSignal::new(Vec::<Control>::new());
    spawn_local(async move {
        let all = lesson::pages().await;
        if draft.path.get_untracked().is_empty() {
            let lab = draft.lab.get_untracked();
            let with = if lab.is_empty() { None } else { lesson::page_with(&lab, &all).await };
            let lesson = || all.iter().find(|page| page.path.starts_with("learn/") && page.path != "learn/");
            draft.path.set(with.or_else(|| lesson().map(|page| page.path.clone())).unwrap_or_default());
        }
        pages.set(all);
    });
    Effect::new(move |_| {
        let path = draft.path.get();
        if pages.with(Vec::is_empty) {
            return;
        }
        spawn_local(async move {
            let it = lesson::offered(&path).await.unwrap_or_default();
            if path != draft.path.get_untracked() {
                return; // Another page was chosen in the meantime.
            }
            if !it.has(&draft.lab.get_untracked()) {
                let first = it.labs.first().map(|(name, _)| name.clone()).unwrap_or_default();
                draft.choose(&first, &it);
            }
            offered.set(it);
        });
    });
    let state = Memo::new(move |_| draft.state());
    let page = Memo::new(move |_| absolute(&draft.path.get()));
    view! {
        <form class="teach" on:submit=move |event| event.prevent_default()>
            <fieldset><legend>{t!("teach.where")}</legend> <Where draft pages offered/></fieldset>
            <fieldset><legend>{t!("teach.start")}</legend> <Start draft/></fieldset>
            <fieldset><legend>{t!("teach.controls")}</legend> <Limits draft found/></fieldset>
            <fieldset><legend>{t!("teach.task")}</legend> <Words draft offered/></fieldset>
            <Preview page state found/>
            <section class="teach-link" aria-labelledby="teach-link-title">
                <h2 id="teach-link-title">{t!("teach.link")}</h2>
                <Made page state/>
            </section>
        </form>
    }
    .into_any()
}

#[component]
fn Where(draft: Draft, pages: RwSignal<Vec<PageRow>>, offered: RwSignal<Offered>) -> impl IntoView {
    let page_options = move || {
        let option = |page: PageRow| {
            let path = page.path.clone();
            let selected = move || draft.path.get() == path;
            view! { <option value=page.path.clone() prop:selected=selected>{page.title}</option> }
        };
        pages.get().into_iter().map(option).collect_view()
    };
    let lab_options = move || {
        let option = |(lab, _): (String, String)| {
            let name = lab.clone();
            view! { <option value=lab.clone() prop:selected=move || draft.lab.get() == name>{lab.clone()}</option> }
        };
        offered.with(|offered| offered.labs.clone()).into_iter().map(option).collect_view()
    };
    view! {
        <label>{t!("teach.page")} " "
            <select data-field="teach-page" on:change=move |event| draft.path.set(event_target_value(&event))>{page_options}</select>
        </label>
        <label>{t!("teach.lab")} " "
            <select data-field="teach-lab" on:change=move |event| {
                offered.with_untracked(|offered| draft.choose(&event_target_value(&event), offered));
            }>{lab_options}</select>
        </label>
        <Show when=move || !pages.with(Vec::is_empty) && draft.lab.get().is_empty()><p role="status">{t!("teach.no-lab")}</p></Show>
    }
}

#[component]
fn Start(draft: Draft) -> impl IntoView {
    let rows = move || {
        let lab = draft.lab.get();
        let row = |name: &&'static str| {
            let name = *name;
            let value = draft
                .knobs
                .with_untracked(|knobs| knobs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()));
            view! {
                <label class="teach-knob"><code>{name}</code> " "
                    <input type="text" autocomplete="off" data-knob=name prop:value=value.unwrap_or_default()
                        on:input=move |event| draft.set_knob(name, event_target_value(&event))/>
                </label>
            }
        };
        knobs::of_lab(&lab).iter().map(row).collect_view()
    };
    view! { <p>{t!("teach.start-how")}</p> <div class="teach-knobs">{rows}</div> }
}

#[component]
fn Limits(draft: Draft, found: RwSignal<Vec<Control>>) -> impl IntoView {
    // Names that came with a link and that the preview has not shown.
    let controls = Memo::new(move |_| {
        let mut all = found.get();
        for name in draft.hide.get().into_iter().chain(draft.lock.get()) {
            if all.iter().all(|control| control.name != name) {
                all.push(Control { label: name.clone(), name });
            }
        }
        all
    });
    let row = move |control: Control| {
        let Control { name, label } = control;
        let tick = |list: RwSignal<Vec<String>>, field: &'static str, words: &'static str| {
            let (held, changed) = (name.clone(), name.clone());
            let about = fill(words, &[("control", &label)]);
            let change = move |event| {
                let on = event_target_checked(&event);
                list.update(|names| {
                    names.retain(|known| *known != changed);
                    if on {
                        names.push(changed.clone());
                    }
                });
            };
            view! {
                <td><label class="teach-tick"><input type="checkbox" aria-label=about data-field=field data-name=name.clone()
                    prop:checked=move || list.with(|names| names.contains(&held)) on:change=change/></label></td>
            }
        };
        let cells =
            (tick(draft.hide, "teach-hide", t!("teach.hide-it")), tick(draft.lock, "teach-lock", t!("teach.lock-it")));
        view! { <tr><th scope="row">{label.clone()} " " <code>{name.clone()}</code></th>{cells}</tr> }
    };
    view! {
        <p>{t!("teach.controls-how")}</p>
        <Show when=move || !controls.with(Vec::is_empty) fallback=|| view! { <p role="status">{t!("teach.controls-wait")}</p> }>
            <div class="teach-scroll" tabindex="0" role="region" aria-label=t!("teach.controls")>
                <table>
                    <thead><tr>
                        <th scope="col">{t!("teach.control")}</th><th scope="col">{t!("teach.hide")}</th><th scope="col">{t!("teach.lock")}</th>
                    </tr></thead>
                    <tbody>{move || controls.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </Show>
    }
}

#[component]
fn Words(draft: Draft, offered: RwSignal<Offered>) -> impl IntoView {
    let options = move || {
        let lab = draft.lab.get();
        let option = |(id, _, title): (String, String, String)| {
            let value = id.clone();
            view! { <option value=id prop:selected=move || draft.exercise.get() == value>{title}</option> }
        };
        let all = offered.with(|offered| offered.exercises.clone());
        all.into_iter().filter(|(_, of, _)| *of == lab).map(option).collect_view()
    };
    view! {
        <label class="teach-words">{t!("teach.words")}
            <textarea rows="4" maxlength=MAX_TASK.to_string() data-field="teach-task" prop:value=draft.task.get_untracked()
                on:input=move |event| draft.task.set(event_target_value(&event))></textarea>
        </label>
        <label>{t!("teach.exercise")} " "
            <select data-field="teach-exercise" on:change=move |event| draft.exercise.set(event_target_value(&event))>
                <option value="" prop:selected=move || draft.exercise.get().is_empty()>{t!("teach.no-exercise")}</option>
                {options}
            </select>
        </label>
    }
}

/// The link, or the file where it is too long for one.
#[component]
fn Made(page: Memo<String>, state: Memo<State>) -> impl IntoView {
    let made = Memo::new(move |_| link::link(&page.get(), &state.get()).map_err(|too_long| too_long.bytes));
    let text = Signal::derive(move || made.get().unwrap_or_default());
    let length = move || fill(t!("share.length"), &[("n", &text.get().chars().count().to_string())]);
    let too_long = move || {
        let bytes = made.get().err()?.to_string();
        Some(
            view! { <p role="alert">{fill(t!("share.too-long"), &[("bytes", &bytes), ("most", &MAX_LINK.to_string())])}</p> },
        )
    };
    let save = move |_| download::save_text("task.glassbox.json", "application/json", &to_file(&state.get_untracked()));
    view! {
        {too_long}
        <Show when=move || made.with(Result::is_ok)>
            <Copy label=t!("share.link") button=t!("share.copy") text field="teach-link"/>
            <p class="share-length">{length}</p>
            <p><a rel="external" target="_blank" data-action="teach-open" href=move || text.get()>{t!("teach.open")}</a></p>
            <QrPicture link=text/>
        </Show>
        <p><button type="button" on:click=save>{t!("share.save")}</button></p>
        <p><a href=absolute("class/")>{t!("teach.class")}</a></p>
    }
}
