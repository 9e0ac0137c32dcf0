//! The lessons on tokenizers: their listings agree with what the lab runs, and their numbers are right. Those about
//! published vocabularies are checked in `engine/words/tests/lesson.rs`.

mod listing;

use engine_core::{
    subwords::{
        own::Own,
        samples::FIRST_TEXT,
        statistics::slope,
        unigram_learning::{Expected, UnigramTrainer, Used},
        wordpiece::{WordPieceTrainer, joined, longest_first},
    },
    tokenizer::{BpeTrainer, pairs::Words},
};
use std::{collections::HashMap, fs};

fn has(lesson: &str, piece: &str) {
    let text = fs::read_to_string(listing::file(&format!("{lesson}/lesson.md"))).unwrap();
    assert!(text.contains(piece), "{lesson} lacks {piece:?}");
}

const FOUR: [(&str, usize); 4] = [("low", 5), ("lower", 2), ("newest", 6), ("widest", 3)];

fn ids(word: &str) -> Vec<u32> {
    word.bytes().map(u32::from).collect()
}

#[test]
fn the_worked_merges_are_what_the_engine_counts() {
    let mut words = Words::new(FOUR.iter().map(|(word, n)| (ids(word), *n)).collect());
    let pair = |words: &Words, a: u32, b: char| words.pairs().get(&(a, u32::from(b))).copied().unwrap_or(0);
    assert_eq!((words.tokens(), pair(&words, u32::from('e'), 's'), pair(&words, u32::from('s'), 't')), (79, 9, 9));
    words.merge(u32::from('e'), u32::from('s'), 256);
    assert_eq!((words.tokens(), pair(&words, 256, 't'), pair(&words, u32::from('s'), 't')), (70, 9, 0));
    assert_eq!(pair(&words, u32::from('l'), 'o'), 7);
    has("tokenization-bpe", "79 − 9 = 70");
}

#[test]
fn the_listings_of_a_step_agree_with_the_engine() {
    let text = FOUR.iter().flat_map(|(word, n)| std::iter::repeat_n(format!("{word}\n"), *n)).collect::<String>();
    let mut trainer = BpeTrainer::new(&text);
    let expected: Vec<f64> = (0..3)
        .flat_map(|_| {
            let merge = trainer.step().unwrap();
            [f64::from(merge.left), f64::from(merge.right), merge.count as f64]
        })
        .collect();
    let lists: Vec<String> = FOUR.iter().map(|(word, n)| format!("[{:?}, {n}]", ids(word))).collect();
    let lines = format!(
        "words = [{}]\nfor new in (256, 257, 258):\n    (left, right), count = step(words, new)\n    show(left), show(right), show(count)",
        lists.join(", ")
    );
    listing::agree("step.py", listing::python("tokenization-bpe/step.py", &lines), &expected);
    let lists: Vec<String> = FOUR
        .iter()
        .map(|(word, _)| {
            format!(
                "new System.Collections.Generic.List<int> {{ {} }}",
                format!("{:?}", ids(word)).trim_matches(['[', ']'])
            )
        })
        .collect();
    let lines = format!(
        "var words = new[] {{ {} }};\nforeach (int id in new[] {{ 256, 257, 258 }})\n{{\nvar made = Bpe.Step(words, new[] {{ 5, 2, 6, 3 }}, id).Value;\n\
         Print(made.Left, made.Right, made.Count);\n}}",
        lists.join(", ")
    );
    listing::agree("step.cs", listing::csharp("tokenization-bpe/step.cs", &lines), &expected);
}

#[test]
fn bpe_on_the_first_text_is_as_the_lesson_says() {
    let mut trainer = BpeTrainer::new(FIRST_TEXT);
    assert_eq!((trainer.words().words().0, FIRST_TEXT.len()), (113, 489));
    has("tokenization-bpe", "113 words and signs in 489 bytes");
    let counts: Vec<usize> = (0..3).map(|_| trainer.step().unwrap().count).collect();
    assert_eq!(counts, [19, 18, 17]);
    let spelled = |trainer: &BpeTrainer, id| String::from_utf8(trainer.bpe().spelled(id)).unwrap();
    assert_eq!([257, 258].map(|id| spelled(&trainer, id)), ["the", " the"]);
    let mut steps = 3;
    let pieces = |trainer: &BpeTrainer, text: &str| {
        let tokens = Own::Bpe(trainer.bpe()).encode(text);
        tokens.iter().map(|token| text[token.start..token.end].to_owned()).collect::<Vec<_>>()
    };
    while trainer.step().is_some() {
        steps += 1;
        if steps == 40 {
            assert_eq!(pieces(&trainer, "the newest song").len(), 7);
        }
        if steps == 60 {
            assert_eq!(pieces(&trainer, "the newest song"), ["the", " newest", " song"]);
        }
    }
    assert_eq!(steps, 63);
    has("tokenization-bpe", "after 63 merges");
    assert_eq!(pieces(&trainer, "sitting"), ["s", "it", "t", "ing"]);
    assert_eq!(pieces(&trainer, " sitting").len(), 1);
}

#[test]
fn word_piece_on_the_first_text_is_as_the_lesson_says() {
    let trainer = WordPieceTrainer::new(FIRST_TEXT);
    let candidates = trainer.candidates();
    let name = |at: usize| (trainer.piece(candidates[at].left), trainer.piece(candidates[at].right));
    assert_eq!((name(0), name(3)), (("r", "##u"), ("t", "##h")));
    let first = &candidates[0];
    assert_eq!((first.together, first.left_count, first.right_count), (6, 11, 6));
    has("wordpiece-sentencepiece", &format!("$6 / (11 \\cdot 6) = {:.3}$", first.score()));
    let most = candidates.iter().max_by_key(|pair| pair.together).unwrap();
    assert_eq!((joined(trainer.piece(most.left), trainer.piece(most.right)), most.together), ("##he".into(), 19));
    let th = &candidates[3];
    assert_eq!((th.together, th.left_count, th.right_count), (18, 18, 20));
}

#[test]
fn the_listings_of_the_longest_match_agree_with_the_engine() {
    let list = ["[UNK]", "un", "##aff", "##able", "##affa", "##ble"];
    let map: HashMap<&str, u32> = list.into_iter().zip(0..).collect();
    let found = longest_first("unaffable", &map).unwrap();
    let expected: Vec<f64> =
        found.iter().flat_map(|(id, start, end)| [f64::from(*id), *start as f64, *end as f64]).collect();
    assert_eq!(longest_first("unafraid", &map), None);
    let lines = format!(
        "ids = {{piece: id for id, piece in enumerate({list:?})}}\nfor id, start, end in longest_first('unaffable', ids):\n    \
         show(id), show(start), show(end)\nassert longest_first('unafraid', ids) is None"
    );
    listing::agree("longest.py", listing::python("wordpiece-sentencepiece/longest.py", &lines), &expected);
    let entries: Vec<String> = list.iter().enumerate().map(|(id, piece)| format!("[\"{piece}\"] = {id}")).collect();
    let lines = format!(
        "var ids = new System.Collections.Generic.Dictionary<string, int> {{ {} }};\n\
         foreach (var piece in WordPiece.LongestFirst(\"unaffable\", ids)) Print(piece.Id, piece.Start, piece.End);",
        entries.join(", ")
    );
    listing::agree("longest.cs", listing::csharp("wordpiece-sentencepiece/longest.cs", &lines), &expected);
}

/// Rounds of Unigram as the engine runs them: pieces, bits of each pass, tokens, and the dearest piece with its bits.
fn rounds(size: usize) -> Vec<(usize, Vec<f64>, usize, String, f64)> {
    let mut trainer = UnigramTrainer::new(FIRST_TEXT);
    let mut all = Vec::new();
    loop {
        let mut bits = Vec::new();
        for pass in 0..3 {
            let (cutter, mut expected) = (trainer.cutter(), Expected::default());
            trainer.expect(&cutter, 0..trainer.distinct_words(), &mut expected);
            bits.push(trainer.bits(&expected));
            if pass < 2 {
                trainer.maximize(&expected);
            }
        }
        let (cutter, mut used) = (trainer.cutter(), Used::default());
        trainer.cut(&cutter, 0..trainer.distinct_words(), &mut used);
        let misses = trainer.misses(&cutter, &used);
        all.push((trainer.size(), bits, used.tokens, misses[0].piece.clone(), misses[0].bits));
        let staying = trainer.staying(size);
        if staying == misses.len() {
            return all;
        }
        trainer.drop_pieces(&misses[staying..]);
    }
}

#[test]
fn unigram_on_the_first_text_is_as_the_lesson_says() {
    let sixty = rounds(60);
    let (pieces, bits, tokens, ..) = &sixty[0];
    assert_eq!((*pieces, *tokens), (271, 124));
    has("wordpiece-sentencepiece", &format!("costs {:.3} bits, then {:.3}, then {:.3}", bits[0], bits[1], bits[2]));
    let (pieces, _, tokens, dearest, bits) = sixty.last().unwrap();
    assert_eq!((*pieces, *tokens, dearest.as_str()), (60, 138, "▁the"));
    has("wordpiece-sentencepiece", &format!("would cost {bits:.0} bits more"));
    assert!(sixty.iter().any(|round| round.0 == 81 && round.2 == 124), "down to 81 pieces nothing is lost");
    let solved = rounds(68);
    let (pieces, _, tokens, ..) = solved.last().unwrap();
    assert!(*pieces == 68 && *tokens <= 130, "{pieces}, {tokens}");
    let cut = 0.1 * 0.2 * 0.05;
    has("wordpiece-sentencepiece", &format!("0.1 · 0.2 · 0.05 = {:.3} |", cut));
    has("wordpiece-sentencepiece", &format!("= {:.9} |", 0.1 * 0.05f64.powi(4)));
}

#[test]
fn the_listings_of_the_slope_agree_with_the_engine() {
    let counts: Vec<usize> = (1..=60).map(|rank| 10_000 / (rank + 2)).collect();
    let expected = [slope(&counts, 5, 50).unwrap()];
    let lines = format!("show(slope({counts:?}, 5, 50))");
    listing::agree("slope.py", listing::python("token-distribution/slope.py", &lines), &expected);
    let list = format!("{counts:?}");
    let lines = format!("Print(Zipf.Slope(new[] {{ {} }}, 5, 50));", list.trim_matches(['[', ']']));
    listing::agree("slope.cs", listing::csharp("token-distribution/slope.cs", &lines), &expected);
}
