//! The lesson on INT4: every number of its text is computed again, by hand and with the lab's own job; its listings agree
//! with the engine, its exercise and its prediction turn out as it says.

mod lesson;
mod listing;
mod quantized;

use engine_core::{
    quantize::{
        Grid, Matrix, Scheme, Share,
        codes::{pack, unpack},
        errors::Errors,
        quantize,
    },
    reference::quantized::packed_row,
};
use quantized::{cost, outcome, report};

const SLUG: &str = "quantization-int4";

fn has(piece: &str) {
    lesson::has(SLUG, piece);
}

#[test]
fn the_row_by_hand_is_right() {
    let row = [0.70, -0.28, 0.36, 0.11, 0.06, -0.04, 0.07, 0.02];
    let with = |share| quantize(Matrix { columns: 8, data: &row }, Scheme { share, ..Scheme::INT4 }).unwrap();
    let (one, two) = (with(Share::Row), with(Share::Group(4)));
    let line = |codes: &[i8]| codes.iter().map(|code| format!(" {code} |")).collect::<String>().replace('-', "−");
    has(&format!("| Whole number |{}", line(&one.codes.row(0))));
    has(&format!("| Whole number |{}", line(&two.codes.row(0)[4..])));
    let near = |values: &[f32], told: &[f32]| values.iter().zip(told).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(near(&one.values(), &[0.7, -0.3, 0.4, 0.1, 0.1, 0.0, 0.1, 0.0]));
    assert!(near(&two.values()[4..], &row[4..]), "off by nothing at all");
    let off = |values: &[f32]| 100.0 * Errors::between(&row, values).relative;
    has(&format!("from {:.1} % of its length to {:.1} %", off(&one.values()), off(&two.values())));
    has(&format!("{:.2} % of the largest weight; with four bits it is {:.1} %", 50.0 / 127.0, 50.0 / 7.0));
    let times: f64 = 127.0 / 7.0;
    has(&format!("$127 / 7 = {times:.1}$ times wider"));
    has(&format!("which is {:.1} decibels", 20.0 * times.log10()));
    // The share of a bell within half a step of 3/7 of its standard deviation.
    let half = 1.5 / 7.0;
    let within: f64 = (0..10_000)
        .map(|at| (f64::from(at) + 0.5) / 10_000.0 * half)
        .map(|z: f64| 2.0 * half / 10_000.0 * (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt())
        .sum();
    has(
        "$3\\sigma / 7 = 0.43\\,\\sigma$: every weight closer to zero than $0.21\\,\\sigma$ becomes 0, and that is one in six",
    );
    assert_eq!((format!("{half:.2}").as_str(), (1.0 / within).round()), ("0.21", 6.0));
}

#[test]
fn bits_are_counted_with_everything_that_is_shared() {
    let bits = |scheme: Scheme, columns: usize| scheme.bytes(1, columns).all() as f64 * 8.0 / columns as f64;
    let four = |share| bits(Scheme { share, ..Scheme::INT4 }, 768);
    for (name, share) in [
        ("a row of 768", Share::Row),
        ("groups of 128", Share::Group(128)),
        ("groups of 64", Share::Group(64)),
        ("groups of 32", Share::Group(32)),
        ("groups of 16", Share::Group(16)),
        ("groups of 8", Share::Group(8)),
    ] {
        has(&format!("| {name} | {:.2} | {:.1} times |", four(share), 32.0 / four(share)));
    }
    let affine = Scheme { grid: Grid::Affine, ..Scheme::INT4 };
    assert_eq!(bits(affine, 768) - four(Share::Group(32)), 0.25);
    has("0.25 bits for each weight in groups of 32");
    assert_eq!(engine_core::gguf::Kind::Q4_0.block(), (32, 18));
    has("groups of 32 take $4 + 16/32 = 4.5$ bits");
    assert_eq!((pack(3, -2), unpack(227)), (227, [3, -2]));
    has("1110\\,0011 = 227");
}

#[test]
fn the_table_is_measured() {
    let costs: Vec<f64> = [
        ("a whole matrix", "bits=int4&share=tensor"),
        ("each output", "bits=int4"),
        ("groups of 32", "bits=int4&share=group"),
        ("groups of 16", "bits=int4&share=group&group=16"),
        ("groups of 8", "bits=int4&share=group&group=8"),
        ("(INT8, each output)", "bits=int8"),
    ]
    .into_iter()
    .map(|(name, knobs)| {
        let report = report(&format!("{knobs}&activations=float"));
        let (bytes, cost) = (report.bytes.unwrap(), cost(&report));
        let after = lesson::grouped(bytes.after() as u64);
        println!("| {name} | {after} | {:.2} times | {cost:.3} |", bytes.ratio());
        has(&format!("| {name} | {after} | {:.2} times | {cost:.3} |", bytes.ratio()));
        cost
    })
    .collect();
    assert!(costs[4] > 5.0 * costs[5], "many times what INT8 loses");
    let [rows, groups] = ["", "&share=group"].map(|share| report(&format!("bits=int4{share}&activations=float")));
    // The worst outputs are seldom those of the worst weights.
    for report in [&rows, &groups] {
        let worst = |of: fn(&engine_core::jobs::quantize::Layer) -> f64| {
            report.layers.iter().skip(1).max_by(|a, b| of(a).total_cmp(&of(b))).unwrap().name.clone()
        };
        assert_ne!(worst(|layer| layer.weights.relative), worst(|layer| layer.outputs.unwrap()));
    }
}

#[test]
fn what_stands_below_the_table_is_measured_too() {
    let bytes = |knobs: &str| report(&format!("bits=int4&{knobs}&activations=float"));
    let (tensor, rows) = (bytes("share=tensor").bytes.unwrap(), bytes("share=row").bytes.unwrap());
    has(&format!("it costs {} bytes", lesson::grouped((rows.after() - tensor.after()) as u64)));
    let (groups, affine) = (bytes("share=group"), bytes("share=group&grid=affine"));
    let zeros = affine.bytes.unwrap().after() - groups.bytes.unwrap().after();
    has(&format!("down to {:.3}, for {} bytes of zero points", cost(&affine), lesson::grouped(zeros as u64)));
    let same = bytes("share=group&tokens=same");
    let saved = groups.bytes.unwrap().after() - same.bytes.unwrap().after();
    has(&format!("saves {} bytes, and doubles the loss to {:.3}", lesson::grouped(saved as u64), cost(&same)));
    // Cutting off a few of a whole matrix helps the others.
    let [all, most, fewer] = ["absmax", "percentile", "percentile&percentile=99"]
        .map(|reach| cost(&bytes(&format!("share=tensor&reach={reach}"))));
    assert!(all > most && most > fewer, "{all} {most} {fewer}");
}

#[test]
fn the_exercise_and_the_prediction_turn_out_as_said() {
    lesson::solved_only_by_its_solution(SLUG, "five-times-smaller", outcome);
    lesson::foretold(SLUG, "one-scale-for-all", 2, outcome);
    let (cost, bytes) = (|knobs| cost(&report(knobs)), |knobs| report(knobs).bytes.unwrap());
    let (groups, tensor) = ("bits=int4&share=group&activations=float", "bits=int4&share=tensor&activations=float");
    lesson::file_has(SLUG, "predict.toml", &format!("it loses {:.3} nats", cost(groups)));
    lesson::file_has(SLUG, "predict.toml", &format!("explain = \"{:.2} nats", cost(tensor)));
    assert!((4.5..6.0).contains(&(cost(tensor) / cost(groups))), "five times as much");
    let affine = bytes("bits=int4&share=group&grid=affine&activations=float");
    let solved = "bits=int4&share=group&grid=affine&activations=float";
    let told = format!(
        "{:.3} nats, and {} bytes, which is {:.2} times",
        cost(solved),
        lesson::grouped(affine.after() as u64),
        affine.ratio()
    );
    lesson::file_has(SLUG, "exercise.toml", &told);
    lesson::file_has(SLUG, "exercise.toml", &format!("it is {:.1} times smaller", bytes("bits=int4").ratio()));
    lesson::file_has(SLUG, "exercise.toml", &format!("reach {:.3}", cost(groups)));
}

#[test]
fn the_listings_agree_with_the_engine() {
    let rows: [(&[i8], usize, &[f64]); 3] =
        [(&[7, -3, 4, 1, 6, -4, 7], 4, &[0.5, 0.125]), (&[-8], 1, &[3.0]), (&[0, -1, 5, 2], 2, &[0.25, 8.0])];
    let packed = |codes: &[i8]| -> Vec<u8> {
        codes.chunks(2).map(|pair| pack(pair[0], pair.get(1).copied().unwrap_or(0))).collect()
    };
    let mut expected = Vec::new();
    let (mut python, mut csharp) = (Vec::new(), Vec::new());
    for (codes, group, scales) in rows {
        expected.extend(packed(codes).into_iter().map(f64::from));
        expected.extend(packed_row(&packed(codes), codes.len(), group, scales));
        let columns = codes.len();
        python.push(format!(
            "bytes_of = pack({codes:?})\nfor byte in bytes_of:\n    show(byte)\n\
             for x in packed_row(bytes_of, {columns}, {group}, {scales:?}):\n    show(x)"
        ));
        csharp.push(format!(
            "{{ var bytes = Packed.Pack(new int[] {}); foreach (byte b in bytes) Print(b); \
             foreach (double x in Packed.Row(bytes, {columns}, {group}, new double[] {})) Print(x); }}",
            lesson::braces(codes),
            lesson::braces(scales)
        ));
    }
    let file = "quantization-int4/packed.py";
    listing::agree(file, listing::python(file, &python.join("\n")), &expected);
    let file = "quantization-int4/packed.cs";
    listing::agree(file, listing::csharp(file, &csharp.join("\n")), &expected);
}
