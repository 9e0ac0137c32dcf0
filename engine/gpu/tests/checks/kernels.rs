//! Each kernel against its twin, on shapes that include one, odd sizes and sizes larger than a workgroup.

use super::{bits, floats, open, random, random_ids, tolerances::check, twins, wide};
use engine_core::reference::layers;
use engine_gpu::{
    GpuMatmul, Layout,
    op::{AttentionSizes, Op},
};

/// Rows, inner size, columns: ragged and size-one edges, exact tiles, and sizes of the GPT.
const PRODUCTS: [[usize; 3]; 12] = [
    [1, 1, 1],
    [1, 7, 1],
    [3, 1, 5],
    [5, 3, 2],
    [4, 4, 4],
    [8, 8, 4],
    [9, 12, 36],
    [64, 16, 32],
    [65, 17, 33],
    [66, 68, 100],
    [67, 20, 64],
    [128, 64, 192],
];
const LAYOUTS: [Layout; 3] = [Layout::Nn, Layout::Nt, Layout::Tn];

/// The shapes above, and some that nobody chose.
fn products() -> Vec<[usize; 3]> {
    let drawn = random_ids(77, 18, 90);
    let drawn = drawn.chunks(3).map(|size| [size[0], size[1], size[2]].map(|x| x as usize + 1));
    PRODUCTS.into_iter().chain(drawn).collect()
}

pub async fn matrix_products() {
    let gpu = open().await;
    for (seed, sizes) in products().into_iter().enumerate() {
        let [m, k, n] = sizes;
        let (a, b) = (random(seed as u64, m * k), random(100 + seed as u64, k * n));
        for layout in LAYOUTS {
            let out = vec![0; m * n];
            let op = Op::matmul(layout, sizes, &[]);
            let got = op.run(&gpu, &[bits(&a), bits(&b), out]).await.expect("it runs");
            let case = format!("{layout:?} {sizes:?}");
            check("matmul", &case, &floats(&got[2]), &twins::matmul(layout, sizes, &a, &b));
        }
    }
}

/// The runner of the lesson: numbers stay on the GPU until they are asked for.
pub async fn products_on_their_own() {
    let gpu = open().await;
    for layout in LAYOUTS {
        let sizes = [33, 20, 17];
        let (a, b) = (random(1, 33 * 20), random(2, 20 * 17));
        let product = GpuMatmul::new(&gpu, layout, sizes).await.expect("it fits");
        product.set(&a, &b).expect("the sizes are right");
        product.run(3);
        product.finish().await;
        let got = product.result().await.expect("the device is there");
        check("matmul", "the runner", &got, &twins::matmul(layout, sizes, &a, &b));
        assert!(product.set(&a, &a).is_err());
    }
    let counters = gpu.counters();
    assert_eq!((counters.dispatches, counters.readbacks, counters.live_bytes), (9, 3, 0), "{counters:?}");
    assert!(GpuMatmul::new(&gpu, Layout::Nn, [1, 0, 1]).await.is_err());
}

pub async fn products_with_what_follows_them() {
    let gpu = open().await;
    for (seed, sizes) in products().into_iter().enumerate() {
        let seed = seed as u64;
        let [m, k, n] = sizes;
        let (a, b) = (random(seed, m * k), random(100 + seed, k * n));
        let (bias, more) = (random(200 + seed, n), random(300 + seed, m * n));
        let case = format!("{sizes:?}");
        let plain = twins::matmul(Layout::Nn, sizes, &a, &b);
        let with_bias: Vec<f64> = plain.iter().enumerate().map(|(i, x)| x + f64::from(bias[i % n])).collect();
        let out = || vec![0; m * n];

        let op = Op::matmul(Layout::Nn, sizes, &["BIAS", "RESIDUAL"]);
        let got = op.run(&gpu, &[bits(&a), bits(&b), out(), bits(&bias), bits(&more)]).await.expect("it runs");
        let expected: Vec<f64> = with_bias.iter().zip(&more).map(|(x, r)| x + f64::from(*r)).collect();
        check("matmul with bias and residual", &case, &floats(&got[2]), &expected);

        let op = Op::matmul(Layout::Nn, sizes, &["BIAS", "GELU"]);
        let got = op.run(&gpu, &[bits(&a), bits(&b), out(), bits(&bias), out()]).await.expect("it runs");
        check("matmul with bias and residual", &case, &floats(&got[4]), &with_bias);
        let expected: Vec<f64> = with_bias.iter().map(|x| twins::gelu(*x)).collect();
        check("gelu", &case, &floats(&got[2]), &expected);

        let op = Op::matmul(Layout::Nt, sizes, &["SLOPE"]);
        let got = op.run(&gpu, &[bits(&a), bits(&b), out(), bits(&more)]).await.expect("it runs");
        let plain = twins::matmul(Layout::Nt, sizes, &a, &b);
        let expected: Vec<f64> = plain.iter().zip(&more).map(|(x, z)| x * twins::gelu_slope(f64::from(*z))).collect();
        check("gelu slope", &case, &floats(&got[2]), &expected);

        let op = Op::matmul(Layout::Tn, sizes, &["SUMS"]);
        let got = op.run(&gpu, &[bits(&a), bits(&b), out(), vec![0; n]]).await.expect("it runs");
        let sums: Vec<f64> = (0..n).map(|c| b.iter().skip(c).step_by(n).map(|x| f64::from(*x)).sum()).collect();
        check("column sums", &case, &floats(&got[3]), &sums);
        check("matmul", &case, &floats(&got[2]), &twins::matmul(Layout::Tn, sizes, &a, &b));
    }
}

/// The approximation of erf, along the whole axis.
pub async fn gelu_along_the_axis() {
    let gpu = open().await;
    let x: Vec<f32> = (-1200..1200).map(|i| i as f32 / 100.0).collect();
    let n = x.len();
    let op = Op::matmul(Layout::Nn, [1, 1, n], &["BIAS", "GELU"]);
    let (zero, room) = (bits(&[0.0]), vec![0; n]);
    let got = op.run(&gpu, &[zero.clone(), room.clone(), room.clone(), bits(&x), room.clone()]).await.expect("runs");
    let expected: Vec<f64> = x.iter().map(|x| twins::gelu(f64::from(*x))).collect();
    let worst = floats(&got[2]).iter().zip(&expected).fold(0.0f64, |m, (g, e)| m.max((f64::from(*g) - e).abs()));
    assert!(worst < 3e-6, "off by {worst:.1e}");
}

pub async fn embeddings() {
    let gpu = open().await;
    for (seed, [batch, context, d, vocab]) in
        [[1, 1, 1, 1], [2, 5, 3, 7], [3, 8, 64, 11], [4, 33, 70, 2]].into_iter().enumerate()
    {
        let seed = seed as u64;
        let rows = batch * context;
        let ids = random_ids(seed, rows, vocab);
        let (tokens, positions) = (random(seed, vocab * d), random(50 + seed, context * d));
        let case = format!("{batch} {context} {d} {vocab}");
        let op = Op::embed(rows, context, d);
        let got = op.run(&gpu, &[ids.clone(), bits(&tokens), bits(&positions), vec![0; rows * d]]).await.expect("runs");
        let at = |i: usize| {
            let (row, c) = (i / d, i % d);
            f64::from(tokens[ids[row] as usize * d + c]) + f64::from(positions[row % context * d + c])
        };
        check("embed", &case, &floats(&got[3]), &(0..rows * d).map(at).collect::<Vec<_>>());

        let up = random(90 + seed, rows * d);
        let mut order: Vec<u32> = (0..rows as u32).collect();
        order.sort_by_key(|row| ids[*row as usize]);
        let old = random(70 + seed, vocab * d);
        let op = Op::embed_backward(rows, context, d);
        let buffers = [ids.clone(), order, bits(&up), bits(&old), vec![0; context * d]];
        let got = op.run(&gpu, &buffers).await.expect("runs");
        let (mut by_token, mut by_place) = (wide(&old), vec![0.0; context * d]);
        for (i, up) in up.iter().enumerate() {
            let (row, c) = (i / d, i % d);
            by_token[ids[row] as usize * d + c] += f64::from(*up);
            by_place[row % context * d + c] += f64::from(*up);
        }
        check("embed backward", &case, &floats(&got[3]), &by_token);
        check("embed backward", &case, &floats(&got[4]), &by_place);
    }
}

pub async fn layer_norms() {
    let gpu = open().await;
    for (seed, [rows, d]) in [[1, 1], [1, 2], [5, 3], [16, 64], [17, 65], [40, 130], [7, 8]].into_iter().enumerate() {
        let seed = seed as u64;
        let (gain, bias) = (random(seed + 10, d), random(seed + 20, d));
        // A mean far from zero: a variance from sums of squares would lose its digits.
        let x: Vec<f32> = random(seed, rows * d).iter().map(|x| x + 10.0).collect();
        let case = format!("{rows} {d}");
        let buffers = [bits(&x), bits(&gain), bits(&bias), vec![0; rows * d], vec![0; 2 * rows]];
        let got = Op::layer_norm(rows, d).run(&gpu, &buffers).await.expect("runs");
        let expected: Vec<f64> = x.chunks(d).flat_map(|row| layers::layer_norm(&wide(row), &gain, &bias)).collect();
        let scale = if d == 1 { 1e3 } else { 1.0 }; // one number minus itself is zero, not nearly zero
        let measured: Vec<f32> = floats(&got[3]).iter().map(|y| y / scale).collect();
        let expected: Vec<f64> = expected.iter().map(|y| y / f64::from(scale)).collect();
        check("layer norm", &case, &measured, &expected);

        let x: Vec<f32> = random(seed, rows * d);
        let kept: Vec<f32> =
            x.chunks(d).map(twins::statistics).flat_map(|(mean, scale)| [mean as f32, scale as f32]).collect();
        let (up, old) = (random(seed + 30, rows * d), random(seed + 40, rows * d));
        let shares = Op::layer_norm_shares(rows) * 2 * d;
        let buffers = [bits(&x), bits(&kept), bits(&gain), bits(&up), bits(&old), vec![0; shares]];
        let got = Op::layer_norm_backward(rows, d).run(&gpu, &buffers).await.expect("runs");
        let (dx, for_gain, for_bias) = twins::layer_norm_backward(&x, &gain, &up);
        let expected: Vec<f64> = dx.iter().zip(&old).map(|(a, b)| a + f64::from(*b)).collect();
        check("layer norm backward", &case, &floats(&got[4]), &expected);
        let sums = Op::layer_norm_gains(rows, d).run(&gpu, &[got[5].clone(), vec![0; 2 * d]]).await.expect("runs");
        check("layer norm gains", &case, &floats(&sums[1]), &[for_gain, for_bias].concat());
    }
}

pub async fn attention() {
    let gpu = open().await;
    let mut cases = vec![[1, 1, 1, 1], [2, 5, 2, 3], [1, 4, 1, 4], [2, 33, 3, 8], [1, 65, 2, 6], [1, 130, 1, 32]];
    let drawn = random_ids(78, 16, 20);
    cases.extend(drawn.chunks(4).map(|x| [x[0] % 3, x[1] * 2, x[2] % 3, x[3]].map(|x| x as usize + 1)));
    for (seed, [batch, tokens, heads, d_head]) in cases.into_iter().enumerate() {
        let sizes = AttentionSizes { batch, tokens, heads, d_head };
        let (rows, d) = (batch * tokens, heads * d_head);
        let (qkv, up) = (random(seed as u64, rows * 3 * d), random(40 + seed as u64, rows * d));
        let case = format!("{sizes:?}");
        let twin = twins::attention(sizes, &qkv, &up);

        let buffers = [bits(&qkv), vec![0; rows * d], vec![0; rows * heads]];
        let got = Op::attention(sizes).run(&gpu, &buffers).await.expect("runs");
        check("attention", &case, &floats(&got[1]), &twin.mixed);
        check("attention", &case, &floats(&got[2]), &twin.log_sums);

        let down = vec![0; rows * 3 * d];
        let buffers = [bits(&qkv), bits(&up), got[2].clone(), down, got[1].clone(), vec![0; rows * heads]];
        let half = Op::attention_backward_query(sizes).run(&gpu, &buffers).await.expect("runs");
        check("attention backward", &case, &floats(&half[5]), &twin.products);
        let buffers = [bits(&qkv), bits(&up), got[2].clone(), half[3].clone(), half[5].clone()];
        let whole = Op::attention_backward_key(sizes).run(&gpu, &buffers).await.expect("runs");
        check("attention backward", &case, &floats(&whole[3]), &twin.down);
    }
}

pub async fn cross_entropy() {
    let gpu = open().await;
    for (seed, [rows, vocab]) in [[1, 1usize], [3, 2], [5, 7], [17, 64], [20, 65], [3, 700]].into_iter().enumerate() {
        let stride = vocab.next_multiple_of(4);
        let logits: Vec<f32> = random(seed as u64, rows * vocab).iter().map(|x| x * 10.0).collect();
        let mut targets = random_ids(seed as u64, rows, vocab);
        if rows > 2 {
            targets[1] = u32::MAX; // counts for nothing
        }
        // Beyond the vocabulary lies rubbish, which must become zero.
        let padded: Vec<f32> =
            logits.chunks(vocab).flat_map(|row| row.iter().copied().chain(vec![7.0; stride - vocab])).collect();
        let buffers = [bits(&padded), targets.clone(), vec![0; rows]];
        let got = Op::cross_entropy(rows, vocab, stride).run(&gpu, &buffers).await.expect("runs");
        let (losses, slopes) = twins::cross_entropy(&logits, vocab, &targets);
        let case = format!("{rows} {vocab}");
        check("cross-entropy", &case, &floats(&got[2]), &losses);
        let expected: Vec<f64> =
            slopes.chunks(vocab).flat_map(|row| row.iter().copied().chain(vec![0.0; stride - vocab])).collect();
        check("cross-entropy gradient", &case, &floats(&got[0]), &expected);
    }
}

/// Settings as the host writes them: step 9, slot 2.
fn settings(adamw: &twins::AdamW, grad_clip: f32) -> Vec<u32> {
    let [mean, square] = adamw.corrections();
    let mut words = vec![adamw.step, 2];
    words.extend(bits(&[adamw.learning_rate, mean, square, adamw.weight_decay, grad_clip]));
    words
}

pub async fn sums_and_verdicts() {
    let gpu = open().await;
    let adamw = twins::AdamW { learning_rate: 0.01, step: 9, weight_decay: 0.1, shorten: 1.0 };
    for (seed, count) in [1, 63, 64, 65, 2048].into_iter().enumerate() {
        let losses = random(seed as u64, count);
        let buffers = [bits(&losses), settings(&adamw, 1.0), vec![0; 16]];
        let got = Op::loss_sum(count).run(&gpu, &buffers).await.expect("runs");
        let mean = wide(&losses).iter().sum::<f64>() / count as f64;
        let scale = wide(&losses).iter().map(|x| x.abs()).sum::<f64>() / count as f64;
        // The terms have both signs: the error is measured against their size.
        check("loss sum", &format!("{count}"), &[f32::from_bits(got[2][9]), scale as f32], &[mean, scale]);

        let gradients = random(seed as u64, count * 4);
        let got = Op::squares(count * 4).run(&gpu, &[bits(&gradients), vec![0; Op::SQUARE_SUMS]]).await.expect("runs");
        let sums = got[1].clone();
        let norm = wide(&gradients).iter().map(|x| x * x).sum::<f64>().sqrt();
        let buffers = [sums, settings(&adamw, 1.5), vec![0; 16], vec![0; 2]];
        let got = Op::verdict().run(&gpu, &buffers).await.expect("runs");
        let case = format!("{count}");
        check("gradient norm", &case, &[f32::from_bits(got[2][10])], &[norm]);
        assert_eq!((got[2][8], got[2][11]), (9, 1), "step and applied stand in slot 2");
        let shorten = if norm > 1.5 { 1.5 / norm } else { 1.0 };
        check("gradient norm", &case, &floats(&got[3]), &[1.0, shorten]);
    }
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut sums = vec![0.0; Op::SQUARE_SUMS];
        sums[3] = bad;
        let buffers = [bits(&sums), settings(&adamw, 1.0), vec![0; 16], vec![0; 2]];
        let got = Op::verdict().run(&gpu, &buffers).await.expect("runs");
        assert_eq!((floats(&got[3])[0], got[2][11]), (0.0, 0), "a norm of {bad} forbids the step");
        let buffers = [vec![0; Op::SQUARE_SUMS], settings(&adamw, 1.0), bits(&[bad; 16]), vec![0; 2]];
        let got = Op::verdict().run(&gpu, &buffers).await.expect("runs");
        assert_eq!((floats(&got[3])[0], got[2][11]), (0.0, 0), "a loss of {bad} forbids the step");
    }
}

pub async fn adamw() {
    let gpu = open().await;
    for (seed, (words, decaying)) in [(4, 0), (4, 4), (256, 64), (1000, 512)].into_iter().enumerate() {
        let seed = seed as u64;
        let (p, g, m) = (random(seed, words), random(seed + 10, words), random(seed + 20, words));
        let s: Vec<f32> = random(seed + 30, words).iter().map(|x| x * x).collect();
        let adamw = twins::AdamW { learning_rate: 0.01, step: 3, weight_decay: 0.1, shorten: 0.25 };
        let buffers =
            |verdict: [f32; 2]| [bits(&p), bits(&g), bits(&m), bits(&s), settings(&adamw, 1.0), bits(&verdict)];
        let got = Op::adamw(words, decaying).run(&gpu, &buffers([1.0, 0.25])).await.expect("runs");
        let numbers = |i: usize| [p[i], g[i], m[i], s[i]].map(f64::from);
        let expected: Vec<[f64; 3]> = (0..words).map(|i| adamw.update(numbers(i), i < decaying)).collect();
        for (which, buffer) in [0, 2, 3].into_iter().enumerate() {
            let expected: Vec<f64> = expected.iter().map(|new| new[which]).collect();
            check("adamw", &format!("{words} {decaying} {which}"), &floats(&got[buffer]), &expected);
        }
        let kept = Op::adamw(words, decaying).run(&gpu, &buffers([0.0, 0.25])).await.expect("runs");
        assert_eq!(kept, buffers([0.0, 0.25]), "a refused step changes nothing");
    }
}
