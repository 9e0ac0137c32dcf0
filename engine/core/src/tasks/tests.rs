//! What holds for every task, and answers worked out by hand.

use super::*;
use proptest::prelude::*;

#[test]
fn answers_are_those_worked_out_by_hand() {
    let by_hand = [
        ("reverse", "abcdefgh=", "hgfedcba"),
        ("copy", "abcdabcd=", "abcdabcd"),
        ("sort", "31415926=", "11234569"),
        ("addition", "37+85=", "221"),
        ("addition", "03+04=", "700"),
        ("induction", "qwertyr", "ty"),
        ("modular", "c+f=", "h"),
        ("modular", "w+b=", "a"),
        ("parity", "0110100101=", "0100111001"),
        ("dyck", "([]{(()[][=", "])})."),
        ("dyck", "()()()()()=", "."),
        ("two-sum", "38164:12=", "84"),
        ("max", "kqzabcxy=", "z"),
        ("count", "abacabda?a", "4"),
        ("count", "abacabda?e", "0"),
        ("dedupe", "abacabda=", "abcd."),
        ("palindrome", "abccccba=", "y"),
        ("palindrome", "abcccdba=", "n"),
        ("lookup", "a3j7c1d9?c", "1"),
        ("majority", "01101011010=", "1"),
        ("interleave", "abcd1234=", "a1b2c3d4"),
    ];
    for (key, prompt, answer) in by_hand {
        let task = by_key(key).unwrap();
        assert_eq!((task.answer)(prompt).as_deref(), Some(answer), "{key}: {prompt}");
    }
    for task in TASKS {
        assert!(by_hand.iter().any(|(key, ..)| *key == task.key), "{} has no answer by hand", task.key);
    }
}

#[test]
fn what_is_no_prompt_has_no_answer() {
    for task in TASKS {
        for text in ["", "=", "?", "é", "abc", "zz+zz=", "12345:7=", "([)=", "0000000000000000000000000000="] {
            assert_eq!((task.answer)(text), None, "{}: {text}", task.key);
        }
    }
    assert_eq!((by_key("two-sum").unwrap().answer)("12345:06="), None, "1 + 5 and 2 + 4");
}

#[test]
fn there_are_twelve_or_more_and_each_has_a_name_and_a_sentence() {
    let keys: BTreeSet<&str> = TASKS.iter().map(|task| task.key).collect();
    assert!(TASKS.len() >= 12 && keys.len() == TASKS.len());
    for task in TASKS {
        assert!(task.tests.len() > 40 && task.tests.ends_with(['.', '?']), "{}", task.key);
        assert!(!task.title.is_empty() && task.key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        let config = task.shape().with_vocab(task.tokenizer().vocab_size());
        assert_eq!((config.validate(), task.training().validate()), (Ok(()), Ok(())), "{}", task.key);
    }
}

#[test]
fn validation_is_large_enough_and_always_the_same() {
    for task in TASKS {
        let all = task.validation(200);
        assert_eq!(all, task.validation(200));
        let prompts: BTreeSet<&str> = all.iter().map(|example| &*example.prompt).collect();
        assert_eq!(prompts.len(), all.len(), "{}: one prompt twice", task.key);
        assert!(all.len() >= 50, "{}: only {} examples", task.key, all.len());
        let answers: BTreeSet<&str> = all.iter().map(|example| &*example.answer).collect();
        assert!(answers.len() >= 2, "{}: one answer fits all", task.key);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_drawn_example_is_whole(seed: u64, step in 0u32..10_000) {
        for task in TASKS {
            let tokenizer = task.tokenizer();
            let batch = task.batch(seed, step, 8);
            prop_assert_eq!(batch.len(), 8);
            prop_assert_eq!(&batch, &task.batch(seed, step, 8));
            for example in &batch {
                let Example { prompt, answer } = example;
                prop_assert!(!held_out(prompt), "{}: {} is kept for validation", task.key, prompt);
                let known = tokenizer.encode(&format!("{prompt}{answer}"));
                prop_assert!(known.unknown.is_empty(), "{}: {:?} is not in the vocabulary", task.key, known.unknown);
                prop_assert!(!answer.is_empty() && known.ids.len() <= task.longest, "{}: {prompt}{answer}", task.key);
                let row = Row::of(example, &tokenizer, task.context());
                prop_assert_eq!((row.inputs.len(), row.targets.len()), (task.context(), task.context()));
                let counted: Vec<u32> = row.targets.iter().copied().filter(|t| *t != IGNORE).collect();
                prop_assert_eq!(tokenizer.decode(&counted), &**answer);
                // The first target that counts stands at the prompt's last token.
                let first = row.targets.iter().position(|t| *t != IGNORE);
                prop_assert_eq!(first, Some(prompt.chars().count() - 1));
            }
        }
    }

    #[test]
    fn seeds_and_steps_give_other_examples(seed: u64) {
        for task in TASKS {
            prop_assert_ne!(task.batch(seed, 0, 16), task.batch(seed, 1, 16));
            prop_assert_ne!(task.batch(seed, 0, 16), task.batch(seed ^ 1, 0, 16));
        }
    }
}
