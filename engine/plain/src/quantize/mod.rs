//! Quantizing a model block by block, and comparing it with what it was: see [`engine_core::jobs::quantize`].

mod choose;
mod held;
mod known;
mod measure;
#[cfg(test)]
mod tests;

use crate::{
    gpt::{self, Gpt, Slot, Which},
    run::Context,
};
use choose::{Chosen, choose};
use engine_core::{
    job::JobError,
    jobs::quantize::{Plan, QuantizeModel, Report, Tokens},
    model_file::ModelFile,
    quantize::{
        Matrix,
        scheme::{Bytes, ModelBytes},
    },
    tensor_file::Precision,
};
use held::{Held, Table};
use known::Known;

/// Between two checkpoints so many milliseconds pass, about.
const PIECE_MS: f64 = 8.0;
/// The most tokens that a layer is shown: what comes into the widest layer must fit into memory.
const SHOWN_TOKENS: usize = 4_096;
/// Fixes which windows of the text are shown.
const SHOWN_SEED: u64 = 1;

pub(crate) async fn run(job: QuantizeModel, cx: Context<QuantizeModel>) -> Result<Report, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let known = Known::of(&job)?;
    cx.checkpoint().await?;
    let mut report =
        Report { unknown: known.tokenizer.encode(&job.prompt).unknown.into_iter().collect(), ..Report::default() };
    let mut pieces = Pieces { cx: &cx, last: cx.now() };
    let now = quantized(&known, &job.plan, &mut report, &mut pieces).await?;
    cx.update(&report);

    report.losses = Some(measure::losses(&known, &now, &mut pieces).await?);
    cx.update(&report);
    if job.tokens > 0 {
        let between = async || cx.checkpoint().await;
        let before = known.writes(&job, between).await?;
        let after = gpt::write(&now, &known.tokenizer, &job.prompt, job.tokens, &job.sampling, between).await?;
        report.written = Some([before, after]);
        cx.update(&report);
    }
    if job.speed_ms > 0.0 {
        report.speed = Some(measure::speed(&known, &now, job.speed_ms, &mut pieces).await?);
    }
    if job.keep {
        let (config, tokenizer) = (*now.config(), known.tokenizer.clone());
        let file = ModelFile { config, tokenizer, weights: now.weights(), training: None };
        report.file = Some(file.write(Precision::F32));
    }
    Ok(report)
}

/// Pauses of the job, by the clock.
struct Pieces<'a> {
    cx: &'a Context<QuantizeModel>,
    last: f64,
}

impl Pieces<'_> {
    /// A pause, if it is time for one.
    async fn look_up(&mut self) -> Result<(), JobError> {
        self.cx.look_up(&mut self.last, PIECE_MS).await
    }

    /// A pause.
    async fn pause(&mut self) -> Result<(), JobError> {
        self.cx.checkpoint().await
    }

    fn now(&self) -> f64 {
        self.cx.now()
    }
}

/// The model in whole numbers. Each block is given what comes out of the blocks before it as they are by then.
async fn quantized(known: &Known, plan: &Plan, report: &mut Report, pieces: &mut Pieces<'_>) -> Result<Gpt, JobError> {
    let config = *known.model.config();
    let mut model = Gpt::new(config, known.model.weights());
    let shown = shown(known, plan);
    report.matrices =
        model.slots().count() + if plan.tokens == Tokens::Float { 0 } else { 1 + usize::from(!config.tied_head) };
    let mut quantized = Bytes::default();
    let mut numbers = 0;
    if let Some(scheme) = plan.tokens.scheme(plan.scheme) {
        let plan = &Plan { scheme, ..*plan };
        let weights = known.model.weights();
        let tokens = Matrix { columns: config.d_model, data: &weights["tok_emb"] };
        let tokens = choose("tok_emb".into(), tokens, None, plan, pieces).await?;
        let mut chosen = vec![tokens];
        if let Some(head) = weights.get("head.weight") {
            let turned = Matrix { columns: config.vocab_size, data: head }.transposed();
            let head = Matrix { columns: config.d_model, data: &turned };
            chosen.push(choose("head.weight".into(), head, None, plan, pieces).await?);
        }
        let mut held = chosen.iter().map(|chosen| Held::new(&chosen.weight, &[], plan.activations));
        let tokens = held.next().expect("the table is the first");
        let table = Table::new(tokens, held.next());
        model.swap_vocabulary(Box::new(table));
        for Chosen { told, .. } in chosen {
            quantized = quantized.and(told.bytes);
            numbers += told.shape[0] * told.shape[1];
            report.layers.push(told);
        }
        pieces.cx.update(report);
    }
    for layer in 0..config.n_layers {
        let mut inputs: [Vec<f32>; 4] = Default::default();
        let piece = config.micro_batch(shown.len() / config.context) * config.context;
        for ids in shown.chunks(piece) {
            let pass = model.forward(ids, config.context);
            for (which, inputs) in Which::ALL.into_iter().zip(&mut inputs) {
                inputs.extend(pass.input(Slot { layer, which }));
            }
            pieces.look_up().await?;
        }
        for (which, inputs) in Which::ALL.into_iter().zip(&inputs) {
            let slot = Slot { layer, which };
            let [columns, outputs] = slot.shape(&config);
            let own = model.matrix(slot).expect("nothing stands there yet");
            let turned = Matrix { columns: outputs, data: own }.transposed();
            let (weight, inputs) = (Matrix { columns, data: &turned }, Matrix { columns, data: inputs });
            let chosen = choose(slot.name(), weight, Some(inputs), plan, pieces).await?;
            drop(model.swap(slot, Box::new(Held::new(&chosen.weight, &chosen.input_scales, plan.activations))));
            quantized = quantized.and(chosen.told.bytes);
            numbers += columns * outputs;
            report.layers.push(chosen.told);
        }
        pieces.cx.update(report);
    }
    let all = config.parameters();
    let kept = (all - numbers) * size_of::<f32>();
    report.bytes = Some(ModelBytes { quantized, kept, before: all * size_of::<f32>() });
    Ok(model)
}

/// The windows that layers are shown, from the part of the text that the model learned from.
fn shown(known: &Known, plan: &Plan) -> Vec<u32> {
    let context = known.model.config().context;
    let windows = plan.windows.min(SHOWN_TOKENS / context).max(1);
    let (inputs, _) = known.corpus.batch(SHOWN_SEED, 0, windows, context);
    inputs
}
