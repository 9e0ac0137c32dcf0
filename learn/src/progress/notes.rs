//! All notes of a learner as one Markdown text.

use super::Standing;

/// The notes as Markdown: a heading for each lesson of `titles` (slug and title) that has notes, in that order,
/// then those of lessons that the course no longer lists.
pub fn markdown(standing: &Standing, heading: &str, titles: &[(String, String)]) -> String {
    let mut text = format!("# {heading}\n");
    let mut add = |title: &str, note: &str| {
        if !note.trim().is_empty() {
            text.push_str(&format!("\n## {}\n\n{}\n", one_line(title), note.trim_end()));
        }
    };
    for (slug, title) in titles {
        add(title, standing.note(slug));
    }
    for (slug, note) in &standing.notes {
        if !titles.iter().any(|(listed, _)| listed == slug) {
            add(slug, note);
        }
    }
    text
}

/// Whether there are any.
pub fn any(standing: &Standing) -> bool {
    standing.notes.values().any(|note| !note.trim().is_empty())
}

fn one_line(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Kind, Log, Now};

    #[test]
    fn notes_are_one_text_in_the_order_of_the_course() {
        let mut log = Log::default();
        for (lesson, note) in [("b", "Second.\n\n- a list\n"), ("a", "First"), ("gone", "Old"), ("c", "  \n")] {
            log.record(1, Now { ms: 1, offset_min: 0 }, Kind::Noted { lesson: lesson.into(), text: note.into() });
        }
        let titles =
            [("a", "Attention"), ("b", "Batches"), ("c", "Caches")].map(|(slug, title)| (slug.into(), title.into()));
        let expected = "# Notes\n\n## Attention\n\nFirst\n\n## Batches\n\nSecond.\n\n- a list\n\n## gone\n\nOld\n";
        assert_eq!(markdown(&Standing::of(&log), "Notes", &titles), expected);
    }
}
