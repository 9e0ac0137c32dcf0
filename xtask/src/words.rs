//! The words of the interface in other languages: one file a program and language, and a pseudo-language made of
//! English, in which any text that does not come from here stands out.

use crate::files;
use anyhow::Result;
use std::{collections::BTreeMap, path::Path};

#[path = "../../web/text/table.rs"]
pub(crate) mod table;

/// The programs with words.
const PROGRAMS: [&str; 3] = ["page", "labs", "desk"];
/// The languages besides English, which is within the programs. The last is the pseudo-language.
const LANGUAGES: [&str; 2] = ["de", PSEUDO];
const PSEUDO: &str = "xx";

/// Writes `<program>.<language>.txt` below `out`: the version of the keys, then one line a key in the order of the
/// English ones; what has no translation stands there in English.
///
/// # Errors
/// If a file cannot be read or written.
pub fn write(folder: &Path, out: &Path) -> Result<()> {
    for program in PROGRAMS {
        let english = table::read(folder, program, "en")?;
        for language in LANGUAGES {
            let translated = table::read(folder, program, language)?;
            let known: BTreeMap<&str, &str> = table::pairs(&translated).collect();
            let line = |(key, words): (&str, &str)| match language {
                PSEUDO => pseudo(words),
                _ => known.get(key).copied().unwrap_or(words).to_owned(),
            };
            let lines: Vec<String> = table::pairs(&english).map(line).collect();
            let text = format!("{}\n{}\n", table::version(&english), lines.join("\n"));
            files::write(&out.join(format!("{program}.{language}.txt")), text)?;
        }
    }
    Ok(())
}

/// Words of the pseudo-language: the same letters with accents, 40 % longer, between marks; places for values stay.
fn pseudo(words: &str) -> String {
    let mut strange = String::from("⟦");
    let mut inside = false;
    for letter in words.chars() {
        inside = (inside || letter == '{') && letter != '}';
        let accented = "aáeéiíoóuúnñcçsšzžyýAÁEÉIÍOÓUÚ";
        let found = accented.char_indices().step_by(2).find(|(_, plain)| *plain == letter);
        let new = found.and_then(|(at, plain)| accented[at + plain.len_utf8()..].chars().next());
        strange.push(if inside { letter } else { new.unwrap_or(letter) });
    }
    let more = (words.chars().count() * 2).div_ceil(5);
    strange.extend(std::iter::repeat_n('·', more));
    strange.push('⟧');
    strange
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudo_words_are_longer_marked_and_keep_their_places() {
        assert_eq!(pseudo("Check {name}"), "⟦Chéçk {name}·····⟧");
    }

    #[test]
    fn lines_follow_the_english_keys_and_gaps_are_english() {
        let folder = files::test_folder("words");
        for (path, text) in [
            ("text/kit.en.txt", "k = Full"),
            ("text/page.en.txt", "x.y = Hello"),
            ("text/desk/quiz.en.txt", "# remark\n\nq = Check\nr = Right"),
            ("text/desk/quiz.de.txt", "r = Richtig\nq = Prüfen"),
            ("text/desk/a.en.txt", "a = One"),
            ("text/desk/a.de.txt", "a = Eins"),
        ] {
            files::write(&folder.join(path), text).expect("writable");
        }
        write(&folder.join("text"), &folder.join("out")).expect("written");
        let text = |name: &str| files::read_text(&folder.join("out").join(name)).expect("written");
        let desk = text("desk.de.txt");
        let (version, lines) = desk.split_once('\n').expect("a version");
        assert_eq!((version.len(), lines), (16, "Full\nEins\nPrüfen\nRichtig\n"));
        assert!(text("page.xx.txt").contains("⟦Hélló··⟧") && text("desk.xx.txt").starts_with(version));
        std::fs::remove_dir_all(folder).expect("removable");
    }
}
