//! Gradients against finite differences, the independent reference and numbers worked out by hand.

use super::*;
use crate::reference::{attention, attention_backward::attention_backward, feed_forward};
use proptest::prelude::*;

fn settings() -> impl Strategy<Value = Settings> {
    (any::<u64>(), prop::collection::vec(0..WORDS.len(), 2..=5), any::<bool>())
        .prop_map(|(seed, words, feed_forward)| Settings { seed, words, feed_forward })
}

fn rows(matrix: &Matrix) -> Vec<Vec<f64>> {
    (0..matrix.rows).map(|row| matrix.row(row).to_vec()).collect()
}

fn assert_near(mine: &Matrix, other: &[Vec<f64>], what: &str) {
    for (row, column) in mine.places() {
        let (a, b) = (mine.at(row, column), other[row][column]);
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{what} at {row}, {column}: {a} and {b}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_gradient_is_what_the_loss_really_does(settings in settings()) {
        let model = Model::new(&settings);
        let pass = run(&model);
        for (id, gradient) in pass.gradients.iter().enumerate() {
            for at in gradient.places() {
                let found = check(&model, Place::Table(id), at, gradient.at(at.0, at.1));
                prop_assert!(found.relative_error() < 1e-5, "{:?} {at:?}: {found:?}", model.nodes[id].name);
            }
        }
        for (edge, part) in edges(&model).into_iter().zip(&pass.parts) {
            for at in part.places() {
                let found = check(&model, Place::Use(edge), at, part.at(at.0, at.1));
                prop_assert!(found.relative_error() < 1e-5, "{edge:?} {at:?}: {found:?}");
            }
        }
    }

    #[test]
    fn every_number_is_what_its_operands_make(settings in settings()) {
        let model = Model::new(&settings);
        let pass = run(&model);
        let same = |a: f64, b: f64| a == b || (a - b).abs() <= 1e-12 * b.abs().max(1.0);
        for (id, table) in pass.values.iter().enumerate() {
            for at in table.places() {
                let worked = value(&model, &pass, id, at);
                prop_assert!(same(worked.total, table.at(at.0, at.1)), "{:?} {at:?}: {worked:?}", model.nodes[id].name);
            }
        }
        for (edge, part) in edges(&model).into_iter().zip(&pass.parts) {
            for at in part.places() {
                let worked = gradient_part(&model, &pass, edge, at);
                prop_assert!(same(worked.total, part.at(at.0, at.1)), "{edge:?} {at:?}: {worked:?}");
            }
        }
    }

    #[test]
    fn a_small_step_lowers_the_loss_by_what_the_slope_says(settings in settings()) {
        let mut model = Model::new(&settings);
        let pass = run(&model);
        let before = pass.values[model.loss()].at(0, 0);
        let slope = descent::slope(&model, &pass);
        let rate = 1e-5 / slope.max(1.0);
        descent::step(&mut model, &pass, rate);
        let fall = before - forward(&model, None)[model.loss()].at(0, 0);
        prop_assert!((fall - rate * slope).abs() <= 0.01 * rate * slope + 1e-13, "{fall} and {}", rate * slope);
    }
}

#[test]
fn the_model_is_the_one_of_the_reference() {
    for seed in 0..20 {
        let settings = Settings { seed, words: vec![0, 1, 2, 0, 4], feed_forward: true };
        let model = Model::new(&settings);
        let pass = run(&model);
        let table = |name| rows(&pass.values[model.find(name).unwrap()]);
        let gradient = |name| &pass.gradients[model.find(name).unwrap()];
        let (q, k, v) = (table(Name::Q), table(Name::K), table(Name::V));
        let known = attention::attention(&q, &k, &v);
        assert_near(&pass.values[model.find(Name::Weights).unwrap()], &known.weights, "weights");
        assert_near(&pass.values[model.find(Name::Mixed).unwrap()], &known.mixed, "mixed");
        let back = attention_backward(&q, &k, &v, &rows(gradient(Name::Mixed)));
        assert_near(gradient(Name::Q), &back.q, "gradient of the queries");
        assert_near(gradient(Name::K), &back.k, "gradient of the keys");
        assert_near(gradient(Name::V), &back.v, "gradient of the values");
        let (w1, w2) = (table(Name::W1), table(Name::W2));
        let (b1, b2) = (&table(Name::B1)[0], &table(Name::B2)[0]);
        let known: Vec<Vec<f64>> =
            table(Name::Residual).iter().map(|x| feed_forward::feed_forward(x, &w1, b1, &w2, b2)).collect();
        assert_near(&pass.values[model.find(Name::Forward).unwrap()], &known, "feed-forward layer");
    }
}

#[test]
fn the_feed_forward_layer_changes_no_other_weights() {
    let make = |feed_forward| Model::new(&Settings { seed: 7, words: vec![0, 1, 2, 3], feed_forward });
    let (without, with) = (make(false), make(true));
    for (id, node) in without.nodes.iter().enumerate() {
        assert_eq!(without.parameters[id], with.parameters[with.find(node.name).unwrap()], "{:?}", node.name);
    }
}

/// All weights zero but a few, so that everything can be worked out with a pencil.
fn by_hand() -> Model {
    let mut model = Model::new(&Settings { seed: 0, words: vec![0, 1, 2], feed_forward: false });
    for parameter in model.parameters.iter_mut().flatten() {
        *parameter = Matrix::zeros(parameter.rows, parameter.columns);
    }
    let mut set = |name, row, column, number| {
        let id = model.nodes.iter().position(|node| node.name == name).unwrap();
        model.parameters[id].as_mut().unwrap().set(row, column, number);
    };
    // "the" is (1, 0, 0, 0), "cat" is (0, 1, 0, 0); every query of "cat" is (2 ln 3, 0, 0, 0) and the key of "the" (1, 0, 0, 0).
    set(Name::Embedding, 0, 0, 1.0);
    set(Name::Embedding, 1, 1, 1.0);
    set(Name::Wq, 1, 0, 2.0 * 3f64.ln());
    set(Name::Wk, 0, 0, 1.0);
    // The value of "the" is (0, 0, 4, 0); it is handed on as it is, and dimension 3 speaks for "sat".
    set(Name::Wv, 0, 2, 4.0);
    for d in 0..4 {
        set(Name::Wo, d, d, 1.0);
    }
    set(Name::Wu, 2, 2, 4f64.ln() / 3.0);
    model
}

#[test]
fn a_case_by_hand() {
    let model = by_hand();
    let pass = run(&model);
    let value = |name, row, column| pass.values[model.find(name).unwrap()].at(row, column);
    let gradient = |name, row, column| pass.gradients[model.find(name).unwrap()].at(row, column);
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    // Score 2 ln 3, halved ln 3: powers 3 and 1, shares 3/4 and 1/4. Mixed: 3/4 of 4.
    near(value(Name::Scores, 1, 0), 2.0 * 3f64.ln());
    near(value(Name::Weights, 1, 0), 0.75);
    near(value(Name::Mixed, 1, 2), 3.0);
    // Logit of "sat" ln 4, the other four 0: its chance is 4 / (4 + 4). After "the": mixed 4, logit (4/3) ln 4.
    near(value(Name::Chances, 1, 2), 0.5);
    let first = 1.0 / (4.0 + 4f64.powf(4.0 / 3.0));
    near(value(Name::Chances, 0, 1), first);
    near(value(Name::Loss, 0, 0), (-first.ln() + 2f64.ln()) / 2.0);
    // Chance less one for the right word, halved because two rows are averaged.
    near(gradient(Name::Logits, 1, 2), (0.5 - 1.0) / 2.0);
    near(gradient(Name::Logits, 1, 0), 0.125 / 2.0);
    // Back through W_U: dimension 3 gets -1/4 · (ln 4)/3. Then weight · value: the share of "the" gets 4 times that.
    let d_mixed = -0.25 * 4f64.ln() / 3.0;
    near(gradient(Name::Mixed, 1, 2), d_mixed);
    near(gradient(Name::Weights, 1, 0), 4.0 * d_mixed);
    // Softmax: share · (gradient − mean) = 3/4 · (4g − 3/4 · 4g) = 3/4 g.
    near(gradient(Name::Masked, 1, 0), 0.75 * d_mixed);
    near(gradient(Name::Masked, 1, 1), -0.75 * d_mixed);
    near(gradient(Name::Masked, 0, 1), 0.0);
    // Scale halves it, the key (1, 0, 0, 0) takes it to the query, the token (0, 1, 0, 0) to the weight.
    near(gradient(Name::Q, 1, 0), 0.375 * d_mixed);
    near(gradient(Name::Wq, 1, 0), 0.375 * d_mixed);
}

#[test]
fn a_wrong_gradient_is_noticed() {
    let model = Model::new(&Settings { seed: 1, words: vec![0, 1, 2, 3], feed_forward: false });
    let pass = run(&model);
    let (id, row, column) = descent::steepest(&model, &pass);
    let true_gradient = pass.gradients[id].at(row, column);
    let honest = check(&model, Place::Table(id), (row, column), true_gradient);
    let wrong = check(&model, Place::Table(id), (row, column), true_gradient * 1.001);
    assert!(honest.relative_error() < 1e-7 && wrong.relative_error() > 5e-4, "{honest:?} {wrong:?}");
}
