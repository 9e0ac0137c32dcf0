//! The lesson on embedding layers: its listings agree, its numbers are right, its exercise and prediction come out.

mod lesson;
mod listing;

use engine_core::{
    architecture::{Architecture, Part},
    reference::{
        lessons::embedding::{embed, embed_backward, tied_logits},
        softmax::softmax,
    },
};
use learn::practice::{Outcome, Value};
use lesson::has;

const SLUG: &str = "embedding-layers";
const SMALL: Architecture = Architecture::GPT2_SMALL;

fn table() -> Vec<Vec<f64>> {
    vec![vec![0.3, 0.1], vec![0.2, 0.7], vec![0.5, 0.2], vec![-0.4, 0.6]]
}

const TEXT: [usize; 3] = [2, 0, 2];

fn arrived() -> Vec<Vec<f64>> {
    vec![vec![1.0, 0.0], vec![0.0, 2.0], vec![3.0, -1.0]]
}

#[test]
fn the_listings_agree_with_the_engine() {
    let mut expected = embed(&table(), &TEXT).concat();
    expected.extend(embed_backward(4, &TEXT, &arrived()).concat());
    expected.extend(tied_logits(&table(), &[1.0, -1.0]));
    let file = "embedding-layers/table.py";
    let lines = "t = [[0.3, 0.1], [0.2, 0.7], [0.5, 0.2], [-0.4, 0.6]]\nd = [[1, 0], [0, 2], [3, -1]]\n\
        for row in embed(t, [2, 0, 2]) + embed_backward(4, [2, 0, 2], d) + [tied_logits(t, [1, -1])]:\n    for number in row:\n        show(number)";
    listing::agree(file, listing::python(file, lines), &expected);
    let file = "embedding-layers/table.cs";
    let lines = "var t = new[] { new[] { 0.3, 0.1 }, new[] { 0.2, 0.7 }, new[] { 0.5, 0.2 }, new[] { -0.4, 0.6 } };\n\
        var d = new[] { new[] { 1.0, 0 }, new[] { 0.0, 2 }, new[] { 3.0, -1 } };\nvar text = new[] { 2, 0, 2 };\n\
        foreach (var row in Embedding.Embed(t, text)) Print(row);\nforeach (var row in Embedding.Backward(4, text, d)) Print(row);\n\
        Print(Embedding.TiedLogits(t, new[] { 1.0, -1 }));";
    listing::agree(file, listing::csharp(file, lines), &expected);
}

#[test]
fn the_numbers_by_hand_are_right() {
    let gradient = embed_backward(4, &TEXT, &arrived());
    assert_eq!(gradient, [vec![0.0, 2.0], vec![0.0, 0.0], vec![4.0, -1.0], vec![0.0, 0.0]]);
    has(SLUG, "Row 2 gets $(1, 0) + (3, -1) = (4, -1)$, row 0 gets $(0, 2)$, rows 1 and 3 get $(0, 0)$");
    let moved: Vec<f64> = table()[2].iter().zip(&gradient[2]).map(|(x, d)| x - 0.1 * d).collect();
    has(SLUG, &format!("= ({:.1}, {:.1})$", moved[0], moved[1]));
    let scores = tied_logits(&table(), &[1.0, -1.0]);
    for (token, (score, chance)) in scores.iter().zip(softmax(&scores)).enumerate() {
        let score = format!("{score:.1}").replace('-', "−");
        has(SLUG, &format!(") | {score} | {:.1} % |", 100.0 * chance));
        assert!(token < 4);
    }
    assert!(!engine_core::adamw::decays("tok_emb"), "the table is spared from weight decay");
}

#[test]
fn the_sizes_are_what_the_lab_counts() {
    let embedding = SMALL.parameters_of(Part::TokenEmbedding);
    assert_eq!(embedding, 38_597_376);
    has(SLUG, &format!("in it, {:.0} % of the model", 100.0 * embedding as f64 / SMALL.parameters() as f64));
    let flops = SMALL.flops();
    assert!((flops.head - 2.0 * embedding as f64).abs() < 1.0);
    has(SLUG, &format!("{:.0} million of the {:.0} million", flops.head / 1e6, flops.forward() / 1e6));
    has(SLUG, &format!("takes {:.0} % of the work", 100.0 * flops.head / flops.forward()));
    let llama = 128_256.0 * 4096.0;
    has(SLUG, &format!("that is {:.0} million parameters", llama / 1e6));
    // 8,030,261,248 parameters in all, as its published weights have.
    has(SLUG, &format!("Together they are {:.0} % of the model", 100.0 * 2.0 * llama / 8_030_261_248.0));
}

/// What the lab reports for these knobs (`web/labs/src/labs/architecture`).
fn outcome(knobs: &str) -> Outcome {
    let get = |name, default| lesson::number(knobs, name, default);
    let sizes = Architecture::gpt2(get("n_layers", 12), get("n_heads", 12), get("d_model", 768));
    let model = Architecture { vocab: get("vocab", 50_257), ..sizes };
    assert_eq!(model.validate(), Ok(()));
    let share = model.parameters_of(Part::TokenEmbedding) as f64 / model.parameters() as f64;
    let values = [
        ("vocab", model.vocab as f64),
        ("d_model", model.d_model as f64),
        ("n_layers", model.n_layers as f64),
        ("parameters", model.parameters() as f64),
        ("embedding_share", share),
    ];
    let values = values.into_iter().map(|(name, number)| (name.to_owned(), Value::Number(number))).collect();
    Outcome { lab: "architecture".into(), is_final: true, values }
}

#[test]
fn the_exercise_and_the_prediction_come_out_as_written() {
    lesson::solved_only_by_its_solution(SLUG, "a-dictionary-for-the-world", outcome);
    lesson::foretold(SLUG, "twice-the-words", 1, outcome);
    let of = |layers, heads, width| Architecture { vocab: 128_256, ..Architecture::gpt2(layers, heads, width) };
    let share = |model: Architecture| {
        (model.parameters_of(Part::TokenEmbedding) as f64, model.parameters() as f64, model.block_share())
    };
    let (table, all, blocks) = share(of(36, 20, 1280));
    let written = format!("{:.0} {:.0} {:.0} {:.0}", table / 1e6, blocks * all / 1e6, 100.0 * table / all, all / 1e6);
    assert_eq!(written, "164 708 19 874");
    let (table, all, _) = share(of(56, 12, 768));
    assert!(table / all <= 0.2 && all < 1e9, "{}", table / all);
    let (table, all, _) = share(of(12, 12, 768));
    assert!(table / all > 0.5);
}
