//! The matmul lesson: its listings agree with the kernels that the lab times, and its numbers are right.

mod listing;

use kernels::matmul::{Shape, blocked, naive};
use std::fs;

/// Larger than one block in both directions that are blocked, and a multiple of nothing.
const SHAPE: (usize, usize, usize) = (3, 70, 131);

fn has(piece: &str) {
    let text = fs::read_to_string(listing::file("matmul-benchmark/lesson.md")).unwrap();
    assert!(text.contains(piece), "the lesson lacks {piece:?}");
}

#[test]
fn the_listings_agree_with_the_kernels() {
    let (m, k, n) = SHAPE;
    // Quarters: exact in every order and precision.
    let fill = |count: usize, by: usize| (0..count).map(|i| (i * by % 17) as f32 / 4.0 - 1.5).collect::<Vec<_>>();
    let (a, b) = (fill(m * k, 5), fill(k * n, 7));
    let mut expected = vec![0.0; m * n];
    naive::matmul(Shape::nn(m, k, n), &a, &b, &mut expected);
    let mut again = vec![f32::NAN; m * n];
    blocked::matmul(Shape::nn(m, k, n), &a, &b, &mut again);
    assert_eq!(again, expected);
    let expected: Vec<f64> = expected.into_iter().map(f64::from).collect();

    let rows = |flat: &[f32], columns: usize| format!("{:?}", flat.chunks(columns).collect::<Vec<_>>());
    let python =
        format!("for row in matmul({}, {}):\n    for number in row:\n        show(number)", rows(&a, k), rows(&b, n));
    let floats = |flat: &[f32]| flat.iter().map(|x| format!("{x:?}f")).collect::<Vec<_>>().join(", ");
    for (name, class) in [("naive", "Naive"), ("blocked", "Blocked")] {
        let file = format!("matmul-benchmark/{name}.py");
        listing::agree(&file, listing::python(&file, &python), &expected);
        let file = format!("matmul-benchmark/{name}.cs");
        let csharp = format!(
            "foreach (float x in {class}.Multiply(new float[] {{ {} }}, new float[] {{ {} }}, {m}, {k}, {n})) Print(x);",
            floats(&a),
            floats(&b)
        );
        listing::agree(&file, listing::csharp(&file, &csharp), &expected);
    }
}

#[test]
fn the_work_and_the_bytes_are_right() {
    let mut two = [0.0; 4];
    naive::matmul(Shape::nn(2, 2, 2), &[1., 2., 3., 4.], &[5., 6., 7., 8.], &mut two);
    assert_eq!(two, [19., 22., 43., 50.]);
    for result in two {
        has(&format!("= {result:.0}$ |"));
    }
    assert_eq!(2 * 512u64.pow(3), 268_435_456);
    has("$2 \\cdot 512^3 = 268{,}435{,}456$");
    assert_eq!(format!("{:.1}", 268.435_456 / 134.0), "2.0");
    has("134 ms for that product has a pace of 2.0 GFLOP/s");
    has(&format!("At $n = 512$ that is {:.0} operations per byte", 512.0 / 6.0));
    assert_eq!((512 * 64, 64 * 128 * 4), (32 << 10, 32_768), "a column's lines, and a block, are 32 KiB");
    has("$64 \\cdot 128 \\cdot 4 = 32{,}768$ bytes");
    assert_eq!((512 * 4, 512 * 4 / 64), (2_048, 32));
    has(&format!("{:.1}$ for each number read", 32.0 / 12.0));
    has(&format!("| {:.3} | {:.1} GFLOP/s |", 1.0 / 12.0, 10.0 / 12.0));
}

#[test]
fn the_blocks_are_those_of_the_kernel() {
    let source = include_str!("../../engine/kernels/src/matmul/blocked.rs");
    assert!(source.contains("K_BLOCK: usize = 64") && source.contains("N_BLOCK: usize = 128"));
    let source = include_str!("../../engine/kernels/src/matmul/micro.rs");
    assert!(source.contains("ROWS: usize = 4") && source.contains("COLUMNS: usize = 8"));
}

#[test]
fn the_gpu_table_follows_its_formula() {
    let grouped = |us: f64| {
        let whole = format!("{us:.0}");
        if whole.len() > 3 { format!("{},{}", &whole[..whole.len() - 3], &whole[whole.len() - 3..]) } else { whole }
    };
    for n in [64.0f64, 128.0, 1024.0] {
        let flops = 2.0 * n.powi(3);
        let (cpu, gpu) = (flops / 40e3, flops / 1000e3);
        let arithmetic = if gpu < 100.0 { format!("{gpu:.1}") } else { grouped(gpu) };
        let share = 50.0 / (50.0 + gpu) * 100.0;
        has(&format!("| {n} | {} µs | 50 + {arithmetic} µs | {share:.0} % |", grouped(cpu)));
    }
    let level = (50e3 / (1.0 / 40.0 - 1.0 / 1000.0) / 2.0f64).cbrt();
    has(&format!("at $n = {level:.0}$"));
}
