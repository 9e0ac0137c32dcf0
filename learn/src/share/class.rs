//! The results of a class, gathered from files and pasted codes.

use super::result::{Achieved, CodeFault, codes};
use super::results_file::{FileFault, MAX_RESULTS, from_results_file};

/// What a teacher has gathered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Class {
    /// The results, in the order they came.
    pub entries: Vec<Entry>,
    /// What came more than once; each run is counted once.
    pub repeated: Vec<Repeated>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// One result and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The result.
    pub achieved: Achieved,
    /// The file's name, or what the page calls the pasted text.
    pub source: String,
}

/// A result that was there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// Whose it is; empty without a name.
    pub name: String,
    /// Where it came from this time.
    pub source: String,
    /// Where it came from first.
    pub first: String,
}

/// Something that holds no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it came from.
    pub source: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Why something holds no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A pasted code.
    Code(CodeFault),
    /// A file.
    File(FileFault),
}

impl Class {
    /// Adds what a file or a pasted text holds: a results file, or any text with codes in it.
    pub fn add(&mut self, source: &str, text: &str) {
        let json = text.trim_start_matches('\u{feff}').trim_start();
        if json.starts_with(['{', '[']) {
            match from_results_file(json) {
                Ok(results) => results.into_iter().for_each(|achieved| self.put(source, achieved)),
                Err(fault) => self.refuse(source, Fault::File(fault)),
            }
            return;
        }
        if text.len() > super::MAX_FILE {
            return self.refuse(source, Fault::File(FileFault::Long));
        }
        for found in codes(text) {
            match found {
                Ok(achieved) => self.put(source, achieved),
                Err(fault) => self.refuse(source, Fault::Code(fault)),
            }
        }
    }

    /// The results alone.
    pub fn results(&self) -> Vec<Achieved> {
        self.entries.iter().map(|entry| entry.achieved.clone()).collect()
    }

    /// Each exercise that results are there for, in alphabetical order.
    pub fn exercises(&self) -> Vec<String> {
        let mut all: Vec<_> = self.entries.iter().map(|entry| entry.achieved.exercise.clone()).collect();
        all.sort();
        all.dedup();
        all
    }

    fn put(&mut self, source: &str, achieved: Achieved) {
        if let Some(known) = self.entries.iter_mut().find(|entry| entry.achieved.same_run(&achieved)) {
            let name = achieved.name.clone();
            self.repeated.push(Repeated { name, source: source.into(), first: known.source.clone() });
            // A file keeps more of a curve than a code does.
            if achieved.points() > known.achieved.points() {
                known.achieved = achieved;
            }
        } else if self.entries.len() < MAX_RESULTS {
            self.entries.push(Entry { achieved, source: source.into() });
        } else {
            self.refuse(source, Fault::File(FileFault::Long));
        }
    }

    fn refuse(&mut self, source: &str, fault: Fault) {
        let it = Unreadable { source: source.into(), fault };
        if !self.unreadable.contains(&it) {
            self.unreadable.push(it);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Curve, code, to_results_file};
    use super::*;

    fn run(name: &str, at: u64) -> Achieved {
        let points = (0..100).map(|i| (f64::from(i), 1.0 / f64::from(i + 1))).collect();
        let curves = vec![Curve { name: "val_loss".into(), points }];
        Achieved { exercise: "x:a".into(), name: name.into(), at, curves, ..Achieved::default() }
    }

    #[test]
    fn files_and_codes_become_one_class() {
        let mut class = Class::default();
        class.add("mail", &format!("{}\n{}", code(&run("Ada", 1)), code(&run("Bo", 1))));
        class.add("ada.json", &to_results_file(&[run("Ada", 1), run("Ada", 2)]));
        class.add("photo.png", "\u{fffd}PNG");
        class.add("other.json", "{\"a\":1}");
        class.add("cut.txt", &code(&run("Cy", 1))[..60]);
        let who: Vec<_> = class.entries.iter().map(|entry| (entry.achieved.name.as_str(), entry.achieved.at)).collect();
        assert_eq!(who, [("Ada", 1), ("Bo", 1), ("Ada", 2)], "a second try is not a repetition");
        assert_eq!(class.repeated, [Repeated { name: "Ada".into(), source: "ada.json".into(), first: "mail".into() }]);
        assert_eq!(class.entries[0].achieved.points(), 100, "the file's curve is the finer one");
        let faults: Vec<_> = class.unreadable.iter().map(|it| (it.source.as_str(), it.fault)).collect();
        let expected = [
            ("photo.png", Fault::Code(CodeFault::Absent)),
            ("other.json", Fault::File(FileFault::Unknown)),
            ("cut.txt", Fault::Code(CodeFault::Damaged)),
        ];
        assert_eq!(faults, expected);
        assert_eq!(class.exercises(), ["x:a"]);
    }
}
