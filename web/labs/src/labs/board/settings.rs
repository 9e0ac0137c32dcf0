//! What a run is asked for: source, sizes and training, and what differs between two runs.

use super::{Knobs, corpus};
use engine_core::{
    config::TrainConfig,
    jobs::train::ModelShape,
    tasks::{self, looks_every},
};
use kit::t;

/// Everything that makes one run; two runs with the same settings have the same numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// A task's key, a shipped text's id, or `own`.
    pub source: String,
    /// The learner's own text, if that is the source.
    pub own: String,
    /// Sizes.
    pub shape: ModelShape,
    /// Training.
    pub training: TrainConfig,
}

impl Settings {
    /// The tuned settings of a source.
    pub fn of_task(source: &str) -> Self {
        let (shape, training) = match tasks::by_key(source) {
            Some(task) => (task.shape(), task.training()),
            None => corpus::defaults(),
        };
        Self { source: source.into(), own: String::new(), shape, training }
    }

    /// What the knobs say, on top of the source's own settings.
    pub fn of(knobs: &Knobs) -> Self {
        let mut settings = Self::of_task(&knobs.source);
        settings.own = knobs.own.clone();
        let (shape, training) = (&mut settings.shape, &mut settings.training);
        let sizes = [
            (&mut shape.n_layers, knobs.layers),
            (&mut shape.n_heads, knobs.heads),
            (&mut shape.d_model, knobs.d_model),
            (&mut training.batch, knobs.batch),
        ];
        for (setting, asked) in sizes.into_iter().filter(|(_, asked)| *asked > 0) {
            *setting = asked;
        }
        if knobs.rate > 0.0 {
            training.learning_rate = knobs.rate;
        }
        if knobs.decay >= 0.0 {
            training.weight_decay = knobs.decay;
        }
        training.seed = knobs.seed;
        let steps = if knobs.steps > 0 { knobs.steps } else { training.steps };
        settings.with_steps(steps)
    }

    /// With another number of steps, and what follows from it.
    pub fn with_steps(mut self, steps: u32) -> Self {
        let training = &mut self.training;
        if training.steps != steps {
            training.warmup = (steps / 20).max(1);
        }
        training.steps = steps;
        training.sample_every = looks_every(steps);
        training.eval_every = training.sample_every;
        self
    }

    /// Whether the source is a task.
    pub fn is_task(&self) -> bool {
        tasks::by_key(&self.source).is_some()
    }

    /// The settings a learner can change, each with its name in links, its words and its value.
    pub fn listed(&self) -> [(&'static str, &'static str, String); 8] {
        let (shape, training) = (&self.shape, &self.training);
        [
            ("steps", t!("board.steps"), training.steps.to_string()),
            ("rate", t!("board.rate"), training.learning_rate.to_string()),
            ("layers", t!("board.layers"), shape.n_layers.to_string()),
            ("heads", t!("board.heads"), shape.n_heads.to_string()),
            ("d_model", t!("board.d_model"), shape.d_model.to_string()),
            ("batch", t!("board.batch"), training.batch.to_string()),
            ("decay", t!("board.decay"), training.weight_decay.to_string()),
            ("seed", t!("board.seed"), training.seed.to_string()),
        ]
    }

    /// What differs from `before`, as a learner reads it.
    pub fn changes(&self, before: &Self) -> Vec<String> {
        let source =
            (self.source != before.source || self.own != before.own).then(|| super::words::title(&self.source));
        let pairs = before.listed().into_iter().zip(self.listed()).filter(|(old, new)| old.2 != new.2);
        let changed = pairs.map(|((_, name, old), (.., new))| format!("{name} {old} → {new}"));
        source.map(Into::into).into_iter().chain(changed).collect()
    }

    /// How a link sets the lab up like this.
    pub fn shared(&self) -> String {
        let tuned = Self::of_task(&self.source);
        let first = Knobs::default();
        let mut all = vec![("source", self.source.clone(), first.source), ("own", self.own.clone(), first.own)];
        all.extend(self.listed().into_iter().zip(tuned.listed()).map(|(now, tuned)| (now.0, now.2, tuned.2)));
        crate::labs::knobs::differing(&all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::knobs;

    #[test]
    fn a_link_leads_to_the_same_settings() {
        for source in ["reverse", "addition", "emma"] {
            let mut settings = Settings::of_task(source);
            let link = settings.shared();
            assert_eq!(Settings::of(&knobs::parse(&link).expect("its own link")), settings, "{link}");
            settings.training.learning_rate = 0.0035;
            settings.training.weight_decay = 0.0;
            settings.training.seed = 9;
            settings.shape.d_model = 24;
            let settings = settings.with_steps(333);
            let link = settings.shared();
            assert_eq!(Settings::of(&knobs::parse(&link).expect("its own link")), settings, "{link}");
        }
        assert_eq!(Settings::of(&Knobs::default()).shared(), "");
    }

    #[test]
    fn changes_are_named() {
        let first = Settings::of_task("reverse");
        let mut second = first.clone();
        assert!(second.changes(&first).is_empty());
        second.training.learning_rate = 0.5;
        second.shape.n_layers = 1;
        let named = second.changes(&first);
        assert_eq!(named.len(), 2);
        assert!(named[0].ends_with("→ 0.5") && named[1].ends_with("→ 1"), "{named:?}");
        assert_eq!(Settings { source: "copy".into(), ..first.clone() }.changes(&first), ["Copy"]);
    }
}
