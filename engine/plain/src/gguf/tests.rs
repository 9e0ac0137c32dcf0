//! Opening, feeding and speaking as the page does it, with a tiny model.

use crate::{
    registry,
    run::{Host, LocalFuture, Sessions},
};
use engine_core::{
    job::{Home, Job, JobError},
    jobs::gguf::{CloseGguf, FeedGguf, GgufHead, OpenGguf, OpenedGguf, SpeakGguf, Speaking, Speech, SpeechEnd, Spoken},
    sampling::Sampling,
    tokenizer::chat::{Message, Role},
    wire,
};
use std::{cell::Cell, cell::RefCell, rc::Rc};

const TINY: &[u8] = include_bytes!("../../../core/tests/llama/tiny.gguf");

/// An engine with its sessions, whose clock counts what it was asked.
struct Engine {
    sessions: Sessions,
    /// Checkpoints after which a run is no longer wanted.
    patience: Cell<usize>,
    clock: Rc<Cell<f64>>,
}

impl Engine {
    fn new() -> Self {
        Self { sessions: Sessions::default(), patience: Cell::new(usize::MAX), clock: Rc::default() }
    }

    /// Runs a job; its updates and what came of it.
    fn run<J: Job>(&self, job: &J) -> (Vec<J::Update>, Result<J::Output, JobError>) {
        assert_eq!(J::HOME, Home::Plain);
        let updates = Rc::new(RefCell::new(Vec::new()));
        let (cancelled, left) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(self.patience.get())));
        let (clock, kept, flag) = (self.clock.clone(), updates.clone(), cancelled.clone());
        let host = Host {
            device: (),
            sessions: self.sessions.clone(),
            send_update: Rc::new(move |bytes| kept.borrow_mut().push(wire::decode::<J::Update>(&bytes).unwrap())),
            yield_now: Rc::new(move || -> LocalFuture<()> {
                left.set(left.get().saturating_sub(1));
                flag.set(left.get() == 0);
                Box::pin(std::future::ready(()))
            }),
            now: Rc::new(move || {
                // Every look at the clock is a long piece of work, so that each may be a checkpoint.
                clock.set(clock.get() + 20.0);
                clock.get()
            }),
            cancelled,
        };
        let output = pollster::block_on(registry().run(J::NAME, &wire::encode(job), host));
        let updates = updates.take();
        (updates, output.map(|bytes| wire::decode(&bytes).unwrap()))
    }

    fn ask<J: Job>(&self, job: &J) -> J::Output {
        self.run(job).1.unwrap_or_else(|error| panic!("{error}"))
    }

    fn refuse<J: Job>(&self, job: &J) -> String {
        match self.run(job).1 {
            Err(JobError::Invalid(sentence)) => sentence,
            other => panic!("a sentence was expected, and the job ended well or otherwise: {:?}", other.err()),
        }
    }

    /// Opens the tiny model as the page does: a small piece of its beginning first.
    fn open(&self, context: usize) -> Box<OpenedGguf> {
        let mut length = 100;
        for _ in 0..20 {
            match self.ask(&OpenGguf { size: TINY.len() as u64, head: TINY[..length].to_vec(), context }) {
                GgufHead::More(bytes) => length = bytes as usize,
                GgufHead::Opened(opened) => return opened,
            }
        }
        panic!("the header never ends")
    }

    fn load(&self, context: usize) -> u64 {
        let opened = self.open(context);
        let count = opened.pieces.len();
        for piece in 0..count {
            assert_eq!(self.ask(&feed(&opened, piece)), piece + 1 == count);
        }
        opened.session
    }
}

fn feed(opened: &OpenedGguf, piece: usize) -> FeedGguf {
    let at = opened.pieces[piece];
    FeedGguf { session: opened.session, piece, bytes: TINY[at.offset as usize..][..at.length].to_vec() }
}

fn speak(session: u64, text: &str, tokens: u32) -> SpeakGguf {
    let sampling = Sampling { temperature: 0.0, ..Sampling::PLAIN };
    SpeakGguf { session, input: Speech::Text(text.into()), sampling, tokens, best: 3 }
}

const TEXT: &str = "It is a truth universally acknowledged";

#[test]
fn a_file_is_opened_fed_and_speaks() {
    let engine = Engine::new();
    let opened = engine.open(50);
    assert_eq!((opened.context, opened.tokenizer, opened.kinds.len(), opened.no_chat.as_ref()), (50, 300, 6, None));
    assert!(opened.weight_bytes > 0 && opened.cache_bytes == 2 * 2 * 2 * 8 * 50 * 4);
    let session = engine.load(50);
    let (updates, spoken) = engine.run(&speak(session, TEXT, 6));
    let Spoken { text, ids, end, prompt_tokens, reused, prefill_ms, tokens_per_s } = spoken.unwrap();
    assert_eq!((ids.len(), end, reused), (6, SpeechEnd::Length, 0));
    assert!(prompt_tokens > 6 && prefill_ms > 0.0 && tokens_per_s > 0.0);
    let said: Vec<_> = updates
        .iter()
        .filter_map(|update| match update {
            Speaking::Said(said) => Some(said),
            Speaking::Read { done, of } => {
                assert!(done < of && *of == prompt_tokens);
                None
            }
        })
        .collect();
    assert_eq!(said.iter().map(|said| said.id).collect::<Vec<_>>(), ids);
    assert!(text.starts_with(&said[5].text) && said.windows(2).all(|two| two[1].text.starts_with(&two[0].text)));
    for said in &said {
        // Greedy: the draw is certain, and takes what the model holds likeliest.
        assert!(said.probability == 1.0 && said.chances.len() == 3 && said.chances[0].token == said.token);
        assert!(said.chances.windows(2).all(|two| two[0].probability >= two[1].probability));
    }
    // The same seed draws the same, another seed something else.
    let drawn = |seed| {
        let sampling = Sampling { temperature: 3.0, seed, top_k: 50, ..Sampling::PLAIN };
        engine.ask(&SpeakGguf { sampling, ..speak(session, TEXT, 12) }).ids
    };
    assert!(drawn(1) == drawn(1) && drawn(1) != drawn(2));
}

#[test]
fn what_was_read_is_not_read_again_and_changes_nothing() {
    let engine = Engine::new();
    let session = engine.load(60);
    let first = engine.ask(&speak(session, TEXT, 8));
    let again = engine.ask(&speak(session, TEXT, 8));
    assert_eq!((again.reused, &again.ids), (first.prompt_tokens - 1, &first.ids));
    let longer = format!("{TEXT}, that");
    let reused = engine.ask(&speak(session, &longer, 8));
    assert!(reused.reused > 5 && reused.reused < reused.prompt_tokens);
    let fresh = Engine::new();
    let alone = fresh.ask(&speak(fresh.load(60), &longer, 8));
    assert_eq!((alone.reused, alone.ids), (0, reused.ids));

    let turn = |role, content: &str| Message { role, content: content.into() };
    let mut turns = vec![turn(Role::System, "a"), turn(Role::User, "Hi")];
    let chat = |turns: &[Message]| SpeakGguf { input: Speech::Chat(turns.to_vec()), ..speak(session, "", 2) };
    let answer = engine.ask(&chat(&turns));
    assert_eq!(answer.reused, 0);
    turns.extend([turn(Role::Assistant, "No"), turn(Role::User, "!")]);
    assert!(engine.ask(&chat(&turns)).reused >= answer.prompt_tokens - 1);
}

#[test]
fn a_cancelled_run_gives_the_model_back() {
    let engine = Engine::new();
    let session = engine.load(60);
    let whole = engine.ask(&speak(session, TEXT, 8));
    for patience in [1, 2, 3, 5, 8] {
        engine.patience.set(patience);
        assert_eq!(engine.run(&speak(session, "Another text altogether", 20)).1.unwrap_err(), JobError::Cancelled);
        engine.patience.set(usize::MAX);
        assert_eq!(engine.ask(&speak(session, TEXT, 8)).ids, whole.ids);
    }
}

#[test]
fn a_full_memory_ends_the_speech() {
    let engine = Engine::new();
    let session = engine.load(40);
    let spoken = engine.ask(&speak(session, TEXT, 400));
    // The last token is said and not read.
    assert_eq!((spoken.end, spoken.prompt_tokens + spoken.ids.len()), (SpeechEnd::Full, 41));
}

#[test]
fn whatever_cannot_be_is_said_in_a_sentence() {
    let engine = Engine::new();
    let none = engine.refuse(&speak(1, TEXT, 5));
    assert!(none.contains("Open it again"), "{none}");
    let size = TINY.len() as u64;
    assert!(
        engine.refuse(&OpenGguf { size, head: b"PK\x03\x04 and more".to_vec(), context: 9 }).contains("zip archive")
    );
    assert!(engine.refuse(&OpenGguf { size, head: TINY.to_vec(), context: 0 }).contains("at least one"));

    let opened = engine.open(30);
    assert_eq!(engine.refuse(&speak(opened.session, TEXT, 5)), "The model is not loaded yet.");
    assert!(engine.refuse(&feed(&opened, 1)).starts_with("Piece 1 came when piece 0"));
    let mut short = feed(&opened, 0);
    short.bytes.pop();
    assert!(engine.refuse(&short).contains("ended within the tensor"));

    let session = engine.load(30);
    assert!(engine.refuse(&speak(session - 1, TEXT, 5)).contains("Open it again"), "an older opening");
    assert!(engine.refuse(&feed(&OpenedGguf { session, ..*opened }, 0)).contains("loaded already"));
    assert!(engine.refuse(&speak(session, "", 5)).starts_with("There is nothing to go on with"));
    assert!(engine.refuse(&speak(session, TEXT, 0)).starts_with("0 tokens were asked for"));
    assert!(engine.refuse(&speak(session, &TEXT.repeat(9), 5)).contains("and the model remembers 30. Shorten it."));
    let long = Speech::Chat(vec![Message { role: Role::User, content: TEXT.repeat(9) }]);
    assert!(engine.refuse(&SpeakGguf { input: long, ..speak(session, "", 5) }).contains("Begin a new chat"));
    let empty = SpeakGguf { input: Speech::Chat(Vec::new()), ..speak(session, "", 5) };
    assert!(engine.refuse(&empty).starts_with("There is nothing"));
    let hot = Sampling { temperature: f32::NAN, ..Sampling::PLAIN };
    assert!(engine.refuse(&SpeakGguf { sampling: hot, ..speak(session, TEXT, 5) }).starts_with("temperature is NaN"));

    engine.ask(&CloseGguf { session });
    assert!(engine.refuse(&speak(session, TEXT, 5)).contains("Open it again"));
    engine.ask(&CloseGguf { session });
}
