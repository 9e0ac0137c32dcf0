//! Products of whole numbers against the definition.

use super::{open, random, random_ids, tolerances::check};
use engine_gpu::{PackedMatmul, PackedShape};

/// Rows, inputs, outputs, group: one, ragged edges, whole tiles, groups.
const SHAPES: [[usize; 4]; 8] = [
    [1, 1, 1, 1],
    [3, 5, 2, 5],
    [4, 8, 4, 8],
    [33, 20, 35, 20],
    [32, 64, 32, 32],
    [5, 96, 7, 32],
    [66, 48, 100, 48],
    [64, 256, 192, 64],
];

/// Whole numbers from `-most` to `most`.
fn codes(seed: u64, count: usize, most: usize) -> Vec<i8> {
    let below = 2 * most + 1;
    random_ids(seed, count, below).into_iter().map(|id| (id as i32 - most as i32) as i8).collect()
}

fn twin([m, k, n, group]: [usize; 4], x: &[i8], x_scales: &[f32], w: &[i8], w_scales: &[f32]) -> Vec<f64> {
    let groups = k / group;
    let mut out = Vec::new();
    for row in 0..m {
        for column in 0..n {
            let mut sum = 0.0;
            for at in 0..groups {
                let span = at * group..(at + 1) * group;
                let whole: i64 = span.map(|i| i64::from(x[row * k + i]) * i64::from(w[column * k + i])).sum();
                sum += f64::from(w_scales[column * groups + at]) * whole as f64;
            }
            out.push(f64::from(x_scales[row]) * sum);
        }
    }
    out
}

pub async fn whole_numbers() {
    let gpu = open().await;
    for (seed, [m, k, n, group]) in SHAPES.into_iter().enumerate() {
        let seed = seed as u64;
        for (four, built_in) in [(false, false), (false, true), (true, false), (true, true)] {
            let shape = PackedShape { rows: m, inputs: k, outputs: n, group, four };
            // All the way to -8, which four bits have and +8 not.
            let mut w = codes(seed, n * k, if four { 7 } else { 127 });
            w[0] = if four { -8 } else { -127 };
            let x = codes(50 + seed, m * k, 127);
            let (x_scales, w_scales) = (random(100 + seed, m), random(200 + seed, n * k / group));
            let product = PackedMatmul::with(&gpu, shape, built_in).await.expect("it fits");
            assert_eq!(product.built_in(), built_in);
            product.set(&x, &x_scales, &w, &w_scales).expect("the sizes are right");
            product.run(2);
            product.finish().await;
            let got = product.result().await.expect("the device is there");
            check("packed", &format!("{shape:?}"), &got, &twin([m, k, n, group], &x, &x_scales, &w, &w_scales));
        }
    }
    assert_eq!(gpu.counters().live_bytes, 0, "nothing is left behind");
}

pub async fn sizes_that_do_not_fit() {
    let gpu = open().await;
    let shape = PackedShape { rows: 2, inputs: 16, outputs: 3, group: 8, four: false };
    for wrong in
        [PackedShape { inputs: 0, ..shape }, PackedShape { group: 5, ..shape }, PackedShape { group: 0, ..shape }]
    {
        assert!(PackedMatmul::new(&gpu, wrong).await.is_err(), "{wrong:?}");
    }
    let product = PackedMatmul::new(&gpu, shape).await.expect("it fits");
    assert!(product.set(&[0; 32], &[1.0; 2], &[0; 47], &[1.0; 6]).is_err());
    assert_eq!(product.weight_bytes(), 3 * 16 + 3 * 2 * 4);
}
