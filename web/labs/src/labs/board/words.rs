//! The names of tasks and texts, and what each tests, in the language of the page.

use super::corpus;
use engine_core::tasks;
use kit::t;

/// What a source is called.
pub fn title(source: &str) -> &'static str {
    let listed = corpus::SHIPPED.iter().find(|(id, _)| *id == source).map(|(_, title)| *title);
    match source {
        corpus::OWN => t!("board.own"),
        _ => listed.or(of_task(source).map(|words| words[0])).unwrap_or_default(),
    }
}

/// What it tests, in one sentence.
pub fn tests(source: &str) -> &'static str {
    of_task(source).map_or(t!("board.tests_text"), |words| words[1])
}

/// Name and sentence; those of the task itself where nobody has translated them.
fn of_task(key: &str) -> Option<[&'static str; 2]> {
    Some(match key {
        "reverse" => [t!("board.task_reverse"), t!("board.tests_reverse")],
        "copy" => [t!("board.task_copy"), t!("board.tests_copy")],
        "sort" => [t!("board.task_sort"), t!("board.tests_sort")],
        "addition" => [t!("board.task_addition"), t!("board.tests_addition")],
        "induction" => [t!("board.task_induction"), t!("board.tests_induction")],
        "modular" => [t!("board.task_modular"), t!("board.tests_modular")],
        "parity" => [t!("board.task_parity"), t!("board.tests_parity")],
        "dyck" => [t!("board.task_dyck"), t!("board.tests_dyck")],
        "two-sum" => [t!("board.task_two_sum"), t!("board.tests_two_sum")],
        "max" => [t!("board.task_max"), t!("board.tests_max")],
        "count" => [t!("board.task_count"), t!("board.tests_count")],
        "dedupe" => [t!("board.task_dedupe"), t!("board.tests_dedupe")],
        "palindrome" => [t!("board.task_palindrome"), t!("board.tests_palindrome")],
        "lookup" => [t!("board.task_lookup"), t!("board.tests_lookup")],
        "majority" => [t!("board.task_majority"), t!("board.tests_majority")],
        "interleave" => [t!("board.task_interleave"), t!("board.tests_interleave")],
        other => tasks::by_key(other).map(|task| [task.title, task.tests])?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_words_are_those_of_the_tasks() {
        for task in tasks::TASKS {
            assert_eq!((super::title(task.key), super::tests(task.key)), (task.title, task.tests));
        }
        assert_eq!(super::title("emma"), "Emma");
        assert!(!super::tests("emma").is_empty());
    }
}
