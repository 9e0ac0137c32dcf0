//! Distillation: a small model learns from what a large one thinks of every token, not only from which one came
//! (Hinton, Vinyals and Dean 2015). The slow twin is [`reference::distil`](crate::reference::distil).

use kernels::softmax::softmax;
use serde::{Deserialize, Serialize};

/// What a student is told to aim for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mix {
    /// Both models' logits are divided by it before they are compared: above 1, small chances count for more.
    pub temperature: f32,
    /// The weight of the teacher's chances; that of the token which really came is the rest of one.
    pub soft: f32,
}

impl Mix {
    /// Only the tokens that really came: training without a teacher.
    pub const HARD: Self = Self { temperature: 1.0, soft: 0.0 };

    /// Whether this can be aimed for.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if !(0.25..=20.0).contains(&self.temperature) {
            return Err(format!("The temperature is {}; choose 0.25 to 20.", self.temperature));
        }
        if !(0.0..=1.0).contains(&self.soft) {
            return Err(format!("The teacher's share is {}; choose 0 to 1.", self.soft));
        }
        Ok(())
    }
}

/// What a student's logits cost, in nats per token.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// The mixture that is trained on.
    pub mixed: f64,
    /// Cross-entropy with the tokens that really came.
    pub hard: f64,
    /// `T² · KL(teacher ‖ student)` at the temperature `T`.
    pub soft: f64,
}

/// What the student's logits cost, which are turned into the gradient of the mixture, in place.
///
/// # Shapes
/// - `student`, `teacher`: `[rows, vocab]`, logits; the teacher's are used up
/// - `targets`: `[rows]`
///
/// # Panics
/// If the lengths do not fit, or a target lies outside the vocabulary.
pub fn cost_and_gradient(student: &mut [f32], teacher: &mut [f32], targets: &[u32], mix: Mix) -> Cost {
    let rows = targets.len();
    let vocab = student.len() / rows;
    assert_eq!((student.len(), teacher.len()), (rows * vocab, rows * vocab), "a logit of each model for each token");
    let Mix { temperature, soft } = mix;
    let (mut hard_sum, mut soft_sum) = (0.0, 0.0);
    let mut plain = vec![0.0; vocab];
    let logits = student.chunks_exact_mut(vocab).zip(teacher.chunks_exact_mut(vocab));
    for ((student, teacher), target) in logits.zip(targets) {
        let target = *target as usize;
        plain.copy_from_slice(student);
        hard_sum += f64::from(softmax(&mut plain, 1.0) - student[target]);
        if soft > 0.0 {
            soft_sum += divergence(student, teacher, temperature);
            // The slope of T²·KL is T·(q − p).
            for (q, p) in student.iter_mut().zip(&*teacher) {
                *q = soft * temperature * (*q - *p);
            }
        } else {
            student.fill(0.0);
        }
        for (slope, q) in student.iter_mut().zip(&plain) {
            *slope = (*slope + (1.0 - soft) * q) / rows as f32;
        }
        student[target] -= (1.0 - soft) / rows as f32;
    }
    let hard = hard_sum / rows as f64;
    let soft_cost = f64::from(temperature).powi(2) * soft_sum / rows as f64;
    let share = f64::from(soft);
    Cost { mixed: share * soft_cost + (1.0 - share) * hard, hard, soft: soft_cost }
}

/// `KL(teacher ‖ student)` of one row at a temperature; both rows of logits become chances.
fn divergence(student: &mut [f32], teacher: &mut [f32], temperature: f32) -> f64 {
    let scale = 1.0 / temperature;
    let between: Vec<f32> = teacher.iter().zip(&*student).map(|(t, s)| scale * (t - s)).collect();
    let (of_teacher, of_student) = (softmax(teacher, scale), softmax(student, scale));
    // ln p − ln q is the difference of the logits, less that of the two sums: no logarithm of nothing.
    let shift = f64::from(of_teacher - of_student);
    teacher.iter().zip(between).map(|(p, between)| f64::from(*p) * (f64::from(between) - shift)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reference::distil,
        rng::{Rng, Stream},
    };

    fn numbers(seed: u64, n: usize, size: f32) -> Vec<f32> {
        let mut rng = Rng::new(seed, Stream::Init);
        (0..n).map(|_| size * rng.normal()).collect()
    }

    /// The slow cost of the first row alone.
    fn slow(student: &[f32], teacher: &[f32], target: u32, mix: Mix) -> distil::Cost {
        let wide = |row: &[f32]| row.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
        distil::cost(&wide(student), &wide(teacher), target as usize, f64::from(mix.temperature), f64::from(mix.soft))
    }

    const MIXES: [Mix; 5] = [
        Mix::HARD,
        Mix { temperature: 1.0, soft: 1.0 },
        Mix { temperature: 2.0, soft: 0.5 },
        Mix { temperature: 8.0, soft: 0.9 },
        Mix { temperature: 0.5, soft: 0.25 },
    ];

    #[test]
    fn the_fast_cost_and_its_gradient_are_the_definition() {
        for (seed, vocab) in [(1, 1), (2, 7), (3, 65)] {
            for mix in MIXES {
                let targets: Vec<u32> = (0..5).map(|row| row * 3 % vocab as u32).collect();
                let (student, teacher) = (numbers(seed, 5 * vocab, 3.0), numbers(seed + 9, 5 * vocab, 4.0));
                let (mut slope, mut used) = (student.clone(), teacher.clone());
                let cost = cost_and_gradient(&mut slope, &mut used, &targets, mix);
                let rows = || student.chunks(vocab).zip(teacher.chunks(vocab)).zip(&targets);
                let twin: Vec<_> = rows().map(|((s, t), target)| slow(s, t, *target, mix)).collect();
                let mean = |of: fn(&distil::Cost) -> f64| twin.iter().map(of).sum::<f64>() / 5.0;
                let soft = if mix.soft > 0.0 { mean(|c| c.soft) } else { 0.0 };
                for (ours, twin) in [(cost.hard, mean(|c| c.hard)), (cost.soft, soft), (cost.mixed, mean(|c| c.mixed))]
                {
                    assert!((ours - twin).abs() < 2e-5 * (1.0 + twin.abs()), "{mix:?}, {vocab}: {ours}, twin {twin}");
                }
                let gradient: Vec<f64> = twin.iter().flat_map(|c| c.gradient.iter().map(|g| g / 5.0)).collect();
                for (ours, twin) in slope.iter().zip(gradient) {
                    assert!((f64::from(*ours) - twin).abs() < 2e-6, "{mix:?}, {vocab}: {ours}, twin {twin}");
                }
            }
        }
    }

    #[test]
    fn the_slow_gradient_is_the_slope_of_the_slow_cost() {
        let (student, teacher) = ([0.3, -1.2, 2.0, 0.0], [1.0, 0.5, -0.7, 0.2]);
        for mix in MIXES {
            let cost =
                |student: &[f64]| distil::cost(student, &teacher, 2, f64::from(mix.temperature), f64::from(mix.soft));
            let gradient = cost(&student).gradient;
            for at in 0..4 {
                let moved = |by: f64| {
                    let mut moved = student;
                    moved[at] += by;
                    cost(&moved).mixed
                };
                let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((slope - gradient[at]).abs() < 1e-8, "{mix:?}, {at}: {slope} and {}", gradient[at]);
            }
        }
    }

    /// Hinton and others 2015, section 2.1: with a high temperature and logits of mean zero, matching the chances is
    /// matching the logits: the gradient, times T², goes to `(zᵢ − vᵢ) / N`.
    #[test]
    fn at_high_temperatures_logits_are_matched() {
        let (student, teacher) = ([0.5, -1.5, 2.0, -1.0], [1.0, 0.5, -2.0, 0.5]);
        let gradient = distil::cost(&student, &teacher, 0, 1e4, 1.0).gradient;
        for ((z, v), slope) in student.iter().zip(teacher).zip(gradient) {
            assert!((slope - (z - v) / 4.0).abs() < 1e-3, "{slope} and {}", (z - v) / 4.0);
        }
    }

    #[test]
    fn impossible_mixes_get_a_sentence() {
        assert_eq!(Mix::HARD.validate(), Ok(()));
        assert!(Mix { temperature: 0.0, soft: 0.5 }.validate().unwrap_err().contains("0.25 to 20"));
        assert!(Mix { temperature: 2.0, soft: f32::NAN }.validate().unwrap_err().contains("NaN"));
    }
}
