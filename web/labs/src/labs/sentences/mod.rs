//! Sentences as vectors by a real encoder, MiniLM: which of the learner's sentences mean about the same, in floats and in
//! whole numbers.

use super::knobs;
use crate::{
    engine,
    large_file::LargeFile,
    newest::Newest,
    widgets::{
        cells::Cells,
        heatmap::Heatmap,
        lab_frame::{LabFrame, LabState},
        outcome,
        pretrained::{About, Pretrained},
        signed_bars::{SignedBar, SignedBars, signed},
        token_radio::TokenRadio,
    },
};
use engine_core::{
    encoder::{Arithmetic, MOST_HEADER, Plan},
    job::JobError,
    jobs::encode::{Encode, FeedEncoder, OpenEncoder, Vectors},
};
use kit::{axis::grouped, packs::megabytes, t};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The sentences, one to a line.
    sentences: String,
    /// Whether the encoder computes in floats; in whole numbers otherwise.
    float: bool,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { sentences: t!("sentences.first").replace(" | ", "\n"), float: false }
    }
}

/// So many sentences fit on the map.
const MOST: usize = 12;

/// The sentences in a text, one to a line.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST).map(str::to_owned).collect()
}

/// How far the model is.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    Empty,
    Loading(u64, u64),
    Ready,
    Reading,
}

/// What was found about which sentences.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    sentences: Vec<String>,
    vectors: Vectors,
}

impl Found {
    /// The cosine of the angle between two of the vectors, which are of length one.
    fn cosine(&self, a: usize, b: usize) -> f32 {
        let row = |at: usize| &self.vectors.numbers[at * self.vectors.width..][..self.vectors.width];
        row(a).iter().zip(row(b)).map(|(x, y)| x * y).sum()
    }

    fn cells(&self) -> Cells {
        let count = self.sentences.len();
        let names: Vec<String> = (1..=count).map(|at| at.to_string()).collect();
        Cells {
            row_axis: t!("sentences.axis").into(),
            column_axis: t!("sentences.axis").into(),
            rows: names.clone(),
            columns: names,
            values: (0..count * count).map(|at| self.cosine(at / count, at % count)).collect(),
            causal: false,
            shares: false,
            two_sided: true,
        }
    }
}

/// Reads the encoder's file into the engine.
async fn load(
    file: &LargeFile,
    arithmetic: Arithmetic,
    at: impl Fn(u64, u64),
    wanted: impl Fn() -> bool,
) -> Result<Plan, String> {
    let size = file.size();
    let head = file.read(0, size.min(MOST_HEADER as u64 + 8)).await?;
    let job = OpenEncoder { size, head, config: None, vocabulary: None, arithmetic };
    let plan = engine::run(&job).await.map_err(|error| error.to_string())?;
    let all = plan.pieces.iter().map(|piece| piece.length as u64).sum();
    let mut done = 0;
    for (number, piece) in plan.pieces.iter().enumerate() {
        at(done, all);
        let bytes = file.read(piece.offset, piece.offset + piece.length as u64).await?;
        engine::run(&FeedEncoder { piece: number, bytes }).await.map_err(|error| error.to_string())?;
        done += piece.length as u64;
        if !wanted() {
            return Err(String::new());
        }
    }
    Ok(plan)
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let knobs = RwSignal::new(knobs);
    let stage = RwSignal::new(Stage::Empty);
    let trouble = RwSignal::new(None::<String>);
    let plan = RwSignal::new(None::<Plan>);
    let found = RwSignal::new(None::<Arc<Found>>);
    let chosen = RwSignal::new(0_usize);
    let file = StoredValue::new_local(None::<LargeFile>);
    let newest = Newest::new();

    let read = move || {
        let wanted = newest.wanted();
        let sentences = knobs.with_untracked(|knobs| lines(&knobs.sentences));
        trouble.set(None);
        stage.set(Stage::Reading);
        spawn_local(async move {
            let ended = engine::run(&Encode { texts: sentences.clone() }).await;
            if !wanted() {
                return;
            }
            match ended {
                Ok(vectors) => {
                    let it = Found { sentences, vectors };
                    tell(&it, knobs.with_untracked(|knobs| knobs.float));
                    chosen.update(|at| *at = (*at).min(it.sentences.len().saturating_sub(1)));
                    found.set(Some(Arc::new(it)));
                    stage.set(Stage::Ready);
                }
                Err(error) => {
                    // A worker that is gone took the model with it.
                    let gone = matches!(error, JobError::Device(_));
                    trouble.set(Some(error.to_string()));
                    stage.set(if gone { Stage::Empty } else { Stage::Ready });
                }
            }
        });
    };
    let close = move || {
        newest.give_up();
        stage.set(Stage::Empty);
        plan.set(None);
    };
    let open = move |from: LargeFile| {
        close();
        let wanted = newest.wanted();
        file.set_value(Some(from.clone()));
        trouble.set(None);
        stage.set(Stage::Loading(0, 0));
        let arithmetic = if knobs.with_untracked(|knobs| knobs.float) { Arithmetic::Float } else { Arithmetic::Whole };
        spawn_local(async move {
            let at = move |done, all| {
                if wanted() {
                    stage.set(Stage::Loading(done, all));
                }
            };
            let loaded = load(&from, arithmetic, at, wanted).await;
            if !wanted() {
                return;
            }
            match loaded {
                Ok(it) => {
                    plan.set(Some(it));
                    read();
                }
                Err(why) => {
                    trouble.set(Some(why));
                    stage.set(Stage::Empty);
                }
            }
        });
    };
    let set_float = move |event| {
        knobs.update(|knobs| knobs.float = event_target_checked(&event));
        // The same file, read into the other arithmetic.
        if let Some(file) = file.get_value().filter(|_| plan.with_untracked(Option::is_some)) {
            open(file);
        }
    };

    let state = Signal::derive(move || match (trouble.get(), stage.get()) {
        (Some(why), _) => LabState::Failed(why),
        (None, Stage::Loading(..) | Stage::Reading) => LabState::Running,
        (None, Stage::Ready) => LabState::Done,
        (None, Stage::Empty) => LabState::Idle,
    });
    let share = Signal::derive(move || {
        let (now, first) = (knobs.get(), Knobs::default());
        knobs::differing(&[
            ("sentences", now.sentences, first.sentences),
            ("float", now.float.to_string(), first.float.to_string()),
        ])
    });
    let idle = move || stage.with(|stage| *stage == Stage::Empty);
    let loading = move || match stage.get() {
        Stage::Loading(done, all) => Some((done, all)),
        _ => None,
    };
    let ready = move || stage.with(|stage| *stage == Stage::Ready);
    let about = About { pack: "minilm", name: "all-MiniLM-L6-v2", file: t!("sentences.file"), accept: ".safetensors" };
    let card = move || {
        let it = plan.get()?;
        let bytes: u64 = it.pieces.iter().map(|piece| piece.length as u64).sum();
        Some(t!(
            "sentences.card",
            parameters = grouped(&it.parameters.to_string()),
            layers = it.config.n_layers,
            width = it.config.d_model,
            size = megabytes(bytes as f64)
        ))
    };
    let facts = move || {
        let it = found.get()?;
        let (tokens, count) = (it.vectors.tokens.iter().sum::<usize>(), it.sentences.len());
        Some(t!("sentences.facts", count = count, tokens = tokens, ms = format!("{:.0}", it.vectors.ms)))
    };
    let cells = Signal::derive(move || Arc::new(found.get().map(|it| it.cells()).unwrap_or_default()));
    let numbered = |(at, sentence): (usize, &String)| format!("{} {sentence}", at + 1);
    let names = Signal::derive(move || {
        found.get().map(|it| it.sentences.iter().enumerate().map(numbered).collect()).unwrap_or_default()
    });
    let bars = Signal::derive(move || {
        let Some(it) = found.get() else { return Vec::new() };
        let one = chosen.get();
        let others = (0..it.sentences.len()).filter(|at| *at != one);
        let bar = |at: usize| SignedBar {
            key: (at + 1).to_string(),
            label: it.sentences[at].clone(),
            value: f64::from(it.cosine(one, at)),
            says: None,
        };
        let mut bars: Vec<SignedBar> = others.map(bar).collect();
        bars.sort_by(|a, b| b.value.total_cmp(&a.value));
        bars
    });
    let nearest = move || {
        let bars = bars.get();
        let first = bars.first()?;
        Some(t!("sentences.nearest", sentence = first.label, cosine = signed(first.value, 3)))
    };
    let write = move |event| knobs.update(|knobs| knobs.sentences = event_target_value(&event));
    view! {
        <LabFrame name="sentences" title=t!("sentences.title") state share>
            <div class="sentences">
                <Pretrained
                    about idle=idle loading=loading
                    open=UnsyncCallback::new(open) close=UnsyncCallback::new(move |()| close())
                />
                <p class="lab-note" data-output="card">{card}</p>
                <label class="sentences-field">
                    <span>{t!("sentences.field", most = MOST)}</span>
                    <textarea rows="6" maxlength="4000" data-field="sentences" prop:value=move || knobs.with(|knobs| knobs.sentences.clone()) on:input=write></textarea>
                </label>
                <div class="sentences-row">
                    <button type="button" class="primary" data-action="read" disabled=move || !ready() on:click=move |_| read()>{t!("sentences.read")}</button>
                    <label class="sentences-float">
                        <input type="checkbox" data-field="float" prop:checked=move || knobs.with(|knobs| knobs.float) on:change=set_float/>
                        <span>{t!("sentences.float")}</span>
                    </label>
                </div>
                <p class="lab-note" role="status" data-output="facts">{facts}</p>
                <div class="sentences-found" hidden=move || found.with(Option::is_none)>
                    <TokenRadio label=t!("sentences.choose") tokens=names chosen on_choose=move |at| chosen.set(at)/>
                    <p data-output="nearest">{nearest}</p>
                    <SignedBars label=t!("sentences.bars") bars/>
                    <Heatmap title=t!("sentences.map") cells/>
                </div>
            </div>
        </LabFrame>
    }
}

fn tell(it: &Found, float: bool) {
    let count = it.sentences.len();
    let cosines: Vec<f64> = (1..count).map(|at| f64::from(it.cosine(0, at))).collect();
    let values = [
        ("sentences", count.into()),
        ("tokens", it.vectors.tokens.iter().sum::<usize>().into()),
        ("width", it.vectors.width.into()),
        ("float", float.into()),
        ("first_to_second", cosines.first().copied().unwrap_or(1.0).into()),
        ("cosines", outcome::Value::List(cosines)),
    ];
    outcome::report("sentences", true, &values);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_are_no_sentences() {
        assert_eq!(lines(" a b \n\n\t\nc"), ["a b", "c"]);
        assert_eq!(lines(&"x\n".repeat(40)).len(), MOST);
    }

    #[test]
    fn a_vector_is_nearest_to_itself() {
        let vectors =
            Vectors { width: 2, numbers: vec![1.0, 0.0, 0.6, 0.8], tokens: vec![3, 3], left_off: vec![0, 0], ms: 1.0 };
        let it = Found { sentences: vec!["a".into(), "b".into()], vectors };
        assert_eq!((it.cosine(0, 0), it.cosine(0, 1), it.cells().values.len()), (1.0, 0.6, 4));
    }
}
