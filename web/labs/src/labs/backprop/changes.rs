//! What the learner has changed since the model was made, in order, as a link can carry it.

use crate::decimal;

/// The most steps downhill that are replayed.
const MOST_STEPS: usize = 300;

/// One change of the weights.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A number was set.
    Set {
        /// Of which table.
        key: String,
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
        /// What it became.
        number: f64,
    },
    /// Steps downhill were taken.
    Steps {
        /// The learning rate.
        rate: f64,
        /// How many.
        count: usize,
    },
}

/// Changes as a link carries them: `wq.0.1:0.5,step:0.1:3`.
pub fn written(changes: &[Change]) -> String {
    let one = |change: &Change| match change {
        Change::Set { key, row, column, number } => format!("{key}.{row}.{column}:{number}"),
        Change::Steps { rate, count } => format!("step:{rate}:{count}"),
    };
    changes.iter().map(one).collect::<Vec<_>>().join(",")
}

/// The opposite of [`written`]; what cannot be read is left out.
pub fn read(text: &str) -> Vec<Change> {
    let mut left = MOST_STEPS;
    let one = |text: &str| {
        let (place, number) = text.split_once(':')?;
        if place == "step" {
            let (rate, count) = number.split_once(':')?;
            let count = count.parse::<usize>().ok()?.min(left);
            left -= count;
            return Some(Change::Steps { rate: decimal::parse(rate)?, count });
        }
        let (key, row, column) = place_of(place)?;
        Some(Change::Set { key, row, column, number: decimal::parse(number)? })
    };
    text.split(',').filter_map(one).collect()
}

/// A place such as `wq.0.1`: table, row, column.
pub fn place_of(text: &str) -> Option<(String, usize, usize)> {
    let mut parts = text.split('.');
    let place = (parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(place)
}

/// Adds a change; what continues the last one is joined with it. False if there would be too many steps to replay.
pub fn push(changes: &mut Vec<Change>, change: Change) -> bool {
    let steps = |change: &Change| if let Change::Steps { count, .. } = change { *count } else { 0 };
    if changes.iter().chain([&change]).map(steps).sum::<usize>() > MOST_STEPS {
        return false;
    }
    match (changes.last_mut(), change) {
        (Some(Change::Steps { rate, count }), Change::Steps { rate: new, count: more }) if *rate == new => {
            *count += more
        }
        (Some(Change::Set { key, row, column, number }), Change::Set { key: k, row: r, column: c, number: new })
            if (&*key, &*row, &*column) == (&k, &r, &c) =>
        {
            *number = new;
        }
        (_, change) => changes.push(change),
    }
    true
}

/// Takes the last number set, or the last single step downhill, back.
pub fn pop(changes: &mut Vec<Change>) {
    match changes.last_mut() {
        Some(Change::Steps { count, .. }) if *count > 1 => *count -= 1,
        _ => drop(changes.pop()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_travel_in_a_link() {
        let text = "wq.0.1:-0.5,step:0.1:3,e.4.2:1";
        let changes = read(text);
        assert_eq!((changes.len(), written(&changes).as_str()), (3, text));
        assert_eq!(read("nonsense,wq.1:2,step:x:1,wq.0.0:1,step:0.1:999").len(), 2);
        assert_eq!(read("step:0.1:999"), [Change::Steps { rate: 0.1, count: MOST_STEPS }]);
    }

    #[test]
    fn steps_are_joined_and_taken_back_one_by_one() {
        let mut changes = Vec::new();
        assert!(push(&mut changes, Change::Steps { rate: 0.1, count: 1 }));
        assert!(push(&mut changes, Change::Steps { rate: 0.1, count: 10 }));
        assert_eq!(changes, [Change::Steps { rate: 0.1, count: 11 }]);
        pop(&mut changes);
        assert_eq!(changes, [Change::Steps { rate: 0.1, count: 10 }]);
        assert!(!push(&mut changes, Change::Steps { rate: 0.1, count: MOST_STEPS }));
    }
}
