//! One slip of the finger: a letter wrong, missing, too many, or two letters swapped.

/// Words shorter than this have too many neighbours that are words themselves.
pub const SHORTEST: usize = 5;

/// Whether one slip at most leads from one word to the other.
pub fn within_one_slip(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return near(one.as_bytes(), other.as_bytes());
    }
    let letters = |word: &str| word.chars().collect::<Vec<char>>();
    near(&letters(one), &letters(other))
}

fn near<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if long.len() > short.len() + 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same..], &long[same..]);
    match (short, long) {
        ([], _) => true,
        ([a, b, short @ ..], [c, d, long @ ..]) if a == d && b == c && short == long => true,
        (short, long) if short.len() == long.len() => short[1..] == long[1..],
        (short, long) => *short == long[1..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_of_slip() {
        for slip in
            ["attention", "attentoin", "atention", "attenttion", "attentiom", "ttention", "attentio", "attentions"]
        {
            assert!(within_one_slip("attention", slip), "{slip}");
        }
        for far in ["atentoin", "tension", "attenuation", "tattention!", ""] {
            assert!(!within_one_slip("attention", far), "{far}");
        }
    }

    /// The obvious twin: tries every slip there is.
    fn tried(one: &str, other: &str) -> bool {
        let one: Vec<char> = one.chars().collect();
        let is = |letters: Vec<char>| letters.iter().collect::<String>() == other;
        let mut letters: Vec<char> = other.chars().collect();
        letters.push('a');
        (0..=one.len()).any(|at| {
            let inserted = letters.iter().any(|letter| {
                let mut word = one.clone();
                word.insert(at, *letter);
                is(word)
            });
            let rest = one.get(at..).unwrap_or_default();
            let removed = !rest.is_empty() && is([&one[..at], &rest[1..]].concat());
            let changed =
                !rest.is_empty() && letters.iter().any(|letter| is([&one[..at], &[*letter], &rest[1..]].concat()));
            let swapped = rest.len() > 1 && is([&one[..at], &[rest[1], rest[0]], &rest[2..]].concat());
            inserted || removed || changed || swapped
        }) || is(one.clone())
    }

    proptest! {
        #[test]
        fn as_if_every_slip_were_tried(one in "[abc]{0,6}", other in "[abc]{0,6}") {
            prop_assert_eq!(within_one_slip(&one, &other), tried(&one, &other));
            prop_assert_eq!(within_one_slip(&one, &other), within_one_slip(&other, &one));
        }
    }
}
