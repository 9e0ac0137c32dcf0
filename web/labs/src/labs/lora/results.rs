//! What the runs of one setup have shown so far, and what can be said of it.

use super::Asked;
use crate::widgets::{
    lines::{LineData, Series, number},
    outcome::Value,
};
use engine_core::jobs::adapt::{Adapted, Adapting, Method, Point};
use kit::t;
use std::collections::BTreeMap;

/// As a learner reads a method's name.
pub fn name(method: Method) -> &'static str {
    match method {
        Method::Full => t!("lora.full"),
        Method::Lora => t!("lora.lora"),
        Method::Qlora => t!("lora.qlora"),
        Method::Biases => t!("lora.biases"),
        Method::Head => t!("lora.head"),
    }
}

/// Everything that the runs of one setup have sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// Of which setup.
    pub asked: Option<Asked>,
    /// Each method as it stands.
    pub runs: BTreeMap<Method, Adapting>,
}

impl Results {
    /// Where a method's curves begin and where they end so far.
    pub fn ends(&self, method: Method) -> Option<[Point; 2]> {
        let points = &self.runs.get(&method)?.points;
        Some([*points.first()?, *points.last()?])
    }

    /// Steps of a method so far.
    pub fn step(&self, method: Method) -> u32 {
        self.ends(method).map_or(0, |[_, last]| last.step)
    }

    /// What a whole run gave.
    pub fn end(&self, method: Method) -> Option<&Adapted> {
        self.runs.get(&method)?.end.as_ref()
    }

    /// Whether a method has had all its steps.
    pub fn is_done(&self, method: Method) -> bool {
        self.end(method).is_some()
    }

    /// A curve for each method.
    pub fn curves(&self, of: fn(&Point) -> f32) -> LineData {
        let line = |(method, run): (&Method, &Adapting)| Series {
            name: name(*method).into(),
            points: run.points.iter().map(|point| (f64::from(point.step), f64::from(of(point)))).collect(),
        };
        LineData {
            x_name: t!("lora.step").into(),
            y_name: t!("lora.loss_nats").into(),
            series: self.runs.iter().map(line).collect(),
            references: Vec::new(),
        }
    }

    /// The singular values of each method's change, as shares of its largest one.
    pub fn spectra(&self) -> LineData {
        let line = |(method, run): (&Method, &Adapting)| {
            let values = &run.end.as_ref()?.spectrum;
            let most = f64::from(*values.first()?).max(f64::MIN_POSITIVE);
            let points = values.iter().enumerate().map(|(at, value)| (at as f64 + 1.0, f64::from(*value) / most));
            Some(Series { name: name(*method).into(), points: points.collect() })
        };
        LineData {
            x_name: t!("lora.direction").into(),
            y_name: t!("lora.of_largest").into(),
            series: self.runs.iter().filter_map(line).collect(),
            references: Vec::new(),
        }
    }

    /// One sentence on what was learned and what was forgotten.
    pub fn verdict(&self) -> String {
        let said = self.runs.keys().filter(|method| self.is_done(**method)).filter_map(|method| {
            let [first, last] = self.ends(*method)?;
            let by = |from: f32, to: f32| number(f64::from(to - from)).replace('-', "−");
            Some(t!("lora.verdict", name = name(*method), new = by(first.new, last.new), old = by(first.old, last.old)))
        });
        said.collect::<Vec<_>>().join(" ")
    }

    /// What exercises and predictions may ask about: of whole runs only, and of the method in view without its name.
    pub fn values(&self, shown: Method) -> Vec<(String, Value)> {
        let mut values = vec![
            ("method".to_owned(), Value::from(shown.key())),
            ("learned".to_owned(), self.runs.keys().filter(|method| self.is_done(**method)).count().into()),
        ];
        if let Some(Asked { setup, .. }) = &self.asked {
            let numbers = [
                ("rank", setup.rank as f64),
                ("alpha", f64::from(setup.alpha)),
                ("steps", f64::from(setup.steps)),
                ("targets", setup.targets.all().into_iter().filter(|chosen| *chosen).count() as f64),
            ];
            values.extend(numbers.map(|(name, value)| (name.to_owned(), value.into())));
        }
        for (method, run) in &self.runs {
            let (Some(end), Some([first, last])) = (&run.end, self.ends(*method)) else { continue };
            let squares = |values: &[f32]| values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
            let few = &end.spectrum[..end.spectrum.len().min(4)];
            let gap = end.merge_gap.map_or(f64::NAN, f64::from);
            let numbers = [
                ("trainable", run.trainable as f64),
                ("share", 100.0 * run.trainable as f64 / run.parameters.max(1) as f64),
                ("memory", run.held.all() as f64),
                ("state", (run.held.all() - run.held.kept) as f64),
                ("frozen", run.held.frozen as f64),
                ("adam", run.held.adam as f64),
                ("start", f64::from(first.new)),
                ("new", f64::from(last.new)),
                ("old_start", f64::from(first.old)),
                ("old", f64::from(last.old)),
                ("forgotten", f64::from(last.old - first.old)),
                ("gap", gap),
                ("first_four", squares(few) / squares(&end.spectrum)),
            ];
            for (name, value) in numbers {
                values.push((format!("{}_{name}", method.key()), value.into()));
                if *method == shown {
                    values.push((name.to_owned(), value.into()));
                }
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::jobs::adapt::Held;

    fn results() -> Results {
        let point = |step, new, old| Point { step, new, old };
        let run = |trainable, end| Adapting {
            points: vec![point(0, 4.0, 3.0), point(60, 3.5, 3.25)],
            parameters: 1000,
            trainable,
            held: Held { frozen: 4000, learned: 40, gradients: 40, adam: 80, kept: 7 },
            end,
            ..Adapting::default()
        };
        let end = Adapted { spectrum: vec![2.0, 1.0, 0.0], merge_gap: Some(1e-6), ..Adapted::default() };
        let runs = [(Method::Lora, run(10, Some(end))), (Method::Full, run(1000, None))];
        Results { asked: None, runs: runs.into() }
    }

    #[test]
    fn only_whole_runs_are_told() {
        let values = results().values(Method::Lora);
        let find = |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        assert_eq!((find("share"), find("lora_share")), (Some(Value::Number(1.0)), Some(Value::Number(1.0))));
        assert_eq!((find("lora_forgotten"), find("lora_memory")), (Some(Value::Number(0.25)), Some(Value::Number(4167.0))));
        assert_eq!((find("full_new"), find("learned")), (None, Some(Value::Number(1.0))));
        assert!(results().verdict().contains("−0.5") && !results().is_done(Method::Full));
    }

    #[test]
    fn spectra_are_shares_of_the_largest() {
        let spectra = results().spectra();
        assert_eq!(spectra.series.len(), 1);
        assert_eq!(spectra.series[0].points, [(1.0, 1.0), (2.0, 0.5), (3.0, 0.0)]);
        assert_eq!(results().curves(|point| point.old).series.len(), 2);
    }
}
