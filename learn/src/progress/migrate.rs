//! From version 1: the first site kept the best score of each quiz as a text such as `4/6`, in the area `quiz`
//! of the store, under the lesson's slug.

use super::{Event, Kind, Log};
use crc32fast::hash as crc32;

/// The device of events that were made of version 1's records.
const FIRST_SITE: u32 = 0;
/// No quiz had more questions.
const MOST_QUESTIONS: u32 = 1000;

/// Turns records of version 1, slug and score, into events. The same records give the same events, so that
/// doing it again changes nothing. What is not a score is passed over.
pub fn from_version_1<'a>(records: impl IntoIterator<Item = (&'a str, &'a str)>) -> Log {
    let mut log = Log::default();
    for (slug, score) in records {
        if let Some((right, of)) = read_score(score).filter(|_| !slug.is_empty()) {
            let kind = Kind::Scored { lesson: slug.into(), right, of };
            // The number comes from the record itself: nobody counted then.
            let nth = crc32(format!("{slug}={right}/{of}").as_bytes());
            log.insert(Event { at_ms: 0, offset_min: 0, device: FIRST_SITE, nth, kind });
        }
    }
    log
}

fn read_score(text: &str) -> Option<(u32, u32)> {
    let (right, of) = text.split_once('/')?;
    let (right, of) = (right.parse().ok()?, of.parse().ok()?);
    (of > 0 && of <= MOST_QUESTIONS && right <= of).then_some((right, of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Standing;

    #[test]
    fn scores_become_events_once() {
        let records =
            [("attention-mechanism", "4/6"), ("bad", "nonsense"), ("odd", "7/6"), ("none", "0/0"), ("", "1/2")];
        let mut log = from_version_1(records);
        assert_eq!(log.len(), 1);
        log.merge(&from_version_1(records));
        assert_eq!(log.len(), 1);
        // The old site, opened once more, may have kept a better score.
        log.merge(&from_version_1([("attention-mechanism", "6/6")]));
        assert_eq!(Standing::of(&log).scored("attention-mechanism"), Some((6, 6)));
    }
}
