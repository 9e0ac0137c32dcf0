//! BM25: how much a word in a text says about what the text is about.
//!
//! Robertson and Zaragoza (2009), *The Probabilistic Relevance Framework: BM25 and Beyond*; of the variants that
//! Kamphuis and others (2020, *Which BM25 Do You Mean?*) compare, this is "Lucene (accurate)": its weight of a word
//! is never negative, even of a word that stands in every text. Fields are weighted as Robertson, Zaragoza and Taylor
//! (2004) propose: a word in the title counts as several in the body, before the counts are saturated.

/// How soon more of the same word stops to count. The middle of the range 1.2 to 2 that the paper calls reasonable
/// is for long articles; our texts are sections, so its lower end.
pub const K1: f64 = 1.2;

/// How much a long text has to pay for its length: 0 not at all, 1 in full. The paper's usual value.
pub const B: f64 = 0.75;

/// The weight of a word that stands in `holding` of `texts` texts: the rarer, the more it says.
pub fn idf(texts: usize, holding: usize) -> f64 {
    let (texts, holding) = (texts as f64, holding as f64);
    (1.0 + (texts - holding + 0.5) / (holding + 0.5)).ln()
}

/// How much of a word's weight a text gets that holds it `count` times and is `length` of an average `average` long.
pub fn saturated(count: f64, length: f64, average: f64) -> f64 {
    count / (count + K1 * (1.0 - B + B * length / average))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_word_says_more_and_no_word_says_less_than_nothing() {
        assert!(idf(100, 1) > idf(100, 50));
        assert!(idf(100, 100) > 0.0);
    }

    #[test]
    fn the_tenth_time_adds_less_than_the_second() {
        let at = |count| saturated(count, 10.0, 10.0);
        assert!(at(2.0) - at(1.0) > at(10.0) - at(9.0));
        assert!(at(1e9) < 1.0);
        assert!(saturated(1.0, 5.0, 10.0) > saturated(1.0, 20.0, 10.0), "the same word in a shorter text");
    }
}
