//! What was measured, as curves, sentences, rows and a file.

use kit::t;
use crate::widgets::{
    axis,
    lines::{LineData, Reference, Series, number},
    outcome::Value,
};
use engine_core::jobs::matmul::{Kernel, MatmulReport, Timing};
use serde::Serialize;

/// The kernels that run on the CPU, in the order in which they take turns.
pub const ON_CPU: [Kernel; 4] = [Kernel::Naive, Kernel::Blocked, Kernel::Packed, Kernel::Flex];

/// What a prediction or an exercise is scored by; `guess` is the ratio that the learner foretold in the lab.
pub fn values(report: &MatmulReport, size: usize, guess: Option<u32>) -> Vec<(&'static str, Value)> {
    let mut values = vec![("size", size.into())];
    let names = ["gflops_naive", "gflops_blocked", "gflops_packed", "gflops_flex"];
    let mut fastest: Option<&Timing> = None;
    for (kernel, name) in ON_CPU.into_iter().zip(names) {
        if let Some(timing) = report.at(kernel, size) {
            values.push((name, timing.gflops.into()));
            fastest = fastest.filter(|best| best.gflops >= timing.gflops).or(Some(timing));
        }
    }
    let ratio = report.ratio(Kernel::Packed, size);
    values.extend(ratio.map(|ratio| ("speedup", ratio.into())));
    if let (Some(ratio), Some(guess)) = (ratio, guess.map(f64::from)) {
        values.extend([("guess", guess.into()), ("guess_factor", (guess / ratio).max(ratio / guess).into())]);
    }
    values.extend(fastest.map(|timing| ("fastest", timing.kernel.label().into())));
    values
}

/// GFLOP/s against the size, one line for each kernel, with lines to compare with.
pub fn curves(report: &MatmulReport, references: Vec<Reference>) -> LineData {
    let line = |kernel: Kernel| {
        let timings = report.timings.iter().filter(|timing| timing.kernel == kernel);
        let points: Vec<_> = timings.map(|timing| (timing.size as f64, timing.gflops)).collect();
        (!points.is_empty()).then(|| Series { name: kernel.label().into(), points })
    };
    LineData {
        x_name: t!("matmul.size_n_n").into(),
        y_name: "GFLOP/s".into(),
        series: Kernel::ALL.into_iter().filter_map(line).collect(),
        references,
    }
}

/// The measured ceiling, as a line to compare with.
pub fn ceiling(report: &MatmulReport) -> Vec<Reference> {
    let line = |gflops| Reference { label: t!("matmul.ceiling_one_core", gflops = format!("{:.1}", gflops)), y: gflops };
    report.ceiling_gflops.map(line).into_iter().collect()
}

/// The best pace of each kernel, in one sentence.
pub fn summary(report: &MatmulReport) -> String {
    let pace = |kernel: Kernel| {
        let timings = report.timings.iter().filter(|timing| timing.kernel == kernel);
        let best = timings.map(|timing| timing.gflops).max_by(f64::total_cmp)?;
        Some(format!("{} {best:.1}", kernel.label()))
    };
    let paces: Vec<String> = Kernel::ALL.into_iter().filter_map(pace).collect();
    t!("matmul.best_each_gflop", paces = paces.join("; "))
}

/// How many times: as exactly as a measurement deserves.
fn times(ratio: f64) -> String {
    if ratio < 9.95 { format!("{ratio:.1}") } else { format!("{ratio:.0}") }
}

/// The fastest any kernel of `report` was.
pub fn best(report: &MatmulReport) -> Option<&Timing> {
    report.timings.iter().max_by(|a, b| a.gflops.total_cmp(&b.gflops))
}

/// A prediction held against what was measured.
pub fn verdict(predicted: u32, measured: f64, size: usize) -> String {
    let guess = f64::from(predicted);
    let judged = if (0.8..=1.25).contains(&(guess / measured)) {
        t!("matmul.within_quarter_well").to_owned()
    } else if guess < measured {
        let factor = times(measured / guess);
        t!("matmul.real_gap_times", factor = factor)
    } else {
        let factor = times(guess / measured);
        t!("matmul.gap_expected_times", factor = factor)
    };
    t!("matmul.predicted_times_at", predicted = predicted, size = size, times = times(measured), judged = judged)
}

/// What computed, and under which ceiling.
pub fn machine(report: &MatmulReport, device: &str) -> Option<String> {
    let ceiling = report.ceiling_gflops.filter(|_| !device.is_empty())?;
    let rounding = if report.fuses { t!("matmul.once_fused") } else { "twice" };
    Some(t!("matmul.kernel_variant_use", variant = report.variant, rounding = rounding, ceiling = format!("{:.1}", ceiling), device = device))
}

/// Which curves end early, and why.
pub fn left_out(report: &MatmulReport) -> String {
    let sentences = report.left_out.iter().map(|left| {
        let (size, ms) = (left.size, number(left.forecast_ms.round()));
        t!("matmul.ends_before_one", kernel = left.kernel.label(), size = size, ms = ms)
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// One row of the table for each kernel measured at `size`: name, time, pace, share of the ceiling, ratio.
pub fn row(report: &MatmulReport, timing: &Timing) -> [String; 5] {
    let share = report.ceiling_gflops.map_or(String::new(), |top| format!("{:.0} %", timing.gflops / top * 100.0));
    let ratio = report.ratio(timing.kernel, timing.size).map_or(String::new(), |ratio| format!("{} ×", times(ratio)));
    [timing.kernel.label().into(), number(timing.ms), format!("{:.1}", timing.gflops), share, ratio]
}

/// What the GPU's numbers say.
pub fn gpu_words(gpu: &MatmulReport, cpu: &MatmulReport) -> Option<String> {
    let (first, top) = (gpu.timings.first()?, best(gpu)?);
    let trip = first.round_trip_ms.unwrap_or(first.ms);
    let against = best(cpu).map_or(String::new(), |cpu| {
        t!("matmul.times_best_one", times = times(top.gflops / cpu.gflops))
    });
    Some(t!("matmul.single_product_whose", n = first.size, trip = number(trip), ms = number(first.ms), times = times(top.gflops / first.gflops), m = top.size, gflops = times(top.gflops), against = against))
}

/// Everything, for a file.
#[derive(Serialize)]
pub struct Export<'a> {
    /// The build of the site.
    pub build: &'a str,
    /// What the engine calls its device.
    pub device: &'a str,
    /// Rows and columns of the predicted product.
    pub size: usize,
    /// How many times as fast as the naive loops the packed kernel was predicted to be.
    pub predicted_ratio: Option<u32>,
    /// How many times as fast it was.
    pub measured_ratio: Option<f64>,
    /// The kernels on the CPU.
    pub cpu: &'a MatmulReport,
    /// The GPU; without timings if it was not measured.
    pub gpu: &'a MatmulReport,
}

/// `16, 32 … 512`, as it is said before a run.
pub fn range(sizes: &[usize]) -> String {
    let ends = (sizes.first(), sizes.last());
    let (Some(first), Some(last)) = ends else { return String::new() };
    let count = axis::grouped(&sizes.len().to_string());
    t!("matmul.sizes_from", count = count, first = first, last = last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::jobs::matmul::{LeftOut, flops};

    fn timing(kernel: Kernel, size: usize, gflops: f64) -> Timing {
        Timing { kernel, size, ms: flops(size) / (gflops * 1e6), gflops, products: 1, round_trip_ms: None }
    }

    fn report() -> MatmulReport {
        MatmulReport {
            variant: "SIMD128".into(),
            ceiling_gflops: Some(20.0),
            timings: vec![
                timing(Kernel::Naive, 64, 1.0),
                timing(Kernel::Packed, 64, 10.0),
                timing(Kernel::Naive, 128, 0.5),
                timing(Kernel::Packed, 128, 15.0),
            ],
            left_out: vec![LeftOut { kernel: Kernel::Naive, size: 256, forecast_ms: 2_345.6 }],
            ..MatmulReport::default()
        }
    }

    #[test]
    fn a_verdict_is_exact_on_both_sides() {
        assert!(verdict(30, 31.0, 256).ends_with("well judged."));
        let low = verdict(10, 35.0, 256);
        assert!(low.starts_with("You predicted 10 times. At 256 × 256 the packed SIMD kernel was 35 times"), "{low}");
        assert!(low.contains("The real gap is 3.5 times the one you expected"), "{low}");
        let high = verdict(100, 20.0, 64);
        assert!(high.contains("The gap you expected is 5.0 times the real one"), "{high}");
        assert!(verdict(8, 10.0, 64).contains("well judged") && verdict(7, 10.0, 64).contains("The real gap"));
    }

    #[test]
    fn curves_hold_what_was_measured_and_nothing_else() {
        let data = curves(&report(), ceiling(&report()));
        let names: Vec<&str> = data.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["naive loops", "packed SIMD"]);
        assert_eq!(data.series[1].points, [(64.0, 10.0), (128.0, 15.0)]);
        assert_eq!((data.references[0].y, data.references[0].label.as_str()), (20.0, "ceiling of one core: 20.0"));
        assert_eq!(summary(&report()), "The best of each, in GFLOP/s: naive loops 1.0; packed SIMD 15.0.");
        assert_eq!(best(&report()).map(|timing| timing.size), Some(128));
    }

    #[test]
    fn rows_and_sentences_follow_the_numbers() {
        let report = report();
        let packed = report.at(Kernel::Packed, 128).unwrap();
        assert_eq!(row(&report, packed), ["packed SIMD", "0.2796", "15.0", "75 %", "30 ×"]);
        assert_eq!(left_out(&report), "“naive loops” ends before 256 × 256: one product would take about 2346 ms.");
        assert!(machine(&report, "CPU").is_some_and(|text| text.contains("SIMD128; a multiply-add is rounded twice.")));
        assert_eq!(machine(&MatmulReport::default(), "CPU"), None);
        assert_eq!(machine(&report, ""), None, "not before it is known");
        let slow = Timing { round_trip_ms: Some(2.5), ..timing(Kernel::Gpu, 16, 0.1) };
        let gpu = MatmulReport { timings: vec![slow, timing(Kernel::Gpu, 512, 300.0)], ..MatmulReport::default() };
        let said = gpu_words(&gpu, &report).unwrap();
        assert!(said.contains("takes 2.500 ms") && said.contains("3000 times as fast at 512 × 512"), "{said}");
        assert!(said.ends_with("300 GFLOP/s, 20 times the best that one CPU core reached."), "{said}");
    }

    #[test]
    fn the_file_has_the_prediction_and_every_timing() {
        let report = report();
        let (cpu, gpu) = (&report, &MatmulReport::default());
        let export = Export {
            build: "b",
            device: "CPU",
            size: 128,
            predicted_ratio: Some(7),
            measured_ratio: Some(30.0),
            cpu,
            gpu,
        };
        let json: serde_json::Value = serde_json::from_str(&serde_json::to_string(&export).unwrap()).unwrap();
        assert_eq!(json["predicted_ratio"], 7);
        assert_eq!(json["cpu"]["timings"][3]["kernel"], "packed");
        assert_eq!(json["cpu"]["timings"][3]["gflops"], 15.0);
        assert_eq!(json["cpu"]["left_out"][0]["size"], 256);
    }
}
