//! The placement quiz: what answers suggest about modules.

use crate::practice::{Choice, Question};
use serde::{Deserialize, Serialize};

/// The questions, each speaking for one module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// In the order in which they are asked.
    pub tasks: Vec<Task>,
}

/// A question and the module it speaks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The module's slug.
    pub module: String,
    /// The module's title.
    pub title: String,
    /// A question with one right option.
    pub question: Question,
}

/// What the answers suggest about a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// The module's slug.
    pub module: String,
    /// The module's title.
    pub title: String,
    /// Every question for it was answered rightly.
    pub known: bool,
}

impl Placement {
    /// What the answers suggest: `chosen` holds the option chosen for each question, or none. A module without an
    /// answer is left out; a question passed over counts as not known if another one for the module was answered.
    pub fn suggest(&self, chosen: &[Option<usize>]) -> Vec<Suggested> {
        let mut suggested: Vec<Suggested> = Vec::new();
        let answered = |task: &Task| {
            let answers = self.tasks.iter().zip(chosen);
            answers.filter(|(other, _)| other.module == task.module).any(|(_, option)| option.is_some())
        };
        let nothing = std::iter::repeat(&None);
        for (task, option) in self.tasks.iter().zip(chosen.iter().chain(nothing)).filter(|(task, _)| answered(task)) {
            let right = option.and_then(|option| task.options().get(option)).is_some_and(|choice| choice.correct);
            match suggested.iter_mut().find(|before| before.module == task.module) {
                Some(before) => before.known &= right,
                None => {
                    let (module, title) = (task.module.clone(), task.title.clone());
                    suggested.push(Suggested { module, title, known: right });
                }
            }
        }
        suggested
    }
}

impl Task {
    /// The options to choose from.
    pub fn options(&self) -> &[Choice] {
        self.question.options().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::Ask;

    fn task(module: &str, right: usize) -> Task {
        let option = |at| Choice { text: format!("{at}"), correct: at == right, explain: String::new() };
        let ask = Ask::Single { options: (0..3).map(option).collect() };
        let question = Question { id: "q".to_owned(), prompt: String::new(), objectives: Vec::new(), ask };
        Task { module: module.to_owned(), title: module.to_uppercase(), question }
    }

    #[test]
    fn a_module_is_known_when_all_its_questions_are_answered_rightly() {
        let placement = Placement { tasks: vec![task("a", 0), task("b", 1), task("a", 2), task("c", 0)] };
        let known = |chosen: &[Option<usize>]| {
            let suggested = placement.suggest(chosen);
            suggested.into_iter().map(|it| (it.module, it.known)).collect::<Vec<_>>()
        };
        let a = |known| ("a".to_owned(), known);
        let b = |known| ("b".to_owned(), known);
        assert_eq!(known(&[Some(0), Some(1), Some(2), None]), [a(true), b(true)]);
        assert_eq!(known(&[Some(0), None, Some(1), None]), [a(false)]);
        assert_eq!(known(&[Some(0), Some(0)]), [a(false), b(false)], "a question passed over, and a wrong answer");
        assert_eq!(known(&[None, Some(9), None, None]), [b(false)], "an option that does not exist");
        assert!(known(&[]).is_empty());
    }
}
