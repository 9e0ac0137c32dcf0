//! The learner's progress in this browser: one log in memory, two copies on disk, the other tabs told at once.
//!
//! Every part of the desk writes with `record` and reads `standing`.

mod copies;
mod follow;
mod notice;
mod tabs;

pub use copies::Unkept;
use gloo::{events::EventListener, timers::future::TimeoutFuture};
use kit::{store, wire};
use learn::progress::{Kind, Log, Now, Plan, Standing, from_version_1, lost, recover};
use leptos::{prelude::*, task::spawn_local};
pub use notice::words as unsaved_words;
use std::{cell::RefCell, sync::Arc};

/// Events within this time are one write.
const GATHER_MS: u32 = 300;

/// What the desk holds in memory.
#[derive(Default)]
struct State {
    log: Log,
    device: u32,
    loaded: bool,
    /// What was recorded before the copies were read.
    waiting: Vec<(Now, Kind)>,
    /// There is something to write.
    dirty: bool,
    /// A write is under way or about to be.
    writing: bool,
}

/// How safely the progress is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// The copies were read.
    pub loaded: bool,
    /// Why nothing can be kept, where neither copy could be written.
    pub problem: Option<Unkept>,
    /// Events that were lost with damaged copies.
    pub lost: usize,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
    static STANDING: ArcRwSignal<Arc<Standing>> = ArcRwSignal::default();
    static HEALTH: ArcRwSignal<Health> = ArcRwSignal::default();
}

/// The present, by this browser's clock.
pub fn now() -> Now {
    let date = js_sys::Date::new_0();
    Now { ms: date.get_time() as u64, offset_min: -date.get_timezone_offset() as i16 }
}

/// Writes down what the learner did.
pub fn record(kind: Kind) {
    let now = now();
    let event = STATE.with_borrow_mut(|state| {
        if state.loaded {
            let event = state.log.record(state.device, now, kind);
            Some((state.log.epoch, event))
        } else {
            state.waiting.push((now, kind));
            None
        }
    });
    if let Some((epoch, event)) = event {
        let mut news = Log::default();
        news.epoch = epoch;
        news.insert(event.clone());
        tabs::tell(&news);
        changed();
        follow::after(&event);
    }
}

/// Where the learner stands.
pub fn standing() -> Signal<Arc<Standing>> {
    STANDING.with(ArcRwSignal::clone).into()
}

/// Where the learner stands at this moment, for what does not follow changes.
pub fn standing_now() -> Arc<Standing> {
    STANDING.with(ArcRwSignal::get_untracked)
}

/// A lesson's article is shown.
pub fn opened(lesson: &str) {
    follow::opened(lesson);
}

/// How safely it is kept.
pub fn health() -> Signal<Health> {
    HEALTH.with(ArcRwSignal::clone).into()
}

/// Looks at the log.
pub fn with_log<T>(look: impl FnOnce(&Log) -> T) -> T {
    STATE.with_borrow(|state| look(&state.log))
}

/// Reads the copies and begins to listen. Called once, when the desk starts.
pub fn start() {
    tabs::listen(heard);
    notice::install();
    follow::install();
    // The page may go at any time after this; the mirror is written before it does.
    for name in ["pagehide", "visibilitychange", wire::KEEP] {
        EventListener::new(&window(), name, |_| write_mirror_now()).forget();
    }
    spawn_local(async {
        let device = copies::device().await;
        load(Some(device)).await;
    });
}

/// Reads both copies and puts them in place of what is in memory, where they are of a later epoch.
async fn load(device: Option<u32>) {
    let reads = copies::read_changed().await;
    let found = recover(&reads);
    let old = copies::version_1().await;
    let lost = lost(&reads, &found);
    let (again, differs) = STATE.with_borrow_mut(|state| {
        let before = (state.log.epoch, state.log.len());
        state.log.merge(&found);
        state.log.take_in(&from_version_1(old.iter().map(|(slug, score)| (slug.as_str(), score.as_str()))));
        state.device = device.unwrap_or(state.device);
        state.loaded = true;
        state.log.compact();
        (std::mem::take(&mut state.waiting), before != (state.log.epoch, state.log.len()))
    });
    HEALTH.with(|health| health.update(|health| (health.loaded, health.lost) = (true, lost)));
    // An emptied log is a change too: another tab has erased it.
    if differs || !with_log(Log::is_empty) || reads.iter().any(|read| !read.is_whole()) {
        changed();
    }
    for (at, kind) in again {
        let event = STATE.with_borrow_mut(|state| state.log.record(state.device, at, kind));
        changed();
        follow::after(&event);
    }
}

/// Another tab's events.
fn heard(news: Log) {
    let (mine, new) = STATE.with_borrow_mut(|state| {
        let before = state.log.len();
        if news.epoch == state.log.epoch && state.loaded {
            state.log.take_in(&news);
        }
        (state.log.epoch, state.log.len() > before)
    });
    if news.epoch > mine {
        // Something was taken out there: what is kept now counts.
        spawn_local(load(None));
    } else if new {
        changed();
    }
}

/// The log has changed: tells everybody, and has it written.
fn changed() {
    let standing = STATE.with_borrow_mut(|state| {
        state.dirty = true;
        Arc::new(Standing::of(&state.log))
    });
    STANDING.with(|known| known.set(standing));
    wire::tell(wire::PROGRESS, "{}");
    if !STATE.with_borrow_mut(|state| std::mem::replace(&mut state.writing, true)) {
        spawn_local(async {
            TimeoutFuture::new(GATHER_MS).await;
            write().await;
        });
    }
}

/// Writes both copies until there is nothing left to write.
async fn write() {
    while STATE.with_borrow_mut(|state| std::mem::take(&mut state.dirty)) {
        // Another tab may have written since.
        for read in copies::read_changed().await {
            let more = STATE.with_borrow_mut(|state| {
                let before = (state.log.epoch, state.log.len());
                state.log.merge(&read.log);
                before != (state.log.epoch, state.log.len())
            });
            if more {
                let standing = with_log(|log| Arc::new(Standing::of(log)));
                STANDING.with(|known| known.set(standing));
            }
        }
        if copies::hold(&with_log(Log::write)) {
            continue;
        }
        let text = STATE.with_borrow_mut(|state| {
            state.log.seq = state.log.seq.saturating_add(1);
            state.log.write()
        });
        let mirror = copies::write_mirror(&text);
        let database = copies::write_database(&text).await;
        // One copy is enough to lose nothing; the other is mended when it can be written again.
        let problem = match (mirror, database) {
            (Err(_), Err(why)) => Some(why),
            _ => None,
        };
        HEALTH.with(|health| {
            if health.with_untracked(|health| health.problem != problem) {
                health.update(|health| health.problem = problem);
            }
        });
    }
    STATE.with_borrow_mut(|state| state.writing = false);
}

fn write_mirror_now() {
    // Where this very program has stopped, the log may be held by what stopped.
    let text = STATE.with(|state| {
        let state = state.try_borrow().ok()?;
        (state.loaded && state.writing).then(|| state.log.write())
    });
    if let Some(text) = text {
        // What was under way goes on: the database's copy is written as soon as there is time.
        let _ = copies::write_mirror(&text);
    }
}

/// Takes in the events of a planned import.
pub async fn import(plan: &Plan) {
    let news = STATE.with_borrow_mut(|state| {
        plan.apply(&mut state.log);
        let mut news = plan.new.clone();
        news.epoch = state.log.epoch;
        news
    });
    copies::keep_imported(Some(&plan.new)).await;
    tabs::tell(&news);
    changed();
}

/// What the last import added, where that can still be undone.
pub async fn imported() -> Option<Log> {
    copies::imported().await
}

/// Takes the last import out again.
pub async fn undo_import(added: &Log) {
    STATE.with_borrow_mut(|state| state.log.take_out(added));
    copies::keep_imported(None).await;
    new_epoch().await;
}

/// Forgets everything, and answers what was forgotten.
pub async fn erase() -> Log {
    let before = with_log(Log::clone);
    STATE.with_borrow_mut(|state| state.log.erase());
    copies::forget_rest().await;
    new_epoch().await;
    before
}

/// Takes events in again that were erased.
pub fn restore(events: &Log) {
    STATE.with_borrow_mut(|state| state.log.take_in(events));
    changed();
    tabs::tell(&with_log(Log::clone));
}

/// Something was taken out: the copies first, then the other tabs, which read them again.
async fn new_epoch() {
    changed();
    while STATE.with_borrow(|state| state.writing) {
        TimeoutFuture::new(GATHER_MS / 3).await;
    }
    let mut news = Log::default();
    news.epoch = with_log(|log| log.epoch);
    tabs::tell(&news);
}

/// Hands the learner the whole log as a file.
pub fn export() {
    let day = String::from(js_sys::Date::new_0().to_iso_string());
    let name = format!("{}-{}.txt", kit::t!("progress.file"), day.get(..10).unwrap_or_default());
    kit::download::save_text(&name, "text/plain", &with_log(Log::write));
}

/// Asks the browser not to evict what is kept here.
async fn ask_to_persist() {
    store::ask_to_persist().await;
}
