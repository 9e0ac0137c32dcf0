use super::*;
use crate::practice::{Item, NumberAsk, Pair, Slip, TextAsk, Tolerance};
use proptest::prelude::*;

fn question(ask: Ask) -> Question {
    Question { id: "q".into(), prompt: "?".into(), objectives: vec![1], ask }
}

fn options(correct: &[bool]) -> Vec<Choice> {
    let option = |(at, correct): (usize, &bool)| Choice {
        text: format!("option {at}"),
        correct: *correct,
        explain: format!("why {at}"),
    };
    correct.iter().enumerate().map(option).collect()
}

fn order(count: usize) -> Question {
    let item = |at| Item { text: format!("item {at}"), explain: format!("why {at}") };
    question(Ask::Order { items: (0..count).map(item).collect() })
}

fn pairs(count: usize) -> Question {
    let pair = |at| Pair { left: format!("l{at}"), right: format!("r{at}"), explain: format!("why {at}") };
    question(Ask::Match { pairs: (0..count).map(pair).collect() })
}

fn number() -> Question {
    question(Ask::Number(NumberAsk {
        answer: 3.69,
        tolerance: Tolerance::Absolute(0.02),
        unit: "nats".into(),
        explain: "right".into(),
        otherwise: "other".into(),
        slips: vec![Slip { answer: 40.0, explain: "perplexity".into() }],
    }))
}

fn typed(answer: &str) -> Question {
    let ask = TextAsk {
        answer: answer.into(),
        explain: "right".into(),
        otherwise: "other".into(),
        slips: vec![Slip { answer: "2 1".into(), explain: "turned".into() }],
    };
    question(Ask::Output { language: "Python".into(), program: String::new(), expected: Expected::Typed(ask) })
}

fn says(question: &Question, text: &str) -> (Verdict, String) {
    let judged = question.judge(&Given::Typed(text.into()));
    (judged.verdict, judged.notes.first().map(|note| note.explain.clone()).unwrap_or_default())
}

#[test]
fn all_right_answers_and_no_wrong_one_must_be_chosen() {
    let multiple = question(Ask::Multiple { options: options(&[true, false, true]) });
    let verdict = |chosen: &[usize]| multiple.judge(&Given::Chosen(chosen.to_vec())).verdict;
    assert_eq!(verdict(&[2, 0]), Verdict::Right);
    assert_eq!(verdict(&[0]), Verdict::Wrong);
    assert_eq!(verdict(&[0, 1, 2]), Verdict::Wrong);
    assert_eq!(verdict(&[]), Verdict::Empty);
}

#[test]
fn a_number_gets_the_explanation_of_its_own_slip() {
    assert_eq!(says(&number(), "3,7"), (Verdict::Right, "right".into()));
    assert_eq!(says(&number(), "40 nats"), (Verdict::Wrong, "perplexity".into()));
    assert_eq!(says(&number(), "1"), (Verdict::Wrong, "other".into()));
    assert_eq!(says(&number(), "much"), (Verdict::Unreadable, String::new()));
    assert_eq!(says(&number(), " "), (Verdict::Empty, String::new()));
}

#[test]
fn an_output_is_compared_without_the_space_around_it() {
    let two_lines = typed("a b\nc");
    assert_eq!(says(&two_lines, "\n a b  \r\nc\n").0, Verdict::Right);
    assert_eq!(says(&two_lines, "a  b\nc").0, Verdict::Wrong, "space inside counts");
    assert_eq!(says(&typed("1 2"), "2 1"), (Verdict::Wrong, "turned".into()));
    assert_eq!(says(&typed("1 2"), " \n "), (Verdict::Empty, String::new()));
}

#[test]
fn equal_right_sides_may_change_places() {
    let mut question = pairs(3);
    let Ask::Match { pairs } = &mut question.ask else { unreachable!("made two lines above") };
    pairs[1].right = pairs[0].right.clone();
    assert_eq!(question.judge(&Given::Matched(vec![Some(1), Some(0), Some(2)])).verdict, Verdict::Right);
    assert_eq!(question.judge(&Given::Matched(vec![Some(2), Some(0), Some(1)])).verdict, Verdict::Wrong);
    assert_eq!(question.judge(&Given::Matched(vec![Some(0), None, Some(2)])).verdict, Verdict::Empty);
}

#[test]
fn an_answer_of_another_kind_is_none() {
    assert_eq!(order(3).judge(&Given::Typed("1".into())).verdict, Verdict::Empty);
    assert_eq!(order(3).judge(&Given::Ordered(vec![0, 0, 1])).verdict, Verdict::Empty);
}

fn any_question() -> impl Strategy<Value = Question> {
    prop_oneof![
        prop::collection::vec(any::<bool>(), 2..6).prop_map(|c| question(Ask::Multiple { options: options(&c) })),
        (2usize..6, any::<usize>()).prop_map(|(count, right)| {
            let correct: Vec<bool> = (0..count).map(|at| at == right % count).collect();
            question(Ask::Single { options: options(&correct) })
        }),
        Just(number()),
        (2usize..7).prop_map(order),
        (2usize..7).prop_map(pairs),
        "[a-z]{1,3}( [a-z]{1,3}){0,2}".prop_map(|answer| typed(&answer)),
    ]
}

/// The answer that the file says is right.
fn right_answer(question: &Question) -> Given {
    match &question.ask {
        Ask::Number(ask) => Given::Typed(ask.answer.to_string()),
        Ask::Order { items } => Given::Ordered((0..items.len()).collect()),
        Ask::Match { pairs } => Given::Matched((0..pairs.len()).map(Some).collect()),
        Ask::Output { expected: Expected::Typed(ask), .. } => Given::Typed(format!(" {}\n", ask.answer)),
        _ => {
            let right = |(at, option): (usize, &Choice)| option.correct.then_some(at);
            Given::Chosen(question.options().into_iter().flatten().enumerate().filter_map(right).collect())
        }
    }
}

fn any_given() -> impl Strategy<Value = Given> {
    prop_oneof![
        prop::collection::vec(0usize..8, 0..8).prop_map(Given::Chosen),
        ".{0,12}".prop_map(Given::Typed),
        prop::collection::vec(0usize..8, 0..8).prop_map(Given::Ordered),
        prop::collection::vec(prop::option::of(0usize..8), 0..8).prop_map(Given::Matched),
    ]
}

proptest! {
    #[test]
    fn the_right_answer_is_right(question in any_question()) {
        let judged = question.judge(&right_answer(&question));
        let none_right = question.options().is_some_and(|options| options.iter().all(|option| !option.correct));
        prop_assert_eq!(judged.verdict, if none_right { Verdict::Empty } else { Verdict::Right });
    }

    #[test]
    fn every_verdict_has_a_reason_for_every_part(question in any_question(), given in any_given()) {
        let judged = question.judge(&given);
        let parts = match &question.ask {
            Ask::Order { items } => items.len(),
            Ask::Match { pairs } => pairs.len(),
            _ => question.options().map_or(1, <[Choice]>::len),
        };
        prop_assert_eq!(judged.notes.len(), if judged.verdict.is_final() { parts } else { 0 });
        prop_assert!(judged.notes.iter().enumerate().all(|(at, note)| note.part == at && !note.explain.is_empty()));
    }

    #[test]
    fn only_the_right_order_is_right(order_of in Just((0usize..6).collect::<Vec<_>>()).prop_shuffle()) {
        let judged = order(6).judge(&Given::Ordered(order_of.clone()));
        prop_assert_eq!(judged.verdict == Verdict::Right, order_of.is_sorted());
        prop_assert!(judged.notes.iter().all(|note| note.right == (order_of[note.part] == note.part)));
    }

    #[test]
    fn a_question_survives_the_page(question in any_question()) {
        let json = serde_json::to_string(&question).expect("a question is plain data");
        prop_assert_eq!(serde_json::from_str::<Question>(&json).expect("as written"), question);
    }
}
