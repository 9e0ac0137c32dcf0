//! What the trainings of one setup have shown so far, and what can be said of it.

use crate::widgets::{
    lines::{LineData, Reference, Series},
    outcome::Value,
};
use engine_core::{
    jobs::positions::Standing,
    positions::{
        Scheme,
        training::{Kept, Point, Setup},
    },
};
use kit::t;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From so many right tokens on, in shares, a scheme counts as having learned the task.
pub const LEARNED: f64 = 0.95;

/// What the curves show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// Texts in which everything is right.
    #[default]
    Exact,
    /// Right tokens.
    Tokens,
    /// Right tokens of texts twice as long.
    Far,
    /// The loss.
    Loss,
}

impl Shown {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Tokens, Self::Far, Self::Loss];

    /// As it is written in links.
    pub fn key(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Tokens => "tokens",
            Self::Far => "far",
            Self::Loss => "loss",
        }
    }

    /// As a learner reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => t!("positions.shown_exact"),
            Self::Tokens => t!("positions.shown_tokens"),
            Self::Far => t!("positions.shown_far"),
            Self::Loss => t!("positions.shown_loss"),
        }
    }

    fn of(self, point: &Point) -> f64 {
        match self {
            Self::Exact => 100.0 * point.near.exact,
            Self::Tokens => 100.0 * point.near.tokens,
            Self::Far => 100.0 * point.far.tokens,
            Self::Loss => point.loss,
        }
    }
}

/// As a learner reads a scheme's name.
pub fn name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::None => t!("positions.none"),
        Scheme::Sinusoidal => t!("positions.sinusoidal"),
        Scheme::Learned => t!("positions.learned"),
        Scheme::Rope => t!("positions.rope"),
        Scheme::Alibi => t!("positions.alibi"),
    }
}

/// Everything that the runs of one setup have sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// Of which setup.
    pub setup: Option<Setup>,
    /// Each scheme as it stands.
    pub standings: BTreeMap<Scheme, Standing>,
}

impl Results {
    /// What is known of a scheme.
    pub fn of(&self, scheme: Scheme) -> Option<&Standing> {
        self.standings.get(&scheme)
    }

    /// Where a scheme's curve ends.
    pub fn last(&self, scheme: Scheme) -> Option<&Point> {
        self.of(scheme)?.kept.points.last()
    }

    /// Steps of a scheme so far.
    pub fn step(&self, scheme: Scheme) -> u32 {
        self.last(scheme).map_or(0, |point| point.step)
    }

    /// Whether a scheme has had all its steps.
    pub fn is_done(&self, scheme: Scheme) -> bool {
        self.setup.is_some_and(|setup| self.step(scheme) >= setup.steps)
    }

    /// What a run needs to go on.
    pub fn kept(&self, scheme: Scheme) -> Option<Kept> {
        self.of(scheme).map(|standing| standing.kept.clone())
    }

    /// The first measured step at which a scheme had learned the task.
    pub fn passed(&self, scheme: Scheme) -> Option<u32> {
        let points = &self.of(scheme)?.kept.points;
        points.iter().find(|point| point.near.tokens >= LEARNED).map(|point| point.step)
    }

    /// Who had learned the task first; several at the same measured step.
    pub fn first(&self) -> Vec<Scheme> {
        let best = Scheme::ALL.into_iter().filter_map(|scheme| self.passed(scheme)).min();
        let is_best = |scheme: &Scheme| best.is_some() && self.passed(*scheme) == best;
        Scheme::ALL.into_iter().filter(is_best).collect()
    }

    /// The share of tokens that a model blind to order has right at best.
    pub fn blind(&self) -> Option<f64> {
        self.standings.values().next().map(|standing| standing.blind)
    }

    /// A curve for each scheme.
    pub fn curves(&self, shown: Shown) -> LineData {
        let line = |(scheme, standing): (&Scheme, &Standing)| {
            let points = standing.kept.points.iter().map(|point| (f64::from(point.step), shown.of(point))).collect();
            Series { name: name(*scheme).into(), points }
        };
        let blind = self.blind().filter(|_| shown == Shown::Tokens);
        let blind = blind.map(|share| Reference { label: t!("positions.blind").into(), y: 100.0 * share });
        LineData {
            x_name: t!("positions.step").into(),
            y_name: shown.name().into(),
            series: self.standings.iter().map(line).collect(),
            references: blind.into_iter().collect(),
        }
    }

    /// For texts twice as long, the right tokens at each position.
    pub fn by_position(&self) -> LineData {
        let line = |(scheme, standing): (&Scheme, &Standing)| {
            let shares = standing.glance.by_position.iter().enumerate();
            Series { name: name(*scheme).into(), points: shares.map(|(at, y)| (at as f64, 100.0 * y)).collect() }
        };
        LineData {
            x_name: t!("positions.position").into(),
            y_name: t!("positions.right_percent").into(),
            series: self.standings.iter().map(line).collect(),
            references: Vec::new(),
        }
    }

    /// Which share each head of the last layer gives to the token so far back.
    pub fn looks(&self, scheme: Scheme) -> LineData {
        let heads = self.of(scheme).map(|standing| standing.glance.by_distance.as_slice()).unwrap_or_default();
        let first = heads.len().saturating_sub(engine_core::positions::model::N_HEADS);
        let line = |(head, shares): (usize, &Vec<f64>)| Series {
            name: t!("positions.head", head = head + 1),
            points: shares.iter().enumerate().map(|(distance, y)| (distance as f64, 100.0 * y)).collect(),
        };
        LineData {
            x_name: t!("positions.distance").into(),
            y_name: t!("positions.share_percent").into(),
            series: heads.iter().skip(first).enumerate().map(line).collect(),
            references: Vec::new(),
        }
    }

    /// What predictions and exercises can read; those without a scheme's name in front are of the scheme in view.
    pub fn values(&self, shown: Scheme) -> Vec<(&'static str, Value)> {
        let Some(setup) = self.setup else { return Vec::new() };
        let trained = Scheme::ALL.into_iter().filter(|scheme| self.is_done(*scheme)).count();
        let first: Vec<&str> = self.first().into_iter().map(Scheme::key).collect();
        let mut values: Vec<(&'static str, Value)> = vec![
            ("task", setup.task.key().into()),
            ("tokens", setup.tokens.into()),
            ("layers", setup.layers.into()),
            ("steps", (setup.steps as usize).into()),
            ("seed", (setup.seed as f64).into()),
            ("base", setup.base.into()),
            ("trained", trained.into()),
            ("blind", self.blind().unwrap_or(f64::NAN).into()),
            ("first", if first.is_empty() { "nobody".into() } else { Value::Text(first.join("+")) }),
            ("scheme", shown.key().into()),
        ];
        if self.is_done(shown) && let Some(last) = self.last(shown) {
            values.extend([
                ("right", last.near.tokens.into()),
                ("exact", last.near.exact.into()),
                ("far_right", last.far.tokens.into()),
                ("far_exact", last.far.exact.into()),
                ("passed_at", self.passed(shown).map_or(f64::NAN, f64::from).into()),
            ]);
        }
        for (scheme, [right, exact, far_right, far_exact]) in [
            (Scheme::None, ["none_right", "none_exact", "none_far_right", "none_far_exact"]),
            (Scheme::Sinusoidal, ["sinusoidal_right", "sinusoidal_exact", "sinusoidal_far_right", "sinusoidal_far_exact"]),
            (Scheme::Learned, ["learned_right", "learned_exact", "learned_far_right", "learned_far_exact"]),
            (Scheme::Rope, ["rope_right", "rope_exact", "rope_far_right", "rope_far_exact"]),
            (Scheme::Alibi, ["alibi_right", "alibi_exact", "alibi_far_right", "alibi_far_exact"]),
        ] {
            if let Some(last) = self.last(scheme).filter(|_| self.is_done(scheme)) {
                values.extend([(right, last.near.tokens.into()), (exact, last.near.exact.into())]);
                values.extend([(far_right, last.far.tokens.into()), (far_exact, last.far.exact.into())]);
            }
        }
        values
    }

    /// What the runs have shown, in a sentence; empty before all have had their steps.
    pub fn verdict(&self) -> String {
        if !Scheme::ALL.into_iter().all(|scheme| self.is_done(scheme)) {
            return String::new();
        }
        let names = |all: &[Scheme]| all.iter().map(|scheme| name(*scheme)).collect::<Vec<_>>().join(", ");
        let first = self.first();
        let learned = match first.first().and_then(|scheme| self.passed(*scheme)) {
            Some(step) => t!("positions.first_was", names = names(&first), step = step),
            None => t!("positions.nobody_learned").into(),
        };
        let far = |scheme: &Scheme| self.last(*scheme).is_some_and(|last| last.far.tokens >= LEARNED);
        let goes_on: Vec<Scheme> = Scheme::ALL.into_iter().filter(far).collect();
        let farther = match goes_on.as_slice() {
            [] => t!("positions.nobody_farther").to_owned(),
            all => t!("positions.farther_were", names = names(all)),
        };
        format!("{learned} {farther}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::{jobs::positions::TrainPositions, positions::training::Share};

    fn results() -> Results {
        let setup = TrainPositions::default().setup;
        let mut results = Results { setup: Some(setup), ..Results::default() };
        for (scheme, near) in Scheme::ALL.into_iter().zip([[0.2, 0.3], [0.5, 0.96], [0.96, 1.0], [0.97, 1.0], [0.3, 0.4]]) {
            let point = |at: usize| Point {
                step: 300 * (at as u32 + 1),
                near: Share { tokens: near[at], exact: 0.5 },
                far: Share { tokens: if scheme == Scheme::Rope { 0.99 } else { 0.4 }, exact: 0.0 },
                ..Point::default()
            };
            let kept = Kept { points: vec![point(0), point(1)], ..Kept::default() };
            results.standings.insert(scheme, Standing { kept, blind: 0.3, ..Standing::default() });
        }
        results
    }

    #[test]
    fn a_tie_names_all_who_were_first() {
        let results = results();
        assert_eq!(results.first(), [Scheme::Learned, Scheme::Rope]);
        assert_eq!((results.passed(Scheme::Sinusoidal), results.passed(Scheme::None)), (Some(600), None));
        let values = results.values(Scheme::Rope);
        let find = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        assert_eq!(find("first"), Some(Value::Text("learned+rope".into())));
        assert_eq!((find("trained"), find("far_right")), (Some(Value::Number(5.0)), Some(Value::Number(0.99))));
        assert!(results.verdict().contains("300"));
    }

    #[test]
    fn an_unfinished_run_says_nothing_yet() {
        let mut results = results();
        results.standings.remove(&Scheme::Alibi);
        assert_eq!(results.verdict(), "");
        let values = results.values(Scheme::Alibi);
        assert!(values.iter().all(|(name, _)| *name != "right" && *name != "alibi_right"));
        assert_eq!(results.curves(Shown::Tokens).references.len(), 1);
        assert_eq!(results.curves(Shown::Exact).series.len(), 4);
    }
}
