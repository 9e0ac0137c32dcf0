use super::{
    change::{Change, edited, exchange, hooks},
    lens::{lens, settled},
    model::Model,
    pass::{Hook, Part, Pass, Trace},
    shares::{shares, written},
};
use crate::{
    config::GptConfig,
    model_file::ModelFile,
    reference::gpt::{self, Weights},
    rng::{Rng, Stream},
};
use std::rc::Rc;

const CONFIG: GptConfig =
    GptConfig { vocab_size: 13, n_layers: 3, n_heads: 2, d_model: 8, context: 12, tied_head: false };
const IDS: [u32; 6] = [3, 1, 4, 1, 5, 9];

fn weights(config: &GptConfig) -> Weights {
    let mut rng = Rng::new(7, Stream::Init);
    let tensors = config.tensors().into_iter();
    tensors.map(|(name, [r, c])| (name, (0..r * c).map(|_| rng.uniform() as f32 * 2.0 - 1.0).collect())).collect()
}

fn read(model: &Model<'_>, hooks: &[Hook]) -> Trace {
    Pass::begin(model, &IDS, hooks).finish()
}

fn after(weights: &Weights, changes: &[Change]) -> Vec<Vec<f64>> {
    changes.iter().for_each(|change| change.validate(&CONFIG).unwrap());
    let edited = edited(weights, changes, &CONFIG);
    let mut model = Model::new(CONFIG, edited.as_ref().unwrap_or(weights)).unwrap();
    exchange(&mut model, changes);
    let other = |text: &str| {
        let ids: Vec<u32> = text.bytes().map(|b| u32::from(b - b'a')).collect();
        Ok::<_, String>(Rc::new(Pass::begin(&model, &ids, &[]).finish()))
    };
    let hooks = hooks(changes, other).unwrap();
    read(&model, &hooks).logits(&model)
}

fn farthest(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    assert_eq!((a.len(), a[0].len()), (b.len(), b[0].len()));
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn zero(part: Part) -> Change {
    Change::Scale { part, at: None, factor: 0.0 }
}

fn every_part() -> Vec<Part> {
    let of = |layer| {
        [Part::Head { layer, head: 0 }, Part::Head { layer, head: 1 }, Part::Mlp { layer }, Part::Layer { layer }]
    };
    (0..3).flat_map(of).chain((0..6).map(|position| Part::Position { position })).collect()
}

/// The shipped model with a real sentence.
fn tiny() -> (ModelFile, Vec<u32>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../public/models/tiny.safetensors");
    let file = ModelFile::read(&std::fs::read(path).unwrap()).unwrap();
    let ids = file.tokenizer.encode("Alice was beginning to get very tired of sitting by her sister").ids;
    (file, ids)
}

#[test]
fn the_last_row_of_the_lens_is_the_models_own_prediction() {
    for tied_head in [false, true] {
        let config = GptConfig { tied_head, ..CONFIG };
        let weights = weights(&config);
        let model = Model::new(config, &weights).unwrap();
        let expected = gpt::forward(&config, &weights, &IDS);
        assert!(farthest(&read(&model, &[]).logits(&model), &expected) < 1e-10);
    }
    let (file, ids) = tiny();
    let model = Model::new(file.config, &file.weights).unwrap();
    let trace = Pass::begin(&model, &ids, &[]).finish();
    let expected = gpt::forward(&file.config, &file.weights, &ids);
    assert!(farthest(&trace.logits(&model), &expected) < 1e-5);
    let seen = lens(&model, &trace, &ids);
    assert_eq!(seen.len(), 5);
    for (said, logits) in seen[4].iter().zip(&expected) {
        let best = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(logits[said.top as usize], best);
    }
    let tops: Vec<u32> = seen.iter().map(|row| row[3].top).collect();
    assert!(settled(&tops) <= 4);
    assert_eq!((seen[4].last().unwrap().truth_rank, settled(&[5, 5])), (None, 0));
}

#[test]
fn everything_written_adds_up_to_the_stream() {
    let (file, ids) = tiny();
    let model = Model::new(file.config, &file.weights).unwrap();
    let trace = Pass::begin(&model, &ids, &[]).finish();
    for position in 0..ids.len() {
        let all = written(&trace, position);
        // Two embeddings, and in each of four blocks four heads, a bias and an MLP.
        assert_eq!(all.len(), 2 + 4 * 6);
        for (i, x) in trace.last()[position].iter().enumerate() {
            let sum: f64 = all.iter().map(|(_, wrote)| wrote[i]).sum();
            assert!((sum - x).abs() < 1e-4 * x.abs().max(1.0), "{sum} {x}");
        }
    }
}

#[test]
fn shares_add_up_to_the_logit() {
    let weights = weights(&CONFIG);
    let model = Model::new(CONFIG, &weights).unwrap();
    let trace = read(&model, &[]);
    let logits = trace.logits(&model);
    for (position, row) in logits.iter().enumerate() {
        for (id, logit) in row.iter().enumerate() {
            let shared = shares(&model, &trace, position, id as u32);
            assert!((shared.total - logit).abs() < 1e-9, "{} {logit}", shared.total);
        }
    }
}

#[test]
fn a_factor_of_one_changes_no_bit() {
    let weights = weights(&CONFIG);
    let as_it_is = after(&weights, &[]);
    for part in every_part() {
        assert_eq!(after(&weights, &[Change::Scale { part, at: None, factor: 1.0 }]), as_it_is, "{part:?}");
    }
}

#[test]
fn a_part_that_is_zeroed_is_one_whose_weights_are_zero() {
    let weights = weights(&CONFIG);
    let by_hand = |wipe: &dyn Fn(&mut Weights)| {
        let mut edited = weights.clone();
        wipe(&mut edited);
        gpt::forward(&CONFIG, &edited, &IDS)
    };
    let set = |w: &mut Weights, name: &str, rows: std::ops::Range<usize>| w.get_mut(name).unwrap()[rows].fill(0.0);
    let head = by_hand(&|w| set(w, "blocks.1.attn.proj.weight", 4 * 8..8 * 8));
    assert!(farthest(&after(&weights, &[zero(Part::Head { layer: 1, head: 1 })]), &head) < 1e-12);
    let mlp = |w: &mut Weights| {
        set(w, "blocks.2.mlp.down.weight", 0..32 * 8);
        set(w, "blocks.2.mlp.down.bias", 0..8);
    };
    assert!(farthest(&after(&weights, &[zero(Part::Mlp { layer: 2 })]), &by_hand(&mlp)) < 1e-12);
    let layer = by_hand(&|w| {
        mlp(w);
        set(w, "blocks.2.attn.proj.weight", 0..64);
        set(w, "blocks.2.attn.proj.bias", 0..8);
    });
    assert!(farthest(&after(&weights, &[zero(Part::Layer { layer: 2 })]), &layer) < 1e-12);
}

#[test]
fn one_weight_edited_here_is_one_weight_edited_in_the_file() {
    let weights = weights(&CONFIG);
    let change = Change::Weight { tensor: "blocks.0.mlp.up.weight".into(), row: 2, column: 5, value: 1.5 };
    let mut by_hand = weights.clone();
    by_hand.get_mut("blocks.0.mlp.up.weight").unwrap()[2 * 32 + 5] = 1.5;
    assert!(farthest(&after(&weights, &[change]), &gpt::forward(&CONFIG, &by_hand, &IDS)) < 1e-10);
}

#[test]
fn a_patch_from_the_same_text_changes_nothing_and_from_another_something() {
    let weights = weights(&CONFIG);
    let as_it_is = after(&weights, &[]);
    for part in every_part() {
        let patch = |from: &str| after(&weights, &[Change::Patch { part, at: None, from: from.into() }]);
        assert_eq!(patch("dbebfj"), as_it_is, "{part:?}: a is 0, so this is the same text");
        assert!(farthest(&patch("jfbebd"), &as_it_is) > 1e-6, "{part:?}");
    }
    // Everything that enters the first block comes from the other text: then the other text is read.
    let all =
        (0..6).map(|position| Change::Patch { part: Part::Position { position }, at: None, from: "jfbebd".into() });
    let other = gpt::forward(&CONFIG, &weights, &[9, 5, 1, 4, 1, 3]);
    assert!(farthest(&after(&weights, &all.collect::<Vec<_>>()), &other) < 1e-10);
}

#[test]
fn a_change_at_one_place_leaves_the_places_before_it_alone() {
    let weights = weights(&CONFIG);
    let as_it_is = after(&weights, &[]);
    let there = after(&weights, &[Change::Scale { part: Part::Mlp { layer: 0 }, at: Some(3), factor: -2.0 }]);
    assert_eq!(there[..3], as_it_is[..3]);
    assert!(farthest(&there[3..], &as_it_is[3..]) > 1e-3);
}

#[test]
fn swapping_heads_of_one_block_changes_no_prediction_and_across_blocks_it_does() {
    let weights = weights(&CONFIG);
    let as_it_is = after(&weights, &[]);
    let swap = |a, b| farthest(&after(&weights, &[Change::Swap { a, b }]), &as_it_is);
    let head = |layer, head| Part::Head { layer, head };
    // A block adds up its heads, and a sum has no order.
    assert!(swap(head(1, 0), head(1, 1)) < 1e-12);
    assert!(swap(head(0, 0), head(2, 1)) > 1e-3);
    assert!(swap(Part::Mlp { layer: 0 }, Part::Mlp { layer: 1 }) > 1e-3);
    assert!(swap(Part::Layer { layer: 0 }, Part::Layer { layer: 2 }) > 1e-3);
    assert!(swap(Part::Position { position: 1 }, Part::Position { position: 4 }) > 1e-3);
}

#[test]
fn impossible_changes_get_a_sentence() {
    let says = |change: Change| change.validate(&CONFIG).unwrap_err();
    assert!(says(zero(Part::Head { layer: 3, head: 0 })).contains("3 blocks of 2 heads"));
    assert!(says(Change::Swap { a: Part::Mlp { layer: 0 }, b: Part::Layer { layer: 1 } }).contains("one kind"));
    assert!(says(Change::Scale { part: Part::Mlp { layer: 0 }, at: None, factor: f64::NAN }).contains("factor"));
    let weight = |tensor: &str, row| Change::Weight { tensor: tensor.into(), row, column: 0, value: 0.0 };
    assert!(says(weight("tok_emb", 13)).contains("13 rows"));
    assert!(says(weight("nope", 0)).contains("no tensor"));
    assert!(Model::new(CONFIG, &Weights::new()).is_err_and(|why| why.contains("tok_emb")));
}
