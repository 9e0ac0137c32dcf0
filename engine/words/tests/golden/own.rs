//! Our own three ways to cut, learned anew: the test compares them, and the example writes them down for `make.py`.

use engine_core::{
    subwords::{
        samples,
        unigram::Unigram,
        unigram_learning::{Expected, UnigramTrainer, Used},
        wordpiece::{WordPiece, WordPieceTrainer},
    },
    tokenizer::{Bpe, BpeTrainer},
};
use std::{fs, path::PathBuf};

/// A file of this package.
pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Our own three, learned from the lab's first text and some lines of a novel.
pub fn own() -> (Bpe, WordPiece, Unigram) {
    let novel = fs::read_to_string(file("../../public/data/emma.txt")).unwrap();
    let text = format!("{}{}", samples::FIRST_TEXT, novel.chars().take(20_000).collect::<String>());
    let mut bpe = BpeTrainer::new(&text);
    let mut word_piece = WordPieceTrainer::new(&text);
    for _ in 0..300 {
        bpe.step().unwrap();
        let best = word_piece.candidates()[0].clone();
        word_piece.merge(&best);
    }
    let mut unigram = UnigramTrainer::new(&text);
    loop {
        let (cutter, mut expected, mut used) = (unigram.cutter(), Expected::default(), Used::default());
        unigram.expect(&cutter, 0..unigram.distinct_words(), &mut expected);
        unigram.maximize(&expected);
        unigram.cut(&cutter, 0..unigram.distinct_words(), &mut used);
        let misses = unigram.misses(&unigram.cutter(), &used);
        let staying = unigram.staying(400);
        if staying == misses.len() {
            return (bpe.bpe(), word_piece.word_piece(), unigram.unigram());
        }
        unigram.drop_pieces(&misses[staying..]);
    }
}

/// Them as JSON, for `make.py`.
pub fn written() -> String {
    let (bpe, word_piece, unigram) = own();
    let models = serde_json::json!({
        "merges": bpe.merges(), "word_piece": word_piece.pieces(), "unigram": unigram.pieces(),
    });
    serde_json::to_string(&models).unwrap() + "\n"
}
