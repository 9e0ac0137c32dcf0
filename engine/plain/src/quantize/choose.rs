//! The whole numbers of one matrix, by whichever method, with pauses.

use super::Pieces;
use engine_core::{
    job::JobError,
    jobs::quantize::{BINS, Layer, Method, Plan, gptq_fits},
    quantize::{
        Matrix, Quantized, awq::Search, errors::Errors, gptq::Rounding, histogram::Histogram, layer::output_error,
        quantize,
    },
};

/// AWQ tries its strengths on so many samples at most, evenly taken.
const AWQ_SAMPLES: usize = 512;

/// A matrix in whole numbers, and what is told of it.
pub(super) struct Chosen {
    pub(super) weight: Quantized,
    /// With AWQ, what each input is divided by; else empty.
    pub(super) input_scales: Vec<f32>,
    pub(super) told: Layer,
}

/// Quantizes `weight: [outputs, inputs]`, which is given `inputs: [samples, inputs]`; without them it is rounded to
/// nearest.
pub(super) async fn choose(
    name: String,
    weight: Matrix<'_>,
    inputs: Option<Matrix<'_>>,
    plan: &Plan,
    pieces: &mut Pieces<'_>,
) -> Result<Chosen, JobError> {
    let named = |why: String| JobError::Invalid(format!("{name}: {why}"));
    let (mut input_scales, mut strength) = (Vec::new(), None);
    let quantized = match (plan.method, inputs) {
        (Method::Gptq, Some(inputs)) => {
            gptq_fits(weight.columns).map_err(JobError::Invalid)?;
            let mut rounding = Rounding::new(weight, inputs, plan.scheme).map_err(named)?;
            while rounding.next_row() {
                pieces.look_up().await?;
            }
            rounding.quantized()
        }
        (Method::Awq, Some(inputs)) => {
            let few = thinned(inputs, AWQ_SAMPLES);
            let few = Matrix { data: &few, ..inputs };
            let mut search = Search::new(weight, few, plan.scheme).map_err(named)?;
            while search.next_strength() {
                pieces.look_up().await?;
            }
            (input_scales, strength) = (search.best.input_scales, Some(search.best.strength));
            search.best.weight
        }
        _ => quantize(weight, plan.scheme).map_err(named)?,
    };
    pieces.look_up().await?;
    let mut values = quantized.values();
    if !input_scales.is_empty() {
        for row in values.chunks_exact_mut(weight.columns) {
            row.iter_mut().zip(&input_scales).for_each(|(x, scale)| *x /= scale);
        }
    }
    let reach = weight.data.iter().chain(&values).fold(0.0f32, |reach, x| reach.max(x.abs())).max(f32::MIN_POSITIVE);
    let mut bytes = quantized.bytes();
    bytes.scales += size_of_val(input_scales.as_slice());
    let told = Layer {
        name,
        shape: [weight.rows(), weight.columns],
        weights: Errors::between(weight.data, &values),
        outputs: inputs.map(|inputs| output_error(weight, &values, inputs)),
        bytes,
        histograms: [weight.data, &values].map(|numbers| Histogram::of(numbers, reach, BINS)),
        strength,
    };
    pieces.look_up().await?;
    Ok(Chosen { weight: quantized, input_scales, told })
}

/// At most so many of the rows, evenly taken.
fn thinned(rows: Matrix, most: usize) -> Vec<f32> {
    let every = rows.rows().div_ceil(most).max(1);
    rows.each_row().step_by(every).flatten().copied().collect()
}
