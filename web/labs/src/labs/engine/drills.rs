//! Drills: the engine is broken on purpose, and the page shows how it recovers.

use kit::t;
use crate::engine::{self, EngineState};
use engine_core::{job::JobError, jobs::drill::Drill};
use leptos::{prelude::*, task::spawn_local};

struct Exercise {
    action: &'static str,
    label: &'static str,
    /// `None`: the worker vanishes without a word.
    drill: Option<Drill>,
    expect: &'static str,
    /// A failure that was asked for does not count, unless counting is what the drill shows.
    counts: bool,
}

fn exercises() -> [Exercise; 6] {
    [
    Exercise {
        action: "drill-panic",
        label: t!("room.panic"),
        drill: Some(Drill::Panic),
        expect: t!("room.program_stops_with"),
        counts: false,
    },
    Exercise {
        action: "drill-hang",
        label: t!("room.hang"),
        drill: Some(Drill::Hang),
        expect: t!("room.program_loops_for"),
        counts: false,
    },
    Exercise {
        action: "drill-memory",
        label: t!("room.out_memory"),
        drill: Some(Drill::OutOfMemory),
        expect: t!("room.program_asks_for"),
        counts: false,
    },
    Exercise {
        action: "drill-stack",
        label: t!("room.stack_overflow"),
        drill: Some(Drill::StackOverflow),
        expect: t!("room.program_calls_itself"),
        counts: false,
    },
    Exercise {
        action: "drill-vanish",
        label: t!("room.vanish"),
        drill: None,
        expect: t!("room.worker_ended_behind"),
        counts: false,
    },
    Exercise {
        action: "drill-device",
        label: t!("room.lose_device"),
        drill: Some(Drill::LoseDevice),
        expect: t!("room.graphics_device_destroyed"),
        counts: true,
    },
    ]
}

/// Draws the drills and their outcome.
#[component]
pub fn Drills() -> impl IntoView {
    let status = engine::status();
    // The exercise under way, and the generation of the worker it broke.
    let under_way = RwSignal::new(None::<(usize, u32)>);
    let said = RwSignal::new(String::new());
    let outcome = RwSignal::new(String::new());

    let begin = move |index: usize| {
        if under_way.get_untracked().is_some() {
            return;
        }
        let exercise = &exercises()[index];
        under_way.set(Some((index, status.with_untracked(|status| status.generation))));
        said.set(String::new());
        outcome.set(format!("{}: {}", exercise.label, exercise.expect));
        match exercise.drill {
            None => engine::lose_worker(),
            Some(drill) => spawn_local(async move {
                match engine::run(&drill).await {
                    Err(JobError::Device(why)) => drop(said.try_set(why)),
                    // Nothing broke: the drill was not possible here.
                    Err(why) => {
                        under_way.try_set(None);
                        outcome.try_set(why.to_string());
                    }
                    Ok(()) => {}
                }
            }),
        }
    };

    Effect::new(move |_| {
        let Some((index, broken)) = under_way.get() else { return };
        let recovered = status.with(|status| match &status.state {
            EngineState::Ready if status.generation > broken => Some(status.recovered_ms.unwrap_or_default()),
            _ => None,
        });
        if let Some(ms) = recovered {
            under_way.set(None);
            let Exercise { label, counts, .. } = exercises()[index];
            if !counts {
                engine::forgive();
            }
            outcome.set(t!("room.page_noticed_worker", label = label, seconds = format!("{:.2}", ms / 1000.0)));
        } else if status.with(|status| matches!(status.state, EngineState::Stopped(_))) {
            under_way.set(None);
            outcome.set(t!("room.engine_could_not", label = exercises()[index].label));
        }
    });

    let state = move || match (under_way.get(), outcome.with(String::is_empty)) {
        (Some(_), _) => "breaking",
        (None, true) => "idle",
        (None, false) => "recovered",
    };
    let buttons: Vec<_> = exercises()
        .into_iter()
        .enumerate()
        .map(|(index, exercise)| {
            view! {
                <button
                    type="button"
                    data-action=exercise.action
                    aria-disabled=move || under_way.get().is_some().to_string()
                    on:click=move |_| begin(index)
                >
                    {exercise.label}
                </button>
            }
        })
        .collect();
    view! {
        <h2>{t!("room.what_if_breaks")}</h2>
        <p class="lab-note">
            {t!("room.break_engine_one")}
        </p>
        <div class="drills" data-drill-state=state>{buttons}</div>
        <p class="lab-note" role="status" data-drill-result="">{outcome}</p>
        <p class="lab-note" data-output="drill-said" hidden=move || said.with(String::is_empty)>{t!("room.engines_last_words")} " "{said}</p>
    }
}
