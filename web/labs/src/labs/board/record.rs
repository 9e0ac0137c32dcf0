//! A run as the page keeps it: its settings, every loss, every look, and the checkpoints that fit into memory.

use super::settings::Settings;
use engine_core::jobs::{
    board::{BoardOpened, BoardUpdate, Look},
    train::Stopped,
};
use std::sync::Arc;

/// At most so many runs are kept; the oldest makes room.
pub const MOST_RUNS: usize = 5;
/// Checkpoints of all runs together, in bytes.
pub const MOST_BYTES: usize = 48_000_000;
/// An induction head is said to be there from this score on.
pub const FORMED: f32 = 0.5;

/// One look with its checkpoint, if that is still kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// What was measured; its file is empty.
    pub look: Arc<Look>,
    /// The state to go on from.
    pub file: Option<Arc<Vec<u8>>>,
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Runs are numbered from 1 and never renumbered.
    pub number: usize,
    /// What it was asked for.
    pub settings: Settings,
    /// The run and step it was forked from.
    pub forked: Option<(usize, u32)>,
    /// What the engine opened.
    pub opened: Arc<BoardOpened>,
    /// The loss of each step done, from the first.
    pub losses: Vec<f32>,
    /// Looks, steps rising.
    pub looks: Vec<Kept>,
    /// How its last stretch ended; none while it runs and after a pause.
    pub stopped: Option<Stopped>,
    /// Milliseconds of one step, lately.
    pub ms: f64,
}

impl Record {
    /// A run that has not begun.
    pub fn new(number: usize, settings: Settings) -> Self {
        let (opened, losses, looks) = (Arc::default(), Vec::new(), Vec::new());
        Self { number, settings, forked: None, opened, losses, looks, stopped: None, ms: 0.0 }
    }

    /// Another run that shares everything up to `step`.
    pub fn fork(&self, number: usize, settings: Settings, step: u32) -> Self {
        let mut forked = self.clone();
        (forked.number, forked.settings, forked.forked) = (number, settings, Some((self.number, step)));
        forked.rewind(step);
        forked
    }

    /// Forgets what came after `step`.
    pub fn rewind(&mut self, step: u32) {
        self.losses.truncate(step as usize);
        self.looks.retain(|kept| kept.look.step <= step);
        self.stopped = None;
    }

    /// Takes in what the engine says.
    pub fn take(&mut self, update: BoardUpdate) {
        match update {
            BoardUpdate::Opened(opened) => self.opened = Arc::new(opened),
            BoardUpdate::Steps(steps) => {
                // A stretch that was lost with its worker may be told again.
                self.losses.truncate((steps.step as usize).saturating_sub(steps.losses.len()));
                self.losses.extend(steps.losses);
                self.ms = if self.ms == 0.0 { steps.ms } else { 0.8 * self.ms + 0.2 * steps.ms };
            }
            BoardUpdate::Look(mut look) => {
                let file = Some(Arc::new(std::mem::take(&mut look.file)));
                self.looks.retain(|kept| kept.look.step < look.step);
                if let Some(earlier) = self.last() {
                    look.map.turn_towards(&earlier.map);
                }
                self.looks.push(Kept { look: Arc::new(look), file });
            }
        }
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.losses.len() as u32
    }

    /// The newest look.
    pub fn last(&self) -> Option<&Arc<Look>> {
        self.looks.last().map(|kept| &kept.look)
    }

    /// The look nearest to a step; the newest without one.
    pub fn at(&self, step: Option<f64>) -> Option<&Kept> {
        let Some(step) = step else { return self.looks.last() };
        let away = |kept: &&Kept| (f64::from(kept.look.step) - step).abs();
        self.looks.iter().min_by(|a, b| away(a).total_cmp(&away(b)))
    }

    /// The newest state that can be gone on from, at `step` or before.
    pub fn state_at(&self, step: u32) -> Option<(u32, Arc<Vec<u8>>)> {
        let before = self.looks.iter().rev().filter(|kept| kept.look.step <= step);
        before.filter_map(|kept| Some((kept.look.step, kept.file.clone()?))).next()
    }

    /// The training loss evened out over the last steps.
    pub fn recent_loss(&self) -> Option<f32> {
        let last = &self.losses[self.losses.len().saturating_sub(20)..];
        (!last.is_empty()).then(|| last.iter().sum::<f32>() / last.len() as f32)
    }

    /// The head with the highest induction score in a look: block, head, score.
    pub fn best_head(&self, look: &Look) -> Option<(usize, usize, f32)> {
        let best = look.induction.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        let heads = self.opened.n_heads.max(1);
        Some((best.0 / heads, best.0 % heads, *best.1))
    }

    /// The first look at which a head's induction score was above [`FORMED`]: step, block, head.
    pub fn formed(&self) -> Option<(u32, usize, usize)> {
        self.looks.iter().find_map(|kept| {
            let (block, head, score) = self.best_head(&kept.look)?;
            (score > FORMED).then_some((kept.look.step, block, head))
        })
    }

    /// Whether the run has a schedule left.
    pub fn can_go_on(&self) -> bool {
        self.step() < self.settings.training.steps && !matches!(self.stopped, Some(Stopped::Diverged { .. }))
    }

    fn bytes(&self) -> usize {
        self.looks.iter().filter_map(|kept| kept.file.as_ref()).map(|file| file.len()).sum()
    }

    /// Drops the checkpoint whose neighbours are nearest to each other; never the first or last. False if none is left.
    fn thin(&mut self) -> bool {
        let kept: Vec<usize> = (0..self.looks.len()).filter(|at| self.looks[*at].file.is_some()).collect();
        let gap = |three: &&[usize]| self.looks[three[2]].look.step - self.looks[three[0]].look.step;
        let Some(middle) = kept.windows(3).min_by_key(gap).map(|three| three[1]) else { return false };
        self.looks[middle].file = None;
        true
    }
}

/// Drops checkpoints, of the oldest runs first, until at most `most` bytes are kept.
pub fn bound(runs: &mut [Record], most: usize) {
    let mut total: usize = runs.iter().map(Record::bytes).sum();
    for run in runs {
        while total > most && run.thin() {
            // The sizes of one run's checkpoints differ little, but what counts is what is there.
            total -= total.min(run.looks.iter().find_map(|kept| kept.file.as_ref()).map_or(0, |file| file.len()));
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use engine_core::jobs::board::Steps;

    /// A look with these values.
    pub fn look(step: u32, loss: f32, exact: f32, induction: Vec<f32>) -> BoardUpdate {
        BoardUpdate::Look(Look {
            step,
            loss,
            exact: Some(exact),
            right: exact,
            induction,
            file: vec![0; 10],
            ..Look::default()
        })
    }

    /// Some steps of this loss.
    pub fn steps(upto: u32, count: usize, loss: f32) -> BoardUpdate {
        BoardUpdate::Steps(Steps { step: upto, losses: vec![loss; count], ms: 2.0 })
    }

    fn run() -> Record {
        let mut run = Record::new(1, Settings::of_task("reverse"));
        run.opened = Arc::new(BoardOpened { n_layers: 2, n_heads: 2, ..BoardOpened::default() });
        for at in 0..6 {
            if at > 0 {
                run.take(steps(at * 10, 10, 1.0));
            }
            run.take(look(at * 10, 1.0, 0.1, vec![0.1, 0.2, 0.1, 0.1 * at as f32 + 0.15]));
        }
        run
    }

    #[test]
    fn going_back_forgets_and_a_fork_keeps_both() {
        let mut first = run();
        assert_eq!((first.step(), first.looks.len()), (50, 6));
        let other = Settings::of_task("copy");
        let fork = first.fork(2, other.clone(), 20);
        assert_eq!((fork.step(), fork.looks.len(), fork.forked), (20, 3, Some((1, 20))));
        assert_eq!(fork.settings, other);
        first.rewind(30);
        assert_eq!((first.step(), first.last().map(|look| look.step)), (30, Some(30)));
        // A worker that was lost tells the same steps again.
        first.take(steps(30, 5, 0.5));
        assert_eq!((first.step(), first.losses[29]), (30, 0.5));
    }

    #[test]
    fn the_scrubber_finds_the_nearest_look() {
        let run = run();
        let step = |at| run.at(at).map(|kept| kept.look.step);
        assert_eq!(
            [step(None), step(Some(0.0)), step(Some(14.0)), step(Some(16.0)), step(Some(900.0))],
            [50, 0, 10, 20, 50].map(Some)
        );
        assert_eq!(run.state_at(25).map(|state| state.0), Some(20));
    }

    #[test]
    fn the_marker_stands_where_the_first_head_forms() {
        assert_eq!(run().formed(), Some((40, 1, 1)));
        assert_eq!(Record::new(1, Settings::of_task("copy")).formed(), None);
    }

    #[test]
    fn memory_is_bounded_and_ends_stay() {
        let mut runs = [run(), run()];
        bound(&mut runs, 75);
        assert_eq!(runs.iter().map(Record::bytes).sum::<usize>(), 70);
        let files = |run: &Record| run.looks.iter().map(|kept| kept.file.is_some()).collect::<Vec<_>>();
        let first = files(&runs[0]);
        assert!(first[0] && first[5] && files(&runs[1]).iter().filter(|kept| **kept).count() > 2);
        bound(&mut runs, 0);
        assert_eq!(runs.iter().map(Record::bytes).sum::<usize>(), 40, "first and last of each run");
        assert_eq!(runs[0].state_at(49).map(|state| state.0), Some(0));
    }
}
