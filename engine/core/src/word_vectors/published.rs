//! Word vectors that others have learned and published, from the small file that `xtask/data/make_glove.py` makes of
//! them: the most frequent words, each number rounded to one byte.
//!
//! The file: `WV01`; the number of words, of numbers per word and of bytes of all words together, as 32-bit numbers;
//! the words, one a line, the most frequent first; for each word the 32-bit float that one step stands for; for each
//! word its numbers in steps, one signed byte each. All numbers begin with their smallest byte.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

/// Published word vectors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Published {
    /// The most frequent first.
    pub words: Vec<String>,
    /// Numbers per word.
    pub dim: usize,
    /// `[words, dim]`.
    pub vectors: Vec<f32>,
}

/// More words are not published here: the file has 20 000.
const MOST_WORDS: usize = 1 << 17;
/// Nor more numbers per word.
const MOST_NUMBERS: usize = 1 << 12;
const MARK: &[u8] = b"WV01";
/// Steps are far shorter; cosines of numbers of such steps are still finite.
const LONGEST_STEP: f32 = 1e3;

/// Reads a file of published vectors.
///
/// # Errors
/// What is wrong with the file, as the end of a sentence.
pub fn read(file: &[u8]) -> Result<Published, String> {
    let mut rest = file;
    if take(&mut rest, MARK.len())? != MARK {
        return Err("it does not begin as such a file does".into());
    }
    let [count, dim, letters] = [number(&mut rest)?, number(&mut rest)?, number(&mut rest)?];
    let text = std::str::from_utf8(take(&mut rest, letters)?).map_err(|_| "its words are no text")?;
    // Counted before anything is allocated.
    let lines = text.split('\n').count();
    if lines != count || text.split('\n').any(str::is_empty) {
        return Err(format!("it has {lines} words and promises {count}, or one of them is empty"));
    }
    if count > MOST_WORDS || !(1..=MOST_NUMBERS).contains(&dim) {
        return Err(format!(
            "it has {count} words of {dim} numbers, and at most {MOST_WORDS} words of 1 to {MOST_NUMBERS} are read here"
        ));
    }
    let too_long = || "it promises more than it can hold".to_owned();
    let scales = take(&mut rest, count.checked_mul(4).ok_or_else(too_long)?)?.as_chunks::<4>().0;
    let steps = take(&mut rest, count.checked_mul(dim).ok_or_else(too_long)?)?;
    let mut words = Vec::with_capacity(count);
    words.extend(text.split('\n').map(String::from));
    if !rest.is_empty() {
        return Err(format!("it is {} bytes too long", rest.len()));
    }
    let mut vectors = Vec::with_capacity(steps.len());
    for (scale, row) in scales.iter().zip(steps.chunks_exact(dim)) {
        let scale = f32::from_le_bytes(*scale);
        if !(0.0..=LONGEST_STEP).contains(&scale) {
            return Err(format!("one of its steps is {scale} long"));
        }
        vectors.extend(row.iter().map(|step| f32::from(step.cast_signed()) * scale));
    }
    Ok(Published { words, dim, vectors })
}

/// The next bytes.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], String> {
    let (taken, left) = rest.split_at_checked(count).ok_or("it ends too early")?;
    *rest = left;
    Ok(taken)
}

fn number(rest: &mut &[u8]) -> Result<usize, String> {
    let bytes = take(rest, 4)?.first_chunk::<4>().ok_or("it ends too early")?;
    Ok(u32::from_le_bytes(*bytes) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let mut file = MARK.to_vec();
        [3u32, 2, 13].iter().for_each(|number| file.extend(number.to_le_bytes()));
        file.extend("the\nkönig\ncat".bytes());
        file[12] = 14; // `ö` is two bytes
        [0.5f32, 0.25, 2.0].iter().for_each(|scale| file.extend(scale.to_le_bytes()));
        file.extend([1i8, -127, 4, 0, -3, 100].iter().map(|step| step.cast_unsigned()));
        file
    }

    #[test]
    fn a_small_file_is_read() {
        let read = read(&file()).unwrap();
        assert_eq!((read.words.join(" ").as_str(), read.dim), ("the könig cat", 2));
        assert_eq!(read.vectors, [0.5, -63.5, 1.0, 0.0, -6.0, 200.0]);
    }

    #[test]
    fn no_part_of_a_file_is_taken_for_a_whole_one() {
        let whole = file();
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "the first {length} bytes");
        }
        assert!(read(&[whole, vec![0]].concat()).unwrap_err().contains("too long"));
    }

    #[test]
    fn spoilt_bytes_are_refused_or_give_finite_numbers() {
        let whole = file();
        for at in 0..whole.len() {
            for spoilt in 0..=255 {
                let mut file = whole.clone();
                file[at] = spoilt;
                if let Ok(read) = read(&file) {
                    assert_eq!(read.vectors.len(), read.words.len() * read.dim);
                    assert!(read.vectors.iter().all(|x| x.is_finite()));
                }
            }
        }
        let mut huge = whole;
        huge[4..16].fill(255);
        assert!(read(&huge).is_err());
        assert!(read(b"<!doctype html><p>Please sign in").unwrap_err().contains("begin"));
    }
}
