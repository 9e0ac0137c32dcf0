//! Looking into heads: every number can be computed again, heads are named by what they do, long texts come in groups.

use engine::gpt;
use engine_core::{
    config::GptConfig,
    head_scores::Kind,
    jobs::{
        ModelSource,
        inspect::{Inspect, Inspection, ScoreHeads},
    },
    model_file::ModelFile,
    tensor_file::Precision,
    tokenizer::{Chars, Tokenizer},
};
use std::{fs, path::Path};
use tests::Engine;

fn shipped(name: &str) -> ModelSource {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../public/models/{name}.safetensors"));
    ModelSource::File(fs::read(file).unwrap())
}

fn look(model: ModelSource, text: &str, layer: usize, head: usize) -> Inspection {
    Engine::default().run(&Inspect { model, text: text.into(), layer, head }).unwrap().0
}

#[test]
fn what_the_block_adds_is_made_of_what_all_its_heads_took() {
    let seen = look(shipped("tiny"), "Alice was beginning to get very tired", 1, 2);
    let (tokens, d_head, d_model) = (seen.tokens.len(), seen.d_head, seen.n_heads * seen.d_head);
    assert_eq!((seen.layer, seen.head, seen.group), (1, 2, 1));
    let close = |ours: f64, theirs: f32| assert!((ours - f64::from(theirs)).abs() < 1e-4, "{ours} is not {theirs}");
    for from in 0..tokens {
        for column in 0..d_model {
            let (head, d) = (column / d_head, column % d_head);
            let weights = &seen.all_weights[((seen.layer * seen.n_heads + head) * tokens + from) * tokens..][..tokens];
            let values = &seen.values[head * tokens * d_head..];
            let mixed = (0..tokens).map(|to| f64::from(weights[to]) * f64::from(values[to * d_head + d])).sum();
            close(mixed, seen.mixed[from * d_model + column]);
            let row = &seen.mixed[from * d_model..][..d_model];
            let added: f64 =
                (0..d_model).map(|i| f64::from(row[i]) * f64::from(seen.projection[i * d_model + column])).sum();
            close(added + f64::from(seen.projection_bias[column]), seen.projected[from * d_model + column]);
        }
    }
}

#[test]
fn every_head_of_a_shipped_model_is_scored() {
    let found = Engine::default().run(&ScoreHeads { model: shipped("tiny") }).unwrap().0;
    assert_eq!((found.rows, found.tokens, found.scores.len()), (8, 24, 16));
    for scores in &found.scores {
        let all = [scores.previous, scores.first, scores.own, scores.duplicate, scores.induction, scores.spread];
        assert!(all.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");
        assert!(scores.previous + scores.own + scores.duplicate <= 1.0 + 1e-5, "three different tokens: {scores:?}");
    }
    // The lesson on drawing attention says: hardly any head earns a name, and several are diffuse.
    let count = |wanted: fn(Kind) -> bool| found.scores.iter().filter(|scores| wanted(scores.kind().0)).count();
    assert!(count(|kind| kind == Kind::Diffuse) >= 3);
    assert!(count(|kind| !matches!(kind, Kind::Diffuse | Kind::Other)) <= 1);
}

#[test]
fn a_long_text_comes_in_groups_whose_rows_add_up_to_one() {
    let text: String = "ab".chars().cycle().take(300).collect();
    let tokenizer = Tokenizer::Chars(Chars::from_text(&text));
    let config = GptConfig {
        vocab_size: tokenizer.vocab_size(),
        n_layers: 2,
        n_heads: 2,
        d_model: 8,
        context: 320,
        tied_head: true,
    };
    let weights = gpt::init(&config, 1);
    let file = ModelFile { config, tokenizer, weights, training: None }.write(Precision::F32);
    let seen = look(ModelSource::File(file.clone()), &text, 1, 1);
    assert_eq!((seen.group, seen.tokens.len(), seen.left_off), (3, 100, 0));
    assert_eq!((seen.tokens[0].as_str(), seen.next.len()), ("a … a", 100));
    assert!(seen.queries.is_empty() && seen.projected.is_empty());
    assert_eq!(seen.all_weights.len(), 4 * 100 * 100);
    for row in seen.all_weights.chunks_exact(100) {
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{row:?}");
    }
    let short = look(ModelSource::File(file), &text[..128], 0, 0);
    assert_eq!((short.group, short.tokens.len(), short.queries.len()), (1, 128, 128 * 4));
}
