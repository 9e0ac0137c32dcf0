//! Tokenizers that are learned on the spot: see [`engine_core::jobs::tokenize`]. Published vocabularies have a program
//! of their own, `web/worker-words`.

use crate::run::Context;
use engine_core::{
    job::{Job, JobError},
    jobs::tokenize::{
        Candidate, CountTokens, Cut, LearnTokenizer, Learned, Lesson, MergeStep, Missed, PruneStep, TokenCounts,
        Tokenize, Tokenized, TokensCounted, Which,
    },
    subwords::{
        Token,
        own::{self, Own},
        unigram_learning::{Expected, Miss, UnigramTrainer, Used},
        wordpiece::{Pair, WordPiece, WordPieceTrainer, joined},
    },
    tokenizer::{BpeTrainer, Merge, visible},
};
use std::{cell::RefCell, rc::Rc};

/// Candidates that are shown for each merge, and pieces for each round.
const SHOWN: usize = 8;
/// Words that Unigram looks at between two checkpoints.
const WORDS: usize = 200;
/// Times that each round of Unigram estimates.
const PASSES: usize = 2;

/// A tokenizer at every step of its learning.
struct Known {
    which: Which,
    lesson: Lesson,
    learned: Learned,
    last: Own,
    /// For BPE nothing: its merges say it. For WordPiece how many pieces there were after each step.
    sizes: Vec<usize>,
    /// For Unigram the pieces of each round.
    rounds: Vec<Own>,
}

impl Known {
    fn at(&self, step: Option<usize>) -> Own {
        let Some(step) = step else { return self.last.clone() };
        match &self.last {
            Own::Bpe(bpe) => Own::Bpe(bpe.first(step)),
            Own::WordPiece(model) => {
                let size = self.sizes.get(step).copied().unwrap_or(usize::MAX);
                let pieces = model.pieces().iter().take(size).cloned().collect();
                Own::WordPiece(WordPiece::new(pieces))
            }
            Own::Unigram(_) => self.rounds.get(step).unwrap_or(&self.last).clone(),
        }
    }
}

thread_local! {
    /// What was learned last, one of each kind: the next question is nearly always about one of them.
    static KNOWN: RefCell<Vec<Rc<Known>>> = const { RefCell::new(Vec::new()) };
}

pub(crate) async fn learn(job: LearnTokenizer, cx: Context<LearnTokenizer>) -> Result<Learned, JobError> {
    let known = known(job.which, &job.lesson, &cx, |share| cx.update(&share)).await?;
    Ok(known.learned.clone())
}

pub(crate) async fn cut(job: Tokenize, cx: Context<Tokenize>) -> Result<Tokenized, JobError> {
    let (size, encode) = ready(&job, &cx).await?;
    Ok(Tokenized::Done(Cut::of(&job.texts, size, encode)))
}

pub(crate) async fn count(job: CountTokens, cx: Context<CountTokens>) -> Result<TokensCounted, JobError> {
    let (size, encode) = ready(&job.cut, &cx).await?;
    let text = job.cut.texts.concat();
    let tokens = encode(&text);
    cx.checkpoint().await?;
    Ok(TokensCounted::Done(TokenCounts::of(&text, &tokens, size)))
}

type Encode = Box<dyn Fn(&str) -> Vec<Token>>;

/// The tokenizer that a job asks for, and its size.
async fn ready<J: Job>(job: &Tokenize, cx: &Context<J>) -> Result<(Option<usize>, Encode), JobError> {
    job.validate().map_err(JobError::Invalid)?;
    Ok(match job.which {
        Which::Characters => (None, Box::new(own::characters)),
        Which::Bytes => (Some(256), Box::new(own::bytes)),
        which if which.is_learned() => {
            let own = known(which, &job.lesson, cx, |_| {}).await?.at(job.step);
            (Some(own.size()), Box::new(move |text| own.encode(text)))
        }
        _ => {
            return Err(JobError::Invalid(
                "This vocabulary belongs to the program of published ones. Reload the page.".into(),
            ));
        }
    })
}

async fn known<J: Job>(
    which: Which,
    lesson: &Lesson,
    cx: &Context<J>,
    tell: impl Fn(f64),
) -> Result<Rc<Known>, JobError> {
    lesson.validate().map_err(JobError::Invalid)?;
    let same = |known: &&Rc<Known>| known.which == which && known.lesson == *lesson;
    if let Some(known) = KNOWN.with_borrow(|all| all.iter().find(same).cloned()) {
        return Ok(known);
    }
    let known = Rc::new(match which {
        Which::Bpe => bpe(lesson, cx, tell).await?,
        Which::WordPiece => word_piece(lesson, cx, tell).await?,
        Which::Unigram => unigram(lesson, cx, tell).await?,
        _ => return Err(JobError::Invalid("Only BPE, WordPiece and Unigram are learned here.".into())),
    });
    KNOWN.with_borrow_mut(|all| {
        all.retain(|other| other.which != which);
        all.push(Rc::clone(&known));
    });
    Ok(known)
}

async fn bpe<J: Job>(lesson: &Lesson, cx: &Context<J>, tell: impl Fn(f64)) -> Result<Known, JobError> {
    let mut trainer = BpeTrainer::new(&lesson.text);
    let (words, distinct) = trainer.words().words();
    let first_tokens = trainer.words().tokens();
    let mut merges = Vec::new();
    for done in 0..lesson.size {
        cx.checkpoint().await?;
        let all = trainer.candidates();
        let Some(best) = all.first().cloned() else { break };
        let bpe = trainer.bpe();
        let shown = |id| visible(&bpe.spelled(id));
        let candidate = |merge: &Merge| Candidate {
            left: shown(merge.left),
            right: shown(merge.right),
            together: merge.count,
            score: merge.count as f64,
        };
        let candidates = all.iter().take(SHOWN).map(candidate).collect();
        let made = visible(&[bpe.spelled(best.left), bpe.spelled(best.right)].concat());
        trainer.merge(best.left, best.right);
        merges.push(MergeStep { candidates, pairs: all.len(), made, tokens: trainer.words().tokens() });
        tell((done + 1) as f64 / lesson.size as f64);
    }
    let last = Own::Bpe(trainer.bpe());
    let learned =
        Learned { words, distinct, first_size: 256, first_tokens, merges, rounds: vec![], pieces: last.pieces() };
    Ok(Known { which: Which::Bpe, lesson: lesson.clone(), learned, last, sizes: vec![], rounds: vec![] })
}

async fn word_piece<J: Job>(lesson: &Lesson, cx: &Context<J>, tell: impl Fn(f64)) -> Result<Known, JobError> {
    let mut trainer = WordPieceTrainer::new(&lesson.text);
    let (words, distinct) = trainer.words().words();
    let (first_tokens, first_size) = (trainer.words().tokens(), trainer.single());
    let (mut merges, mut sizes) = (Vec::new(), vec![first_size]);
    for done in 0..lesson.size {
        cx.checkpoint().await?;
        let all = trainer.candidates();
        let Some(best) = all.first().cloned() else { break };
        let candidate = |pair: &Pair| Candidate {
            left: trainer.piece(pair.left).to_owned(),
            right: trainer.piece(pair.right).to_owned(),
            together: pair.together,
            score: pair.score(),
        };
        let candidates = all.iter().take(SHOWN).map(candidate).collect();
        let made = joined(trainer.piece(best.left), trainer.piece(best.right));
        trainer.merge(&best);
        merges.push(MergeStep { candidates, pairs: all.len(), made, tokens: trainer.words().tokens() });
        sizes.push(trainer.word_piece().pieces().len());
        tell((done + 1) as f64 / lesson.size as f64);
    }
    let last = Own::WordPiece(trainer.word_piece());
    let learned = Learned { words, distinct, first_size, first_tokens, merges, rounds: vec![], pieces: last.pieces() };
    Ok(Known { which: Which::WordPiece, lesson: lesson.clone(), learned, last, sizes, rounds: vec![] })
}

async fn unigram<J: Job>(lesson: &Lesson, cx: &Context<J>, tell: impl Fn(f64)) -> Result<Known, JobError> {
    let mut trainer = UnigramTrainer::new(&lesson.text);
    let (words, distinct, first_size) = (trainer.total_words(), trainer.distinct_words(), trainer.size());
    let (mut rounds, mut models) = (Vec::new(), Vec::new());
    let stretches = || (0..distinct).step_by(WORDS).map(|start| start..distinct.min(start + WORDS));
    loop {
        let mut bits = Vec::new();
        for pass in 0..=PASSES {
            let (cutter, mut expected) = (trainer.cutter(), Expected::default());
            for words in stretches() {
                trainer.expect(&cutter, words, &mut expected);
                cx.checkpoint().await?;
            }
            bits.push(trainer.bits(&expected));
            if pass < PASSES {
                trainer.maximize(&expected);
            }
        }
        let (cutter, mut used) = (trainer.cutter(), Used::default());
        for words in stretches() {
            trainer.cut(&cutter, words, &mut used);
            cx.checkpoint().await?;
        }
        let misses = trainer.misses(&cutter, &used);
        let (pieces, staying) = (trainer.size(), trainer.staying(lesson.size));
        let (kept, dropped) = misses.split_at(staying.min(misses.len()));
        let shown = |all: &[Miss]| all.iter().take(SHOWN).map(Missed::from).collect();
        let (dearest, falling) = (shown(kept), shown(dropped));
        rounds.push(PruneStep { pieces, bits, tokens: used.tokens, dearest, dropped: falling, drops: dropped.len() });
        models.push(Own::Unigram(trainer.unigram()));
        tell(lesson.size as f64 / pieces.max(lesson.size) as f64);
        if dropped.is_empty() {
            break;
        }
        trainer.drop_pieces(dropped);
    }
    let last = Own::Unigram(trainer.unigram());
    let first_tokens = rounds.first().map_or(0, |round| round.tokens);
    let learned = Learned { words, distinct, first_size, first_tokens, merges: vec![], rounds, pieces: last.pieces() };
    Ok(Known { which: Which::Unigram, lesson: lesson.clone(), learned, last, sizes: vec![], rounds: models })
}
