//! Laws of the log, on random ones: merging loses nothing and knows no order, and no bytes make it panic.

use learn::progress::{Event, Kind, Log, Now, Standing, plan, recover};
use proptest::prelude::*;

const NOW: Now = Now { ms: 1_763_720_000_000, offset_min: 60 };

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ab]", 1 => "\\PC{0,12}"]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        8 => (name(), "q:[ab]", any::<bool>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..3)).prop_map(
            |(lesson, item, right, helped, objectives)| Kind::Answered { lesson, item, objectives, right, helped }
        ),
        1 => name().prop_map(|lesson| Kind::Opened { lesson }),
        1 => (name(), any::<bool>()).prop_map(|(milestone, on)| Kind::Ticked { milestone, on }),
        1 => (name(), "\\PC{0,40}").prop_map(|(lesson, text)| Kind::Noted { lesson, text }),
        1 => (name(), name()).prop_map(|(what, value)| Kind::Chose { what, value }),
        1 => (name(), any::<bool>()).prop_map(|(module, known)| Kind::Placed { module, known }),
        1 => (name(), any::<u32>(), any::<u32>()).prop_map(|(lesson, right, of)| Kind::Scored { lesson, right, of }),
    ]
}

/// Moments of a month, of all time, and often the same.
fn moment() -> impl Strategy<Value = u64> {
    prop_oneof![8 => (0..30u64 * 24).prop_map(|hour| NOW.ms - hour * 3_600_000), 1 => 0..253_402_300_799_999u64, 1 => Just(0)]
}

fn event(devices: std::ops::Range<u32>) -> impl Strategy<Value = Event> {
    (moment(), -720..=840i16, devices, 0..200u32, kind()).prop_map(|(at_ms, offset_min, device, nth, kind)| Event {
        at_ms,
        offset_min,
        device,
        nth,
        kind,
    })
}

fn log_of(devices: std::ops::Range<u32>) -> impl Strategy<Value = Log> {
    prop::collection::vec(event(devices), 0..40).prop_map(|events| {
        let mut log = Log::default();
        events.into_iter().for_each(|event| log.insert(event));
        log
    })
}

fn log() -> impl Strategy<Value = Log> {
    (log_of(0..3), 0..2u32).prop_map(|(mut log, epoch)| {
        log.epoch = epoch;
        log
    })
}

fn merged(a: &Log, b: &Log) -> Log {
    let mut log = a.clone();
    log.merge(b);
    log
}

proptest! {
    #[test]
    fn merging_is_idempotent_commutative_and_associative(a in log(), b in log(), c in log()) {
        prop_assert_eq!(merged(&a, &a), a.clone());
        let ab = merged(&a, &b);
        prop_assert_eq!(&ab, &merged(&b, &a));
        prop_assert_eq!(merged(&ab, &b), ab.clone());
        prop_assert_eq!(merged(&ab, &c), merged(&a, &merged(&b, &c)));
    }

    #[test]
    fn a_log_reads_back_from_its_text(log in log()) {
        let read = Log::read(log.write().as_bytes());
        prop_assert!(read.is_whole());
        prop_assert!(read.log.events().eq(log.events()));
        prop_assert_eq!(read.log.write(), log.write());
        prop_assert_eq!((read.log.epoch, read.log.seq), (log.epoch, log.seq));
    }

    /// No event is lost, and what the other log does not touch keeps its level to the day.
    #[test]
    fn merging_loses_no_event_and_leaves_other_items_alone(a in log_of(0..2), b in log_of(2..4)) {
        let both = merged(&a, &b);
        prop_assert_eq!(a.beyond(&both).len() + b.beyond(&both).len(), 0);
        prop_assert_eq!(both.len(), a.len() + b.len());
        let (alone, other, together) = (Standing::of(&a), Standing::of(&b), Standing::of(&both));
        for lesson in ["a", "b"] {
            for item in alone.items(lesson).filter(|item| other.item(lesson, &item.item).is_none()) {
                let now = together.item(lesson, &item.item);
                prop_assert_eq!(now.map(|now| (now.level(NOW), now.earned)), Some((item.level(NOW), item.earned)));
            }
        }
    }

    /// A log of right, unaided answers never lowers what was earned, nor makes a lesson less complete.
    #[test]
    fn merging_never_loses_mastery(a in log_of(0..2), hours in prop::collection::vec((0..30u64 * 24, "q:[ab]"), 0..20)) {
        let mut b = Log::default();
        for (hour, item) in hours {
            let at = Now { ms: NOW.ms - hour * 3_600_000, ..NOW };
            b.record(9, at, Kind::Answered { lesson: "a".into(), item, objectives: vec![], right: true, helped: false });
        }
        let before = Standing::of(&a);
        for standing in [Standing::of(&merged(&a, &b)), Standing::of(&merged(&b, &a))] {
            for item in before.items("a") {
                let after = standing.item("a", &item.item);
                prop_assert!(after.is_some_and(|after| after.earned.level >= item.earned.level && (after.was_right || !item.was_right)));
            }
        }
    }

    #[test]
    fn replay_knows_no_order(events in prop::collection::vec(event(0..3), 0..40), cut in 0..40usize) {
        let mut forward = Log::default();
        events.iter().cloned().for_each(|event| forward.insert(event));
        let mut turned = Log::default();
        let cut = cut.min(events.len());
        events[cut..].iter().chain(&events[..cut]).rev().cloned().for_each(|event| turned.insert(event));
        prop_assert_eq!(Standing::of(&forward), Standing::of(&turned));
    }

    #[test]
    fn compacting_changes_no_standing(a in log_of(0..2), b in log_of(2..4)) {
        let mut small = a.clone();
        small.compact();
        prop_assert_eq!(Standing::of(&small), Standing::of(&a));
        prop_assert_eq!(Standing::of(&merged(&small, &b)), Standing::of(&merged(&a, &b)));
    }

    #[test]
    fn an_import_undone_is_as_if_it_had_not_been(a in log(), b in log()) {
        let plan = plan(&a, b.write().as_bytes(), NOW).expect("a log is ours");
        let mut log = a.clone();
        plan.apply(&mut log);
        prop_assert_eq!(log.len(), a.len() + plan.summary.new_events);
        prop_assert_eq!(plan.summary.new_events + plan.summary.known_events, b.len());
        log.take_out(&plan.new);
        prop_assert!(log.events().eq(a.events()));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = plan(&Log::default(), &bytes, NOW);
        let _ = recover(&[Log::read(&bytes)]);
    }

    /// A text that is cut, and one with a flipped bit: never a panic, and no event that was not there.
    #[test]
    fn damage_costs_lines_and_invents_none(log in log_of(0..3), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut bytes = log.write().into_bytes();
        let at = at.index(bytes.len());
        let cut = Log::read(&bytes[..at]);
        prop_assert_eq!(cut.log.beyond(&log).len(), 0);
        prop_assert!(!cut.is_whole() || cut.log.len() == log.len());
        bytes[at] ^= 1 << bit;
        let flipped = Log::read(&bytes);
        prop_assert_eq!(flipped.log.beyond(&log).len(), 0);
        // A flip in one line costs that line; a flip in or into a line's end costs the two lines it divides.
        prop_assert!(flipped.log.len() + 2 >= log.len());
        prop_assert!(recover(&[flipped, Log::read(log.write().as_bytes())]).events().eq(log.events()));
    }

    /// Lines with the right checksum and hostile contents.
    #[test]
    fn hostile_events_are_replayed_without_a_panic(events in prop::collection::vec(event(0..u32::MAX), 0..60), ms in 0..=u64::MAX) {
        let mut log = Log::default();
        events.into_iter().for_each(|event| log.insert(event));
        let now = Now { ms, offset_min: i16::MAX };
        let standing = Standing::of(&log);
        let due = standing.due(now);
        prop_assert!(due.iter().all(|item| item.is_due(now) && (0.0..=1.0).contains(&item.memory.recall(ms))));
        let _ = (standing.streak(now), standing.next_due_day(now), plan(&Log::default(), log.write().as_bytes(), now));
    }
}
