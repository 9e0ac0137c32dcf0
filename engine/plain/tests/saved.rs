//! Saving, opening and running a model through the registry, as a worker does.

use engine_core::{
    config::GptConfig,
    edge::plan::plan,
    export::{Format, Numbers},
    job::{Job, JobError},
    jobs::{
        edge::{EdgeReport, RunAtEdge},
        export::{MakeProject, OpenSaved, SaveAs},
    },
    model_file::ModelFile,
    wire,
};
use engine_plain::{registry, run::Host};
use std::{
    cell::Cell,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

const MODEL: &[u8] = include_bytes!("../../core/tests/export/chars.safetensors");
const OTHER: &[u8] = include_bytes!("../../core/tests/export/bytes.safetensors");
const TEXT: &str = "a cafe had";

/// Runs a job to its end; the clock goes on by a millisecond with each look.
fn run<J: Job>(job: &J) -> Result<J::Output, JobError> {
    let clock = Rc::new(Cell::new(0.0));
    let host = Host {
        device: (),
        sessions: Default::default(),
        send_update: Rc::new(|_| {}),
        yield_now: Rc::new(|| Box::pin(std::future::ready(()))),
        now: Rc::new(move || {
            clock.set(clock.get() + 1.0);
            clock.get()
        }),
        cancelled: Rc::default(),
    };
    let mut future = pin!(registry().run(J::NAME, &wire::encode(job), host));
    let Poll::Ready(ended) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nothing to wait for");
    };
    ended.map(|body| wire::decode::<J::Output>(&body).unwrap())
}

fn refused<T: std::fmt::Debug>(ended: Result<T, JobError>) -> String {
    match ended {
        Err(JobError::Invalid(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_saved_opens_with_the_same_logits() {
    for format in Format::ALL {
        let saved = run(&SaveAs { file: MODEL.to_vec(), format, numbers: Numbers::F32 }).unwrap();
        let open = |original: &[u8]| {
            run(&OpenSaved { saved: saved.bytes.clone(), original: original.to_vec(), text: TEXT.into() }).unwrap()
        };
        let opened = open(MODEL);
        let compared = opened.compared.unwrap();
        assert_eq!((opened.format, opened.tokenizer.as_str()), (format, "11 characters"));
        assert_eq!((compared.tokens, compared.largest, compared.same), (10, 0.0, 10), "{format:?}");
        assert!(compared.reach > 1.0);
        assert_eq!(open(OTHER).compared, None, "another model is not compared");
    }
    let half = run(&SaveAs { file: MODEL.to_vec(), format: Format::Onnx, numbers: Numbers::F16 }).unwrap().bytes;
    let job = OpenSaved { saved: half, original: MODEL.to_vec(), text: TEXT.into() };
    assert!(run(&job).unwrap().compared.unwrap().largest > 0.0);
    let why = refused(run(&OpenSaved { text: "xyz!".into(), ..job.clone() }));
    assert!(why.contains("knows no character"), "{why}");
    assert!(refused(run(&OpenSaved { saved: b"PK\x03\x04".to_vec(), ..job })).contains("begins as none"));
    assert!(refused(run(&SaveAs { file: Vec::new(), format: Format::Onnx, numbers: Numbers::F32 })).ends_with('.'));
}

#[test]
fn a_project_holds_the_learners_own_prompt() {
    let project = run(&MakeProject { file: MODEL.to_vec(), text: TEXT.into() }).unwrap();
    assert_eq!((project.cases[0].prompt.as_str(), project.cases[0].ids.len()), (TEXT, 10));
    assert!(project.cases.len() > 1 && project.zip.starts_with(b"PK\x03\x04"));
    assert!(refused(run(&MakeProject { file: MODEL.to_vec(), text: String::new() })).contains("no text"));
}

fn job() -> RunAtEdge {
    let (memory, work) = (u64::from(u32::MAX), u64::from(u32::MAX));
    RunAtEdge { file: MODEL.to_vec(), prompt: TEXT.into(), context: 12, memory, work, tokens: 20 }
}

#[test]
fn a_run_keeps_to_its_budgets() {
    let EdgeReport { plan: needs, read, token_ms, work, spent, text, .. } = run(&job()).unwrap();
    assert_eq!((read, token_ms.len(), spent, text.chars().count()), (10, 20, false, 20));
    assert!(work[0] > work[1] && token_ms.iter().all(|ms| *ms > 0.0));
    let ModelFile { config, .. } = ModelFile::read(MODEL).unwrap();
    assert_eq!(needs, plan(&config, 32, 12));
    // To the byte and to the operation.
    assert!(run(&RunAtEdge { memory: needs.all(), work: work[0], ..job() }).is_ok_and(|report| !report.spent));
    let why = refused(run(&RunAtEdge { memory: needs.all() - 1, ..job() }));
    assert!(why.contains(&needs.all().to_string()) && why.contains("shorter context"), "{why}");
    let short = run(&RunAtEdge { work: work[0] - 1, ..job() }).unwrap();
    assert_eq!((short.token_ms.len(), short.spent), (19, true));
    assert!(refused(run(&RunAtEdge { work: 10, ..job() })).contains("prompt alone"));
    assert!(refused(run(&RunAtEdge { prompt: "xyz".into(), ..job() })).contains("knows no character"));
}

#[test]
fn a_short_context_writes_what_a_model_of_that_context_would() {
    // The same weights with a table of positions that is cut: another file, and no context to shorten.
    let mut model = ModelFile::read(MODEL).unwrap();
    model.config = GptConfig { context: 5, ..model.config };
    model.weights.get_mut("pos_emb").unwrap().truncate(5 * model.config.d_model);
    let cut = model.write(engine_core::tensor_file::Precision::F32);
    let short = run(&RunAtEdge { context: 5, ..job() }).unwrap();
    let own = run(&RunAtEdge { file: cut, ..job() }).unwrap();
    assert_eq!((&short.text, short.work, short.plan, short.read), (&own.text, own.work, own.plan, 4));
    assert_ne!(short.text, run(&job()).unwrap().text, "a longer memory writes something else");
}
