//! The small language that the families learn: English sentences of one pattern, and their German translations, in which
//! words change places and articles change with the noun that follows.

use std::sync::OnceLock;

/// Stands where a word is hidden.
pub const MASK: usize = 0;
/// Before the first word that is to be written.
pub const GO: usize = 1;
/// After the last word.
pub const END: usize = 2;
/// Between a sentence and its translation, for a decoder that is given both.
pub const TO: usize = 3;
/// As learners read and write those four.
const SIGNS: [&str; 4] = ["_", "⟨go⟩", "⟨end⟩", "⟨in German⟩"];

struct Noun {
    /// One and several.
    english: [&'static str; 2],
    german: [&'static str; 2],
    gender: Gender,
    /// It takes "an".
    vowel: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Gender {
    Der,
    Die,
    Das,
}

const fn noun(english: [&'static str; 2], german: [&'static str; 2], gender: Gender, vowel: bool) -> Noun {
    Noun { english, german, gender, vowel }
}

const NOUNS: [Noun; 10] = [
    noun(["dog", "dogs"], ["Hund", "Hunde"], Gender::Der, false),
    noun(["bird", "birds"], ["Vogel", "Vögel"], Gender::Der, false),
    noun(["cat", "cats"], ["Katze", "Katzen"], Gender::Die, false),
    noun(["mouse", "mice"], ["Maus", "Mäuse"], Gender::Die, false),
    noun(["horse", "horses"], ["Pferd", "Pferde"], Gender::Das, false),
    noun(["child", "children"], ["Kind", "Kinder"], Gender::Das, false),
    noun(["otter", "otters"], ["Otter", "Otter"], Gender::Der, true),
    noun(["eagle", "eagles"], ["Adler", "Adler"], Gender::Der, true),
    noun(["owl", "owls"], ["Eule", "Eulen"], Gender::Die, true),
    noun(["ant", "ants"], ["Ameise", "Ameisen"], Gender::Die, true),
];

/// One does, several do, have done: in English and in German.
const VERBS: [[[&str; 3]; 2]; 5] = [
    [["sees", "see", "seen"], ["sieht", "sehen", "gesehen"]],
    [["hears", "hear", "heard"], ["hört", "hören", "gehört"]],
    [["finds", "find", "found"], ["findet", "finden", "gefunden"]],
    [["loves", "love", "loved"], ["liebt", "lieben", "geliebt"]],
    [["calls", "call", "called"], ["ruft", "rufen", "gerufen"]],
];
const HAVE: [[&str; 2]; 2] = [["has", "have"], ["hat", "haben"]];
const ADVERBS: [[&str; 2]; 4] = [["today", "heute"], ["often", "oft"], ["here", "hier"], ["now", "jetzt"]];

/// How many sentences there are.
pub const SENTENCES: usize = 40 * 40 * VERBS.len() * 2 * (ADVERBS.len() + 1);

/// "a dog", "the dogs", "two owls".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    noun: usize,
    /// Several of them.
    pub several: bool,
    /// With "the", and not with "a" or "two".
    pub known: bool,
}

impl Phrase {
    fn numbered(number: usize) -> Self {
        Self { noun: number / 4, several: number % 4 / 2 == 1, known: number % 2 == 1 }
    }

    /// "a", or "an".
    fn article(self) -> Option<&'static str> {
        let vowel = NOUNS[self.noun].vowel;
        (!self.several && !self.known).then_some(if vowel { "an" } else { "a" })
    }

    fn english(self) -> [&'static str; 2] {
        let first = if self.known { "the" } else { self.article().unwrap_or("two") };
        [first, NOUNS[self.noun].english[usize::from(self.several)]]
    }

    fn german(self, is_object: bool) -> [&'static str; 2] {
        let Noun { german, gender, .. } = &NOUNS[self.noun];
        let article = match (self.several, self.known, gender, is_object) {
            (true, true, ..) => "die",
            (true, false, ..) => "zwei",
            (false, true, Gender::Der, false) => "der",
            (false, true, Gender::Der, true) => "den",
            (false, true, Gender::Die, _) => "die",
            (false, true, Gender::Das, _) => "das",
            (false, false, Gender::Der, true) => "einen",
            (false, false, Gender::Die, _) => "eine",
            (false, false, ..) => "ein",
        };
        [article, german[usize::from(self.several)]]
    }
}

/// "the dogs have seen an owl today"
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// Who does it.
    pub subject: Phrase,
    /// To whom.
    pub object: Phrase,
    verb: usize,
    /// It is done.
    pub done: bool,
    adverb: Option<usize>,
}

/// A translation: its words, and the place of the source's word that each comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// Numbers of the words.
    pub words: Vec<usize>,
    /// For each, a place in the English sentence.
    pub from: Vec<usize>,
}

impl Sentence {
    /// The sentence with this number, of [`SENTENCES`].
    pub fn numbered(number: usize) -> Self {
        let mut rest = number % SENTENCES;
        let mut take = |of: usize| {
            let digit = rest % of;
            rest /= of;
            digit
        };
        let [subject, object] = [take(40), take(40)].map(Phrase::numbered);
        let (verb, done) = (take(VERBS.len()), take(2) == 1);
        Self { subject, object, verb, done, adverb: take(ADVERBS.len() + 1).checked_sub(1) }
    }

    /// The words in English.
    pub fn english(self) -> Vec<usize> {
        let number = usize::from(self.subject.several);
        let mut words = self.subject.english().to_vec();
        let verb = &VERBS[self.verb][0];
        words.extend(if self.done { vec![HAVE[0][number], verb[2]] } else { vec![verb[number]] });
        words.extend(self.object.english());
        words.extend(self.adverb.map(|adverb| ADVERBS[adverb][0]));
        words.into_iter().map(number_of).collect()
    }

    /// The words in German: an adverb comes first, and the finite verb second; what is done stands at the end.
    pub fn german(self) -> Translation {
        let number = usize::from(self.subject.several);
        let verb = &VERBS[self.verb][1];
        let object = if self.done { 4 } else { 3 };
        let [article, noun] = self.subject.german(false);
        let subject = [(article, 0), (noun, 1)];
        let finite = (if self.done { HAVE[1][number] } else { verb[number] }, 2);
        let mut words = Vec::with_capacity(7);
        if let Some(adverb) = self.adverb {
            words.extend([(ADVERBS[adverb][1], object + 2), finite]);
            words.extend(subject);
        } else {
            words.extend(subject);
            words.push(finite);
        }
        let [article, noun] = self.object.german(true);
        words.extend([(article, object), (noun, object + 1)]);
        if self.done {
            words.push((verb[2], 3));
        }
        let (words, from) = words.into_iter().map(|(word, from)| (number_of(word), from)).unzip();
        Translation { words, from }
    }

    /// The place of an "a" or "an", and the number of the word that would be wrong there.
    pub fn article_gap(self) -> Option<(usize, usize)> {
        let object = if self.done { 4 } else { 3 };
        let other = |phrase: Phrase| phrase.article().map(|article| number_of(if article == "a" { "an" } else { "a" }));
        other(self.object).map(|wrong| (object, wrong)).or_else(|| other(self.subject).map(|wrong| (0, wrong)))
    }

    /// The place of the subject's noun after "the", and the number of its other form, which only the verb after it rules out.
    pub fn noun_gap(self) -> Option<(usize, usize)> {
        let other = NOUNS[self.subject.noun].english[usize::from(!self.subject.several)];
        self.subject.known.then(|| (1, number_of(other)))
    }

    /// The place of the finite verb, and the number of its other form, which the noun before it rules out.
    pub fn verb_gap(self) -> (usize, usize) {
        let other = usize::from(!self.subject.several);
        (2, number_of(if self.done { HAVE[0][other] } else { VERBS[self.verb][0][other] }))
    }
}

/// Whether these English words are a sentence of the language.
pub fn is_sentence(words: &[usize]) -> bool {
    let all = vocabulary();
    let words: Option<Vec<&str>> = words.iter().map(|word| all.get(*word).copied()).collect();
    words.is_some_and(|words| parse(&words).is_some())
}

fn parse(words: &[&str]) -> Option<()> {
    let phrase = |pair: &[&str]| {
        (0..40)
            .map(Phrase::numbered)
            .find(|phrase| phrase.english()[..] == *pair)
            .map(|phrase| usize::from(phrase.several))
    };
    let number = phrase(words.get(..2)?)?;
    let verb = words.get(2)?;
    let rest = if *verb == HAVE[0][number] {
        let done = words.get(3)?;
        VERBS.iter().any(|forms| forms[0][2] == *done).then_some(&words[4..])?
    } else {
        VERBS.iter().any(|forms| forms[0][number] == *verb).then_some(&words[3..])?
    };
    phrase(rest.get(..2)?)?;
    match &rest[2..] {
        [] => Some(()),
        [adverb] => ADVERBS.iter().any(|pair| pair[0] == *adverb).then_some(()),
        _ => None,
    }
}

/// Every word of both languages, after the four signs; a word's number is its place.
pub fn vocabulary() -> &'static [&'static str] {
    static ALL: OnceLock<Vec<&'static str>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = SIGNS.to_vec();
        all.extend(["a", "an", "the", "two"]);
        all.extend(NOUNS.iter().flat_map(|noun| noun.english));
        all.extend(VERBS.iter().flat_map(|forms| forms[0]));
        all.extend(HAVE[0]);
        all.extend(ADVERBS.iter().map(|pair| pair[0]));
        all.extend(["ein", "eine", "einen", "der", "die", "das", "den", "zwei"]);
        all.extend(NOUNS.iter().flat_map(|noun| noun.german));
        all.extend(VERBS.iter().flat_map(|forms| forms[1]));
        all.extend(HAVE[1]);
        all.extend(ADVERBS.iter().map(|pair| pair[1]));
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|word| seen.insert(*word));
        all
    })
}

/// How many words are English, signs included: those with smaller numbers than this.
pub fn english_words() -> usize {
    number_of("ein")
}

/// The word with this number.
pub fn word(number: usize) -> &'static str {
    vocabulary().get(number).copied().unwrap_or("?")
}

fn number_of(word: &str) -> usize {
    find(word).unwrap_or(MASK)
}

fn find(word: &str) -> Option<usize> {
    vocabulary().iter().position(|known| *known == word)
}

/// What a learner wrote: English words, and `_` for a hidden one.
///
/// # Errors
/// A sentence: which word is not known.
pub fn read(text: &str) -> Result<Vec<usize>, String> {
    let known = |word: &str| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '_').to_lowercase();
        match find(&word) {
            Some(number) if number == MASK || (SIGNS.len()..english_words()).contains(&number) => Ok(number),
            _ => Err(word),
        }
    };
    let words: Result<Vec<usize>, String> = text.split_whitespace().map(known).collect();
    words.map_err(|word| format!("“{word}” is not a word of this small language."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn written(words: &[usize]) -> String {
        words.iter().map(|number| word(*number)).collect::<Vec<_>>().join(" ")
    }

    fn of(text: &str) -> Sentence {
        let words = read(text).expect("known words");
        (0..SENTENCES).map(Sentence::numbered).find(|sentence| sentence.english() == words).expect("a sentence")
    }

    #[test]
    fn german_puts_words_elsewhere() {
        for (english, german, from) in [
            ("the dog sees an owl", "der Hund sieht eine Eule", vec![0, 1, 2, 3, 4]),
            ("a cat has seen the dog", "eine Katze hat den Hund gesehen", vec![0, 1, 2, 4, 5, 3]),
            ("the children call a bird today", "heute rufen die Kinder einen Vogel", vec![5, 2, 0, 1, 3, 4]),
            ("two mice have heard the horse now", "jetzt haben zwei Mäuse das Pferd gehört", vec![6, 2, 0, 1, 4, 5, 3]),
        ] {
            let translation = of(english).german();
            assert_eq!(written(&translation.words), german);
            assert_eq!(translation.from, from);
        }
    }

    #[test]
    fn every_number_is_a_sentence_of_its_own() {
        let all: BTreeSet<Vec<usize>> = (0..SENTENCES).map(|number| Sentence::numbered(number).english()).collect();
        assert_eq!(all.len(), SENTENCES);
        assert!(all.iter().step_by(37).all(|words| is_sentence(words)));
        assert!(all.iter().flatten().all(|word| (SIGNS.len()..english_words()).contains(word)));
        let german = (0..SENTENCES).flat_map(|number| Sentence::numbered(number).german().words);
        assert!(german.into_iter().all(|word| word >= english_words()));
    }

    #[test]
    fn what_is_not_a_sentence_is_not_taken_for_one() {
        for text in
            ["the dog see a cat", "a owl sees the dog", "the dog", "the dog sees a cat today now", "dog the sees a cat"]
        {
            assert!(!is_sentence(&read(text).expect("known words")), "{text}");
        }
        assert!(!is_sentence(&[]) && !is_sentence(&[9999]));
    }

    #[test]
    fn gaps_leave_one_of_two_forms() {
        let sentence = of("the dog has seen an owl");
        assert_eq!(sentence.article_gap().map(|(at, wrong)| (at, word(wrong))), Some((4, "a")));
        assert_eq!(sentence.noun_gap().map(|(at, wrong)| (at, word(wrong))), Some((1, "dogs")));
        assert_eq!((sentence.verb_gap().0, word(sentence.verb_gap().1)), (2, "have"));
        assert_eq!(of("two dogs see the owls").article_gap(), None);
    }

    #[test]
    fn an_unknown_word_is_named() {
        assert_eq!(read("The dog, sees _ owl.").map(|words| written(&words)), Ok("the dog sees _ owl".into()));
        assert!(read("the dragon sees").unwrap_err().contains("dragon"));
        assert!(read("der Hund").unwrap_err().contains("der"));
        assert!(read("⟨end⟩").is_err());
    }
}
