//! Students with and without a teacher: see [`engine_core::jobs::distil`].

use crate::{
    gpt::{Adam, Gpt, Gradients, train_step},
    learner::{Learner, fell_apart},
    run::Context,
};
use engine_core::{
    config::{GptConfig, TrainConfig},
    distil::{Mix, cost_and_gradient},
    first_weights::fresh,
    job::JobError,
    jobs::distil::{Begin, DistilModel, LARGEST, POINTS, Pair, Plan, Report},
    model_file::ModelFile,
    reference::gpt::Weights,
    tensor_file::Precision,
};

/// Tokens that each loss is measured on.
const TOKENS: usize = 2_048;

pub(crate) async fn run(job: DistilModel, cx: Context<DistilModel>) -> Result<Report, JobError> {
    job.plan.validate().map_err(JobError::Invalid)?;
    let learner = Learner::open(&job.file, &job.text, LARGEST, TOKENS)?;
    let config = job.plan.student.of(&learner.file.config).map_err(JobError::Invalid)?;
    cx.checkpoint().await?;
    let teacher = learner.model();
    let mut report = Report {
        teacher: Some(learner.loss(&teacher, &cx).await?),
        teacher_parameters: learner.file.config.parameters(),
        student_parameters: config.parameters(),
        ..Report::default()
    };
    cx.update(&report);
    for place in 0..job.plan.pairs {
        let class = Class { learner: &learner, teacher: &teacher, plan: &job.plan, training: job.plan.training(place) };
        let [taught, alone] = class.teach(&config, &mut report, &cx).await?;
        if place > 0 {
            continue;
        }
        if job.tokens > 0 {
            for model in [&teacher, &taught, &alone] {
                report.written.push(learner.sample(model, job.tokens, job.plan.seed, &cx).await?);
                cx.update(&report);
            }
        }
        let tokenizer = learner.file.tokenizer.clone();
        let file = ModelFile { config, tokenizer, weights: taught.weights(), training: None };
        report.file = Some(file.write(Precision::F32));
    }
    Ok(report)
}

/// What a student begins with.
///
/// # Panics
/// If blocks are to be copied into a student of another width.
fn first(teacher: &ModelFile, student: &GptConfig, begin: Begin, training: &TrainConfig) -> Weights {
    if begin == Begin::Fresh {
        return fresh(student, training.first_weights, training.seed);
    }
    assert_eq!(teacher.config.d_model, student.d_model, "only a student as wide can copy");
    let every = teacher.config.n_layers / student.n_layers;
    let from = |name: &str| match name.strip_prefix("blocks.").and_then(|rest| rest.split_once('.')) {
        Some((layer, rest)) => {
            format!("blocks.{}.{rest}", every * layer.parse::<usize>().expect("blocks have numbers"))
        }
        None => name.to_owned(),
    };
    student.tensors().into_iter().map(|(name, _)| (name.clone(), teacher.weights[&from(&name)].clone())).collect()
}

/// One pair of students and what they learn from.
struct Class<'a> {
    learner: &'a Learner,
    teacher: &'a Gpt,
    plan: &'a Plan,
    training: TrainConfig,
}

impl Class<'_> {
    /// Trains both students on the same batches: the first with the teacher, the second without.
    async fn teach(
        &self,
        config: &GptConfig,
        report: &mut Report,
        cx: &Context<DistilModel>,
    ) -> Result<[Gpt; 2], JobError> {
        let Self { learner, plan, training, .. } = self;
        let start = first(&learner.file, config, plan.begin, training);
        let mut students = [Gpt::new(*config, start.clone()), Gpt::new(*config, start)];
        let mut adams = students.each_ref().map(Adam::new);
        let mut grads = students[0].gradients();
        report.pairs.push(Pair { seed: training.seed, ..Pair::default() });
        self.measure(&students, 0, report, cx).await?;
        let mut points = 0;
        for step in 0..plan.steps {
            let (inputs, targets) = learner.corpus.batch(training.seed, step, plan.batch, config.context);
            let batch = (inputs.as_slice(), targets.as_slice());
            let [taught, alone] = &mut students;
            let [of_taught, of_alone] = &mut adams;
            self.taught_step((taught, of_taught), &mut grads, batch, cx).await?;
            let between = async || cx.checkpoint().await;
            let (_, outcome) = train_step(alone, of_alone, &mut grads, training, batch, between).await?;
            if !outcome.grad_norm.is_finite() {
                return Err(fell_apart(step));
            }
            if (step + 1) * POINTS / plan.steps > points {
                points = (step + 1) * POINTS / plan.steps;
                self.measure(&students, step + 1, report, cx).await?;
            }
        }
        let apart = [self.apart(&students[0], cx).await?, self.apart(&students[1], cx).await?];
        let pair = report.pairs.last_mut().expect("it was begun above");
        [pair.taught.apart, pair.alone.apart] = apart.map(Some);
        cx.update(report);
        Ok(students)
    }

    /// One step towards the mixture of the teacher's chances and the tokens that really came.
    async fn taught_step(
        &self,
        (student, adam): (&mut Gpt, &mut Adam),
        grads: &mut Gradients,
        (inputs, targets): (&[u32], &[u32]),
        cx: &Context<DistilModel>,
    ) -> Result<(), JobError> {
        grads.clear();
        let context = self.learner.file.config.context;
        let piece = self.teacher.config().micro_batch(inputs.len() / context) * context;
        for (x, y) in inputs.chunks(piece).zip(targets.chunks(piece)) {
            let share = x.len() as f32 / inputs.len() as f32;
            let mut thought = self.teacher.logits(x, context);
            cx.checkpoint().await?;
            let mut pass = student.forward(x, context);
            let mut slope = std::mem::take(&mut pass.logits);
            cost_and_gradient(&mut slope, &mut thought, y, self.plan.mix);
            slope.iter_mut().for_each(|slope| *slope *= share);
            pass.logits.resize(slope.len(), 0.0);
            student.backward(&pass, &slope, grads);
            cx.checkpoint().await?;
        }
        let outcome = adam.step(student, grads, &self.training);
        if outcome.grad_norm.is_finite() { Ok(()) } else { Err(fell_apart(adam.steps())) }
    }

    /// A point on both curves.
    async fn measure(
        &self,
        [taught, alone]: &[Gpt; 2],
        step: u32,
        report: &mut Report,
        cx: &Context<DistilModel>,
    ) -> Result<(), JobError> {
        let losses = [self.learner.loss(taught, cx).await?, self.learner.loss(alone, cx).await?];
        let pair = report.pairs.last_mut().expect("a pair is under way");
        for (curve, loss) in [&mut pair.taught, &mut pair.alone].into_iter().zip(losses) {
            curve.points.push((step, loss));
        }
        cx.update(report);
        Ok(())
    }

    /// The mean divergence of a student's chances from the teacher's, in nats.
    async fn apart(&self, student: &Gpt, cx: &Context<DistilModel>) -> Result<f64, JobError> {
        let context = self.learner.file.config.context;
        let (inputs, targets) = &self.learner.measured;
        let mut sum = 0.0;
        for (x, y) in inputs.chunks(context).zip(targets.chunks(context)) {
            let (mut ours, mut thought) = (student.logits(x, context), self.teacher.logits(x, context));
            let alike = Mix { temperature: 1.0, soft: 1.0 };
            sum += cost_and_gradient(&mut ours, &mut thought, y, alike).soft * x.len() as f64;
            cx.checkpoint().await?;
        }
        Ok(sum / inputs.len() as f64)
    }
}
