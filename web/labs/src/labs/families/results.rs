//! What the trainings of one setup have shown so far, and what can be said of it.

use crate::widgets::{
    lines::{LineData, Series},
    outcome::Value,
};
use engine_core::families::{
    Family,
    skills::Skills,
    training::{Kept, Point, Setup},
};
use kit::t;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the curves show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// The loss.
    #[default]
    Loss,
    /// "a" or "an".
    Article,
    /// "dog" or "dogs".
    Noun,
    /// "sees" or "see".
    Verb,
    /// Texts of its own.
    Writes,
    /// Translations.
    Translates,
    /// Heads that look at the word they translate.
    Aligned,
}

impl Shown {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Loss, Self::Article, Self::Noun, Self::Verb, Self::Writes, Self::Translates, Self::Aligned];

    /// As it is written in links and outcomes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Article => "article",
            Self::Noun => "noun",
            Self::Verb => "verb",
            Self::Writes => "writes",
            Self::Translates => "translates",
            Self::Aligned => "aligned",
        }
    }

    /// As a learner reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => t!("families.loss"),
            Self::Article => t!("families.article"),
            Self::Noun => t!("families.noun"),
            Self::Verb => t!("families.verb"),
            Self::Writes => t!("families.writes"),
            Self::Translates => t!("families.translates"),
            Self::Aligned => t!("families.aligned"),
        }
    }

    /// Of one point; shares of one, but for the loss.
    pub fn of(self, point: &Point) -> Option<f64> {
        let Skills { article, noun, verb, writes, translates, aligned } = point.skills;
        match self {
            Self::Loss => point.loss,
            Self::Article => article,
            Self::Noun => noun,
            Self::Verb => verb,
            Self::Writes => writes,
            Self::Translates => translates,
            Self::Aligned => aligned,
        }
    }
}

/// As a learner reads a family's name.
pub fn name(family: Family) -> &'static str {
    match family {
        Family::Encoder => t!("families.encoder"),
        Family::Decoder => t!("families.decoder"),
        Family::EncoderDecoder => t!("families.encoder_decoder"),
        Family::Prompted => t!("families.prompted"),
    }
}

/// Everything that the runs of one setup have sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// Of which setup.
    pub setup: Option<Setup>,
    /// Each family as it stands.
    pub runs: BTreeMap<Family, Kept>,
}

impl Results {
    /// Where a family's curve ends.
    pub fn last(&self, family: Family) -> Option<&Point> {
        self.runs.get(&family)?.points.last()
    }

    /// Steps of a family so far.
    pub fn step(&self, family: Family) -> u32 {
        self.last(family).map_or(0, |point| point.step)
    }

    /// Whether a family has had all its steps.
    pub fn is_done(&self, family: Family) -> bool {
        self.setup.is_some_and(|setup| self.last(family).is_some_and(|point| point.step >= setup.steps))
    }

    /// A curve for each family that has one.
    pub fn curves(&self, shown: Shown) -> LineData {
        let scale = if shown == Shown::Loss { 1.0 } else { 100.0 };
        let line = |(family, kept): (&Family, &Kept)| {
            let points = kept.points.iter().filter_map(|point| Some((f64::from(point.step), scale * shown.of(point)?)));
            Series { name: name(*family).into(), points: points.collect() }
        };
        LineData {
            x_name: t!("families.step").into(),
            y_name: shown.name().into(),
            series: self.runs.iter().map(line).filter(|series| !series.points.is_empty()).collect(),
            references: Vec::new(),
        }
    }

    /// What predictions and exercises can read.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let Some(setup) = self.setup else { return Vec::new() };
        let trained = Family::ALL.into_iter().filter(|family| self.is_done(*family)).count();
        let mut values: Vec<(&'static str, Value)> = vec![
            ("layers", setup.layers.into()),
            ("steps", (setup.steps as usize).into()),
            ("seed", (setup.seed as f64).into()),
            ("trained", trained.into()),
        ];
        for (name, family, shown) in [
            ("encoder_article", Family::Encoder, Shown::Article),
            ("encoder_noun", Family::Encoder, Shown::Noun),
            ("encoder_verb", Family::Encoder, Shown::Verb),
            ("encoder_writes", Family::Encoder, Shown::Writes),
            ("decoder_article", Family::Decoder, Shown::Article),
            ("decoder_noun", Family::Decoder, Shown::Noun),
            ("decoder_verb", Family::Decoder, Shown::Verb),
            ("decoder_writes", Family::Decoder, Shown::Writes),
            ("pair_translates", Family::EncoderDecoder, Shown::Translates),
            ("pair_aligned", Family::EncoderDecoder, Shown::Aligned),
            ("prompted_translates", Family::Prompted, Shown::Translates),
            ("prompted_aligned", Family::Prompted, Shown::Aligned),
        ] {
            let last = self.last(family).filter(|_| self.is_done(family));
            values.extend(last.and_then(|point| shown.of(point)).map(|share| (name, share.into())));
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::jobs::families::TrainFamily;

    #[test]
    fn only_whole_runs_are_told_of() {
        let setup = TrainFamily::default().setup;
        let point = |step, noun| Point { step, loss: Some(1.0), skills: Skills { noun: Some(noun), ..Skills::default() } };
        let mut results = Results { setup: Some(setup), ..Results::default() };
        results.runs.insert(Family::Encoder, Kept { points: vec![point(0, 0.5), point(600, 1.0)], ..Kept::default() });
        results.runs.insert(Family::Decoder, Kept { points: vec![point(0, 0.5), point(300, 0.5)], ..Kept::default() });
        let values = results.values();
        let find = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        assert_eq!(find("encoder_noun"), Some(Value::Number(1.0)));
        assert_eq!((find("decoder_noun"), find("trained")), (None, Some(Value::Number(1.0))));
        assert_eq!(results.curves(Shown::Noun).series.len(), 2);
        assert_eq!(results.curves(Shown::Noun).series[0].points[1], (600.0, 100.0));
        assert_eq!(results.curves(Shown::Translates).series.len(), 0);
    }
}
