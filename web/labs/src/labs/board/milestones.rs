//! What a run has reached: once-only sentences, the loss in words, and the verdict with its remedy.

use super::{record::Record, settings::Settings};
use engine_core::{
    jobs::train::Stopped,
    loss_words::{self, Level},
};
use kit::t;

/// Something that happens once in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Milestone {
    /// The loss fell below guessing every token equally often.
    Uniform,
    /// Below knowing how common each token is.
    Unigram,
    /// Below a trigram model.
    Trigram,
    /// Half of all answers are wholly right.
    Half,
    /// 95 of 100 are.
    Most,
    /// 99 of 100 are.
    NearlyAll,
    /// A head's induction score passed one half.
    Induction,
}

impl Milestone {
    /// For tests, and to mark the place.
    pub fn key(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Unigram => "unigram",
            Self::Trigram => "trigram",
            Self::Half => "half",
            Self::Most => "most",
            Self::NearlyAll => "nearly-all",
            Self::Induction => "induction",
        }
    }

    /// One sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Uniform => t!("board.past_uniform"),
            Self::Unigram => t!("board.past_unigram"),
            Self::Trigram => t!("board.past_trigram"),
            Self::Half => t!("board.past_half"),
            Self::Most => t!("board.past_most"),
            Self::NearlyAll => t!("board.past_nearly_all"),
            Self::Induction => t!("board.past_induction"),
        }
    }
}

/// What a run has reached so far, with the step it was first seen at.
pub fn milestones(run: &Record) -> Vec<(u32, Milestone)> {
    let opened = &run.opened;
    let below = |limit: f32| run.looks.iter().find(|kept| kept.look.loss < limit).map(|kept| kept.look.step);
    let exact = |share: f32| run.looks.iter().find(|kept| kept.look.exact >= Some(share)).map(|kept| kept.look.step);
    let mut all = vec![(below(opened.uniform_loss), Milestone::Uniform)];
    if let Some(counted) = opened.counted {
        all.extend([(below(counted.unigram), Milestone::Unigram), (below(counted.trigram), Milestone::Trigram)]);
    }
    all.extend([(exact(0.5), Milestone::Half), (exact(0.95), Milestone::Most), (exact(0.99), Milestone::NearlyAll)]);
    all.push((run.formed().map(|formed| formed.0), Milestone::Induction));
    let mut reached: Vec<_> = all.into_iter().filter_map(|(step, milestone)| Some((step?, milestone))).collect();
    reached.sort_by_key(|(step, _)| *step);
    reached
}

/// Where a look stands, in words.
pub fn in_words(run: &Record, step: Option<f64>) -> &'static str {
    let Some(kept) = run.at(step) else { return "" };
    let (look, opened) = (&kept.look, &run.opened);
    match (look.exact, opened.counted) {
        (Some(exact), _) if exact >= 0.99 => t!("board.words_learned"),
        (Some(exact), _) if exact >= 0.5 => t!("board.words_mostly"),
        (Some(exact), _) if exact > 0.02 => t!("board.words_some"),
        (Some(_), _) if look.loss < 0.9 * opened.uniform_loss => t!("board.words_tokens"),
        (None, Some(counted)) => match loss_words::level(look.loss, opened.vocabulary.len(), counted.unigram) {
            Level::WorseThanUniform => t!("board.words_guessing"),
            Level::LearningFrequencies => t!("board.words_frequencies"),
            Level::Pairs => t!("board.words_pairs"),
            Level::Fragments => t!("board.words_fragments"),
            Level::Words | Level::Memorising => t!("board.words_words"),
        },
        _ => t!("board.words_guessing"),
    }
}

/// How a run ended, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The loss ran away: a third of the rate.
    Diverged,
    /// Learned: on to another task, or for a text a wider model.
    Learned,
    /// Right in training, wrong elsewhere: more decay.
    ByHeart,
    /// Getting better to the end: twice the steps.
    Unfinished,
    /// Nothing moved any more: a wider model.
    Stuck,
}

impl Verdict {
    /// For tests.
    pub fn key(self) -> &'static str {
        match self {
            Self::Diverged => "diverged",
            Self::Learned => "learned",
            Self::ByHeart => "by-heart",
            Self::Unfinished => "unfinished",
            Self::Stuck => "stuck",
        }
    }

    /// What happened, why, and what the button does.
    pub fn words(self, is_task: bool) -> [&'static str; 3] {
        match self {
            Self::Diverged => [t!("board.diverged"), t!("board.diverged_why"), t!("board.diverged_do")],
            Self::Learned if is_task => [t!("board.learned"), t!("board.learned_why"), t!("board.learned_do")],
            Self::Learned => [t!("board.beaten"), t!("board.beaten_why"), t!("board.stuck_do")],
            Self::ByHeart => [t!("board.by_heart"), t!("board.by_heart_why"), t!("board.by_heart_do")],
            Self::Unfinished => [t!("board.unfinished"), t!("board.unfinished_why"), t!("board.unfinished_do")],
            Self::Stuck => [t!("board.stuck"), t!("board.stuck_why"), t!("board.stuck_do")],
        }
    }

    /// The settings of the remedy.
    pub fn remedy(self, settings: &Settings) -> Settings {
        let mut next = settings.clone();
        match self {
            Self::Diverged => next.training.learning_rate /= 3.0,
            Self::Learned if settings.is_task() => {
                let keys = engine_core::tasks::TASKS.iter().map(|task| task.key).cycle();
                let after = keys.skip_while(|key| *key != settings.source).nth(1);
                next = Settings::of_task(after.unwrap_or("reverse"));
                next.training.seed = settings.training.seed;
            }
            Self::ByHeart => next.training.weight_decay = (3.0 * settings.training.weight_decay).clamp(0.3, 10.0),
            Self::Unfinished => next = next.with_steps(settings.training.steps.saturating_mul(2).min(20_000)),
            Self::Learned | Self::Stuck => {
                next.shape.d_model = (2 * settings.shape.d_model).min(256);
                // A wider model takes smaller steps.
                next.training.learning_rate /= 2.0;
            }
        }
        next
    }
}

/// The verdict on a run that has ended.
pub fn verdict(run: &Record) -> Option<Verdict> {
    if matches!(run.stopped?, Stopped::Diverged { .. }) {
        return Some(Verdict::Diverged);
    }
    let (last, train) = (run.last()?, run.recent_loss()?);
    let beaten = run.opened.counted.is_some_and(|counted| last.loss < counted.trigram);
    if last.exact >= Some(0.99) || beaten {
        return Some(Verdict::Learned);
    }
    // Half the uniform loss apart is more than chance does.
    if last.loss - train > 0.25 * run.opened.uniform_loss {
        return Some(Verdict::ByHeart);
    }
    let earlier = run.at(Some(0.75 * f64::from(last.step)))?;
    Some(if last.loss < 0.97 * earlier.look.loss { Verdict::Unfinished } else { Verdict::Stuck })
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{look, steps};
    use super::*;
    use engine_core::jobs::board::BoardOpened;
    use std::sync::Arc;

    fn ended(losses: [f32; 3], train: f32, exact: f32, stopped: Stopped) -> Record {
        let mut run = Record::new(1, Settings::of_task("reverse"));
        run.opened = Arc::new(BoardOpened { uniform_loss: 2.4, n_layers: 1, n_heads: 1, ..BoardOpened::default() });
        for (at, loss) in losses.into_iter().enumerate() {
            run.take(steps(50 * (at as u32 + 1), 50, train));
            run.take(look(50 * (at as u32 + 1), loss, exact, vec![0.2 * at as f32 + 0.2]));
        }
        run.stopped = Some(stopped);
        run
    }

    #[test]
    fn every_end_has_a_verdict_and_a_remedy_that_changes_something() {
        let finished = Stopped::Finished;
        let of = |losses, train, exact, stopped| verdict(&ended(losses, train, exact, stopped));
        assert_eq!(of([2.0, 1.0, 0.1], 0.1, 0.995, finished), Some(Verdict::Learned));
        assert_eq!(of([2.0, 2.0, 2.0], 0.1, 0.2, finished), Some(Verdict::ByHeart));
        assert_eq!(of([2.0, 1.5, 1.2], 1.2, 0.2, finished), Some(Verdict::Unfinished));
        assert_eq!(of([2.0, 2.0, 2.0], 2.0, 0.0, finished), Some(Verdict::Stuck));
        let diverged = Stopped::Diverged { since: 151, loss: f32::NAN };
        assert_eq!(of([2.0, 1.0, 0.1], 0.1, 0.995, diverged), Some(Verdict::Diverged));
        let settings = Settings::of_task("reverse");
        for verdict in [Verdict::Diverged, Verdict::Learned, Verdict::ByHeart, Verdict::Unfinished, Verdict::Stuck] {
            assert!(!verdict.remedy(&settings).changes(&settings).is_empty(), "{verdict:?}");
            assert!(verdict.words(true).iter().all(|words| !words.is_empty()));
        }
        let mut paused = ended([2.0, 2.0, 2.0], 2.0, 0.0, finished);
        paused.stopped = None;
        assert_eq!(verdict(&paused), None);
    }

    #[test]
    fn milestones_come_once_and_in_order() {
        let mut run = ended([2.0, 1.0, 0.5], 0.5, 0.6, Stopped::Finished);
        assert_eq!(milestones(&run), [(50, Milestone::Uniform), (50, Milestone::Half), (150, Milestone::Induction)]);
        assert!(!in_words(&run, None).is_empty());
        run.looks.clear();
        assert!(milestones(&run).is_empty());
    }
}
