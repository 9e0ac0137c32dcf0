//! The data of the certificate, which a learner gives to themselves: what is known, and a digest by which an
//! exported log can be compared with it.

use super::{Asked, Kind, Level, Log, Now, Standing, event::day};
use sha2::{Digest, Sha256};

/// One lesson on the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The lesson's slug.
    pub lesson: String,
    /// The level on the day of the certificate.
    pub level: Level,
    /// How many of its items were answered right.
    pub right: usize,
    /// How many items there are.
    pub of: usize,
}

/// The data of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Lessons that are Familiar or better, in the order of the course.
    pub lessons: Vec<Known>,
    /// How many of them are Mastered.
    pub mastered: usize,
    /// All answers that are in the log.
    pub answers: usize,
    /// Days with an answer.
    pub days: usize,
    /// The local dates of the first and the last answer, in days since 1970.
    pub between: Option<(i64, i64)>,
    /// SHA-256 of the answers in the log.
    pub digest: String,
}

/// Draws up a certificate from a log.
pub fn certificate(log: &Log, course: &[Asked], now: Now) -> Certificate {
    let standing = Standing::of(log);
    let lessons: Vec<_> = course
        .iter()
        .filter_map(|asked| {
            let reached = standing.reached(asked, now);
            let level = reached.level.filter(|level| *level >= Level::Familiar)?;
            Some(Known { lesson: asked.lesson.clone(), level, right: reached.right, of: reached.of })
        })
        .collect();
    let answers: Vec<_> = log.events().filter(|event| matches!(event.kind, Kind::Answered { .. })).collect();
    let dates = answers.iter().map(|event| day(event.at_ms, event.offset_min));
    Certificate {
        mastered: lessons.iter().filter(|known| known.level == Level::Mastered).count(),
        lessons,
        answers: answers.len(),
        days: standing.days.len(),
        between: dates.clone().min().zip(dates.max()),
        digest: digest(log),
    }
}

/// SHA-256 over the answers of a log, one line of JSON each, in the order of the log: whoever imports the
/// exported file gets the same.
pub fn digest(log: &Log) -> String {
    let mut sha = Sha256::new();
    for event in log.events().filter(|event| matches!(event.kind, Kind::Answered { .. })) {
        sha.update(event.to_json());
        sha.update("\n");
    }
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_says_what_is_known_and_what_the_log_hashes_to() {
        let now = Now { ms: 1_763_720_000_000, offset_min: 60 };
        let mut log = Log::default();
        let answer = |lesson: &str, right| Kind::Answered {
            lesson: lesson.into(),
            item: "q:a".into(),
            objectives: vec![],
            right,
            helped: false,
        };
        log.record(1, now, answer("known", true));
        log.record(1, now, answer("missed", false));
        let course =
            ["known", "missed", "never"].map(|lesson| Asked { lesson: lesson.into(), items: vec!["q:a".into()] });
        let found = certificate(&log, &course, now);
        assert_eq!(found.lessons, [Known { lesson: "known".into(), level: Level::Proficient, right: 1, of: 1 }]);
        assert_eq!((found.answers, found.days, found.mastered), (2, 1, 0));
        assert_eq!(found.between, Some((now.day(), now.day())));

        let copy = Log::read(log.write().as_bytes()).log;
        assert_eq!(digest(&copy), found.digest);
        log.record(1, now, answer("never", true));
        assert_ne!(digest(&log), found.digest);
        // The digest of nothing is the known one of no bytes.
        assert_eq!(digest(&Log::default()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
