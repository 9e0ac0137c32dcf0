//! Pruning against what it says it does, on a model small enough to compute slowly.

use super::{
    cut::{What, cut, masks, share_gone},
    lean::{Lean, Zeros},
    mask::{self, Choice},
    matrices,
    storage::Bytes,
    structure::{self, Part},
};
use crate::{
    config::GptConfig,
    reference::gpt::{self, Weights},
    rng::{Rng, Stream},
};
use kernels::sparse::Rows;

const IDS: [u32; 7] = [0, 5, 3, 10, 10, 1, 7];

fn config(tied_head: bool) -> GptConfig {
    GptConfig { vocab_size: 11, n_layers: 2, n_heads: 3, d_model: 12, context: 7, tied_head }
}

fn weights(config: &GptConfig) -> Weights {
    let mut rng = Rng::new(5, Stream::Init);
    let tensor = |(name, [rows, columns]): (String, [usize; 2])| {
        (name, (0..rows * columns).map(|_| 0.4 * rng.normal()).collect::<Vec<f32>>())
    };
    config.tensors().into_iter().map(tensor).collect()
}

/// The largest difference from the slow twin's logits.
fn off(config: &GptConfig, weights: &Weights, zeros: Zeros) -> f64 {
    let ours = Lean::of(config, weights, zeros).forward(&IDS);
    let twin = gpt::forward(config, weights, &IDS).concat();
    assert_eq!(ours.len(), twin.len());
    ours.iter().zip(twin).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max)
}

#[test]
fn exactly_the_share_is_cut_and_it_is_the_smallest() {
    for share in [0.0, 0.1, 0.5, 0.93, 1.0] {
        let numbers: Vec<f32> = (0..65).map(|i| (i as f32 * 0.7).sin() * (1.0 + i as f32)).collect();
        let kept = mask::largest(&numbers, share);
        assert_eq!(kept.iter().filter(|kept| !**kept).count(), (share * 65.0).round() as usize);
        let of = |wanted: bool| numbers.iter().zip(&kept).filter(move |(_, k)| **k == wanted).map(|(x, _)| x.abs());
        assert!(of(false).fold(0.0, f32::max) <= of(true).fold(f32::INFINITY, f32::min));
    }
}

#[test]
fn a_share_of_all_layers_takes_more_from_the_layer_of_small_weights() {
    let (small, large) = ([0.1f32, -0.2, 0.3, 0.15], [1.0f32, -2.0, 0.05, 4.0]);
    let layers = [small.as_slice(), &large];
    let cut = |choice: Choice| {
        choice.kept(&layers, 0.5).iter().map(|k| k.iter().filter(|k| !**k).count()).collect::<Vec<_>>()
    };
    assert_eq!(cut(Choice::Layer), [2, 2]);
    assert_eq!(cut(Choice::Global), [3, 1]);
}

#[test]
fn what_is_cut_stays_cut_when_more_is_cut() {
    let numbers: Vec<f32> = (0..200).map(|i| ((i * 37 % 101) as f32 - 50.0) / 9.0).collect();
    let mut pruned = numbers.clone();
    mask::apply(&mut pruned, &mask::largest(&numbers, 0.4));
    let again = mask::largest(&pruned, 0.7);
    assert!(pruned.iter().zip(&again).all(|(x, kept)| *x != 0.0 || !kept));
}

#[test]
fn two_of_every_four_inputs_stay() {
    // Two outputs: the inputs of one lie below each other.
    let weight = [9.0, 1.0, -8.0, 2.0, 1.0, 3.0, 2.0, 4.0, 5.0, 5.0];
    let kept = mask::n_of_m(&weight, 2, 2, 4);
    assert_eq!(kept, [true, false, true, false, false, true, false, true, false, false]);
    let many: Vec<f32> = (0..7 * 9).map(|i| ((i * 31) % 17) as f32 - 8.5).collect();
    assert_eq!(mask::n_of_m(&many, 7, 4, 4), [true; 63]);
    let three_of_eight = mask::n_of_m(&many, 7, 3, 8);
    assert_eq!(three_of_eight.iter().filter(|kept| **kept).count(), 7 * 3, "a last group of one loses it");
}

#[test]
fn all_ways_of_running_are_the_definition() {
    for tied in [true, false] {
        let config = config(tied);
        let mut weights = weights(&config);
        for zeros in [Zeros::Kept, Zeros::Skipped, Zeros::Removed] {
            assert!(off(&config, &weights, zeros) < 2e-5, "{zeros:?}, nothing cut: {}", off(&config, &weights, zeros));
        }
        for (name, _) in matrices(&config) {
            let tensor = weights.get_mut(&name).unwrap();
            let kept = mask::largest(tensor, 0.6);
            mask::apply(tensor, &kept);
        }
        structure::cut(&config, &mut weights, Part::Head(0, 1));
        for neuron in (0..48).filter(|neuron| neuron % 3 != 0) {
            structure::cut(&config, &mut weights, Part::Neuron(0, neuron));
        }
        // A block of which only the biases are left.
        structure::heads(&config)
            .into_iter()
            .filter(|part| matches!(part, Part::Head(1, _)))
            .for_each(|part| structure::cut(&config, &mut weights, part));
        (0..48).for_each(|neuron| structure::cut(&config, &mut weights, Part::Neuron(1, neuron)));
        for zeros in [Zeros::Kept, Zeros::Skipped, Zeros::Removed] {
            assert!(off(&config, &weights, zeros) < 2e-5, "{zeros:?}: {}", off(&config, &weights, zeros));
        }
        assert_eq!(Lean::of(&config, &weights, Zeros::Removed).widths(), [(2, 16), (0, 0)]);
        assert_eq!(Lean::of(&config, &weights, Zeros::Kept).widths(), [(3, 48), (3, 48)]);
    }
}

#[test]
fn a_part_that_is_cut_writes_nothing_and_nothing_else_is_touched() {
    let config = config(true);
    let whole = weights(&config);
    for part in [Part::Head(1, 2), Part::Neuron(0, 40)] {
        let mut weights = whole.clone();
        assert!(structure::is_there(&config, &weights, part));
        assert!(structure::weight_of(&config, &weights, part) > 0.0);
        structure::cut(&config, &mut weights, part);
        assert!(!structure::is_there(&config, &weights, part));
        assert_eq!(structure::weight_of(&config, &weights, part), 0.0);
        let zeros: usize = weights.values().flatten().filter(|w| **w == 0.0).count();
        // A head: queries, keys and values with their biases, and its rows. A neuron: a column, its bias, a row.
        assert_eq!(zeros, if matches!(part, Part::Head(..)) { 3 * 4 * 13 + 4 * 12 } else { 12 + 1 + 12 });
    }
}

#[test]
fn bytes_are_those_in_memory() {
    let config = config(true);
    let mut weights = weights(&config);
    let whole = Lean::of(&config, &weights, Zeros::Kept).bytes();
    assert_eq!(whole, 4 * config.parameters());
    structure::cut(&config, &mut weights, Part::Neuron(0, 3));
    let less = Lean::of(&config, &weights, Zeros::Removed).bytes();
    assert_eq!(whole - less, 4 * (12 + 1 + 12));
    let (name, [inputs, outputs]) = matrices(&config).remove(0);
    let tensor = weights.get_mut(&name).unwrap();
    let kept = mask::largest(tensor, 0.75);
    mask::apply(tensor, &kept);
    let bytes = Bytes::of(tensor, outputs);
    assert_eq!(bytes.indexed, Rows::of(tensor, inputs).bytes());
    assert_eq!((bytes.dense, bytes.bitmap), (4 * 12 * 36, 4 * 108 + 432 / 8));
    assert_eq!(bytes.beside(3).dense - bytes.dense, 12);
}

#[test]
fn each_kind_cuts_the_share_and_keeps_what_was_cut() {
    let config = config(true);
    for what in What::ALL {
        let mut weights = weights(&config);
        assert_eq!(share_gone(&config, &weights, what), 0.0, "{what:?}");
        let mut before = weights.clone();
        for share in [0.34, 0.5, 0.84] {
            cut(&config, &mut weights, what, share);
            let wanted = if what == What::TwoOfFour { 0.5 } else { share };
            let gone = share_gone(&config, &weights, what);
            assert!((gone - wanted).abs() < 0.09, "{what:?}: {gone}, not {wanted}");
            for (name, tensor) in &before {
                assert!(tensor.iter().zip(&weights[name]).all(|(old, new)| *new == 0.0 || new == old), "{name}");
            }
            before = weights.clone();
        }
        assert_eq!(weights["tok_emb"], before["tok_emb"], "embeddings are left alone");
        for (name, kept) in masks(&config, &weights, what) {
            assert!(
                kept.iter().zip(&weights[&name]).all(|(kept, number)| *kept == (*number != 0.0)),
                "{what:?}, {name}"
            );
        }
    }
}
