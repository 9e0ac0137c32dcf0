//! The lesson on the cost of attention: its listings agree with the definition, and its numbers are right.

mod lesson;
mod listing;

use engine_core::{
    architecture::{Architecture, Number},
    reference::attention::attention,
};
use kernels::attention::fused;

fn has(piece: &str) {
    lesson::has("attention-complexity", piece);
}

#[test]
fn the_listings_agree_with_the_definition() {
    // The largest score comes late, so that the running maximum moves; the last tile is not full.
    let keys: Vec<Vec<f64>> = (0..5).map(|i| vec![f64::from(i) - 1.5, 0.5, f64::from(i * i) / 4.0]).collect();
    let values: Vec<Vec<f64>> = (0..5).map(|i| vec![f64::from(i), 1.0 - f64::from(i) / 2.0]).collect();
    let query = vec![0.5, -1.0, 2.0];
    let queries = vec![query.clone(); 5];
    // The last query sees every key; the width of the head is that of keys.
    let padded: Vec<Vec<f64>> = values.iter().map(|value| [value.clone(), vec![0.0]].concat()).collect();
    let expected = attention(&queries, &keys, &padded).mixed[4][..2].to_vec();

    let file = "attention-complexity/online.py";
    let python = format!("for number in attend({query:?}, {keys:?}, {values:?}):\n    show(number)");
    listing::agree(file, listing::python(file, &python), &expected);

    let array = |row: &Vec<f64>| {
        let numbers: Vec<String> = row.iter().map(|x| format!("{x:?}")).collect();
        format!("new double[] {{ {} }}", numbers.join(", "))
    };
    let arrays = |rows: &[Vec<f64>]| format!("new[] {{ {} }}", rows.iter().map(array).collect::<Vec<_>>().join(", "));
    let file = "attention-complexity/online.cs";
    let csharp = format!("Print(Online.Attend({}, {}, {}));", array(&query), arrays(&keys), arrays(&values));
    listing::agree(file, listing::csharp(file, &csharp), &expected);
}

#[test]
fn the_numbers_are_right() {
    let pairs = |n: u64| n * (n + 1) / 2;
    assert_eq!((pairs(128), pairs(256)), (8_256, 32_896));
    has("8,256 for 128 tokens, 32,896 for 256");
    let matrix = |n: u64| 4 * n * n;
    assert_eq!([matrix(1024) >> 20, matrix(4096) >> 20, matrix(131_072) >> 30], [4, 64, 64]);
    has("1,024 tokens take 4 MiB per head. At 4,096 tokens it is 64 MiB, and at 131,072 tokens, 64 GiB");

    let first = (-2f64).exp() + 1.0;
    let second = first * (-2f64).exp() + (-3f64).exp() + 1.0;
    let at_once: f64 = [1.0, 3.0, 2.0, 5.0].into_iter().map(|x: f64| (x - 5.0).exp()).sum();
    assert!((second - at_once).abs() < 1e-12);
    has(&format!("= {first:.3}$ |"));
    has(&format!("= {second:.3}$ |"));
    has(&format!("= {at_once:.3}$. The same."));
    assert_eq!((fused::QUERIES, fused::KEYS), (32, 64));
    has("one tile of $32 \\times 64$ scores");

    let small = Architecture::GPT2_SMALL;
    let each = small.kv_cache_bytes(Number::F16) / 1024;
    assert_eq!((each, small.kv_cache_bytes(Number::F16) >> 20), (36 << 10, 36));
    has("18{,}432$ numbers for each token, 36 KiB in f16: 36 MiB");
    let long = Architecture { context: 131_072, ..small }.kv_cache_bytes(Number::F16);
    has(&format!("{:.1} GiB **for each text**", long as f64 / f64::from(1 << 30)));
    assert_eq!(long / small.weight_bytes(Number::F16), 19);
    has("nineteen times its weights");
}
