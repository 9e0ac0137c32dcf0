//! The state of a lab as pairs of name and value, and what a teacher adds to it.

use form_urlencoded::{Serializer, parse};

/// The most control names that a teacher can hide or lock.
pub const MAX_NAMES: usize = 64;
/// The most characters of a task's words.
pub const MAX_TASK: usize = 2000;

/// What a link says: a lab, its settings where they differ from the lab's own, and a teacher's wishes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The lab's name in the registry.
    pub lab: String,
    /// The settings; no name starts with `_` and none is `lab`.
    pub knobs: Vec<(String, String)>,
    /// What a teacher asks for; all empty in a link from a learner.
    pub teacher: Teacher,
}

/// What a teacher puts around a lab.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Teacher {
    /// Controls that are not shown.
    pub hide: Vec<String>,
    /// Controls that are shown and cannot be changed.
    pub lock: Vec<String>,
    /// What the learner is to do, in the teacher's words.
    pub task: String,
    /// The lesson that the lab stands in; empty where it is on a page of its own.
    pub lesson: String,
    /// The exercise that counts as done; empty without one.
    pub exercise: String,
}

impl Teacher {
    /// Whether the link carries anything of a teacher's.
    pub fn is_empty(&self) -> bool {
        self.hide.is_empty() && self.lock.is_empty() && self.task.is_empty() && self.exercise.is_empty()
    }
}

impl State {
    /// The state of `lab` with settings as a lab writes them, such as `steps=300&seed=7`.
    pub fn of(lab: &str, knobs: &str) -> Self {
        let pairs = parse(knobs.as_bytes()).filter(|(name, _)| is_knob(name));
        Self { lab: lab.to_owned(), knobs: pairs.map(owned).collect(), teacher: Teacher::default() }
    }

    /// The settings alone, as `glassbox-set` and a lab take them.
    pub fn knobs_text(&self) -> String {
        let pairs = self.knobs.iter().filter(|(name, _)| is_knob(name));
        Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    /// Everything as form-urlencoded pairs; the lab comes first.
    pub fn write(&self) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("lab", &self.lab);
        form.extend_pairs(self.knobs.iter().filter(|(name, _)| is_knob(name)));
        let Teacher { hide, lock, task, lesson, exercise } = &self.teacher;
        let fields = [
            ("_hide", hide.join(",")),
            ("_lock", lock.join(",")),
            ("_task", task.clone()),
            ("_lesson", lesson.clone()),
        ];
        form.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
        if !exercise.is_empty() {
            form.append_pair("_exercise", exercise);
        }
        form.finish()
    }

    /// Reads what [`Self::write`] wrote. Fields of teachers that are not known here are passed over, so that a
    /// later version may add some. `None` where a name is none, or a list or the task is too long.
    pub fn read(text: &str) -> Option<Self> {
        let mut state = Self::default();
        for (name, value) in parse(text.as_bytes()) {
            match &*name {
                "lab" => state.lab = value.into_owned(),
                "_hide" => state.teacher.hide = names(&value)?,
                "_lock" => state.teacher.lock = names(&value)?,
                "_task" => state.teacher.task = value.into_owned(),
                "_lesson" => state.teacher.lesson = value.into_owned(),
                "_exercise" => state.teacher.exercise = value.into_owned(),
                _ if is_knob(&name) => state.knobs.push((name.into_owned(), value.into_owned())),
                _ => {}
            }
        }
        let Teacher { lesson, exercise, task, .. } = &state.teacher;
        let named = |text: &String| text.is_empty() || is_name(text);
        (is_name(&state.lab) && named(lesson) && named(exercise) && task.chars().count() <= MAX_TASK).then_some(state)
    }
}

/// The settings in the text of a whole state, for the lab itself.
pub fn knobs_of(state: &str) -> String {
    State::of("", state).knobs_text()
}

/// The pairs of `knobs` that are not in `defaults`: what a link has to carry.
pub fn differing(knobs: &str, defaults: &str) -> String {
    let usual: Vec<_> = parse(defaults.as_bytes()).collect();
    let pairs = parse(knobs.as_bytes()).filter(|pair| !usual.contains(pair));
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Whether `text` can be the name of a lab, a lesson, an exercise or a control: it goes into selectors and
/// addresses, so it holds nothing that means something there.
pub fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c);
    (1..=64).contains(&text.len()) && text.chars().all(fits)
}

fn is_knob(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('_') && name != "lab"
}

fn owned((name, value): (std::borrow::Cow<str>, std::borrow::Cow<str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}

fn names(list: &str) -> Option<Vec<String>> {
    let names: Vec<String> = list.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (names.len() <= MAX_NAMES && names.iter().all(|name| is_name(name))).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_kept() {
        assert_eq!(differing("text=a+b&steps=300&seed=1", "text=&steps=0&seed=1"), "text=a+b&steps=300");
        assert_eq!(differing("seed=1", "seed=1"), "");
    }

    #[test]
    fn a_lab_gets_its_own_settings_only() {
        assert_eq!(knobs_of("lab=train&steps=300&_hide=a&_new=b&seed=2"), "steps=300&seed=2");
        assert_eq!(State::of("train", "lab=x&_task=y&steps=3").knobs, [("steps".to_owned(), "3".to_owned())]);
    }

    #[test]
    fn names_that_are_none_are_refused() {
        for text in
            ["", "steps=1", "lab=", "lab=a%20b", "lab=a&_hide=x%22%5D", "lab=a&_lesson=..%2F..", "lab=a&_lock=b c"]
        {
            assert_eq!(State::read(text), None, "{text}");
        }
        let many = (0..=MAX_NAMES).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",");
        assert_eq!(State::read(&format!("lab=a&_hide={many}")), None);
        assert_eq!(State::read(&format!("lab=a&_task={}", "ä".repeat(MAX_TASK + 1))), None);
        assert!(State::read(&format!("lab=a&_task={}", "ä".repeat(MAX_TASK))).is_some());
    }
}
