//! Drills: the engine is broken on purpose, and the page shows how it recovers.

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

const EXERCISES: [Exercise; 6] = [
    Exercise {
        action: "drill-panic",
        label: "Panic",
        drill: Some(Drill::Panic),
        expect: "The program stops with a message.",
        counts: false,
    },
    Exercise {
        action: "drill-hang",
        label: "Hang",
        drill: Some(Drill::Hang),
        expect: "The program loops for ever. The page notices by the missing heartbeat, after ten seconds on the CPU.",
        counts: false,
    },
    Exercise {
        action: "drill-memory",
        label: "Out of memory",
        drill: Some(Drill::OutOfMemory),
        expect: "The program asks for memory until there is none.",
        counts: false,
    },
    Exercise {
        action: "drill-stack",
        label: "Stack overflow",
        drill: Some(Drill::StackOverflow),
        expect: "The program calls itself until its stack is full.",
        counts: false,
    },
    Exercise {
        action: "drill-vanish",
        label: "Vanish",
        drill: None,
        expect: "The worker is ended behind the page's back. No event tells of it; only the heartbeat stops.",
        counts: false,
    },
    Exercise {
        action: "drill-device",
        label: "Lose the device",
        drill: Some(Drill::LoseDevice),
        expect: "The graphics device is destroyed, as by a driver that resets. A new one takes over; the third time within a minute the CPU does.",
        counts: true,
    },
];

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
        let exercise = &EXERCISES[index];
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
            let Exercise { label, counts, .. } = EXERCISES[index];
            if !counts {
                engine::forgive();
            }
            outcome.set(format!(
                "{label}: the page noticed. The worker was replaced in {:.2} s, and the page never stopped.",
                ms / 1000.0
            ));
        } else if status.with(|status| matches!(status.state, EngineState::Stopped(_))) {
            under_way.set(None);
            outcome.set(format!("{}: the engine could not be started again.", EXERCISES[index].label));
        }
    });

    let state = move || match (under_way.get(), outcome.with(String::is_empty)) {
        (Some(_), _) => "breaking",
        (None, true) => "idle",
        (None, false) => "recovered",
    };
    let buttons: Vec<_> = EXERCISES
        .iter()
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
        <h2>"What if it breaks?"</h2>
        <p class="lab-note">
            "Break the engine in one of these ways. The page lives on, says what happened, and replaces the engine. \
             Saved models are not touched."
        </p>
        <div class="drills" data-drill-state=state>{buttons}</div>
        <p class="lab-note" role="status" data-drill-result="">{outcome}</p>
        <p class="lab-note" data-output="drill-said" hidden=move || said.with(String::is_empty)>"The engine's last words: "{said}</p>
    }
}
