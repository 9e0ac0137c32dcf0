//! A state as the part of an address after `#`, and as a file where it is too long for one.

use super::state::State;
use data_encoding::BASE64URL_NOPAD;
use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};
use serde::{Deserialize, Serialize};

/// The most bytes of a link after `#`: mail programs and chats cut longer ones.
pub const MAX_LINK: usize = 8 * 1024;
/// The most bytes of a state once unpacked.
pub const MAX_STATE: usize = 64 * 1024;
/// How this version's links start.
const TAG: &str = "v1=";
/// The strongest that deflate has; states are short, so time does not matter.
const LEVEL: u8 = 10;

/// The state does not fit into a link: a file is the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// What the part after `#` would measure.
    pub bytes: usize,
}

/// Why a link is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// It does not start with the tag of a version that is known here.
    Version,
    /// It is longer than any link that this site makes.
    Long,
    /// Characters are missing or have changed on the way.
    Damaged,
    /// It can be unpacked, but says nothing that a lab could show.
    Meaningless,
}

/// What stands after `#` in a link to `state`.
///
/// # Errors
/// How long it would be, where that is over [`MAX_LINK`], or the state itself over [`MAX_STATE`].
pub fn encode(state: &State) -> Result<String, TooLong> {
    let text = state.write();
    let packed = BASE64URL_NOPAD.encode(&compress_to_vec(text.as_bytes(), LEVEL));
    let bytes = TAG.len() + packed.len();
    if bytes > MAX_LINK || text.len() > MAX_STATE { Err(TooLong { bytes }) } else { Ok(format!("{TAG}{packed}")) }
}

/// Reads what stands after `#` in a link, with or without the `#`.
///
/// # Errors
/// Why it cannot be understood. It never panics and never unpacks more than [`MAX_STATE`].
pub fn decode(hash: &str) -> Result<State, LinkFault> {
    let hash = hash.trim().trim_start_matches('#');
    let packed = hash.strip_prefix(TAG).ok_or(LinkFault::Version)?;
    if hash.len() > MAX_LINK {
        return Err(LinkFault::Long);
    }
    let packed = BASE64URL_NOPAD.decode(packed.as_bytes()).map_err(|_| LinkFault::Damaged)?;
    let text = decompress_to_vec_with_limit(&packed, MAX_STATE).map_err(|_| LinkFault::Damaged)?;
    let text = String::from_utf8(text).map_err(|_| LinkFault::Damaged)?;
    State::read(&text).ok_or(LinkFault::Meaningless)
}

#[derive(Serialize, Deserialize)]
struct StateFile {
    glassbox: String,
    version: u32,
    state: String,
}

/// The state as the text of a file.
pub fn to_file(state: &State) -> String {
    let file = StateFile { glassbox: "state".into(), version: 1, state: state.write() };
    serde_json::to_string_pretty(&file).expect("three plain fields become JSON") + "\n"
}

/// Reads a file of [`to_file`].
///
/// # Errors
/// Why it cannot be understood.
pub fn from_file(text: &str) -> Result<State, LinkFault> {
    if text.len() > super::MAX_FILE {
        return Err(LinkFault::Long);
    }
    let file: StateFile = serde_json::from_str(text).map_err(|_| LinkFault::Damaged)?;
    if file.glassbox != "state" {
        return Err(LinkFault::Meaningless);
    }
    if file.version != 1 {
        return Err(LinkFault::Version);
    }
    State::read(&file.state).ok_or(LinkFault::Meaningless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_says_how_long_it_is() {
        let noise = |n: u32| {
            (0..n)
                .map(|i| char::from(b'!' + (i.wrapping_mul(i).wrapping_mul(2_654_435_761) >> 16) as u8 % 90))
                .collect::<String>()
        };
        let mut state = State::of("train", "");
        state.knobs.push(("text".into(), noise(40_000)));
        let error = encode(&state).expect_err("too long");
        assert!(error.bytes > MAX_LINK, "{error:?}");
        assert_eq!(from_file(&to_file(&state)), Ok(state.clone()), "the file holds it");

        // Well compressed, but more than a page unpacks.
        state.knobs[0].1 = "a".repeat(MAX_STATE);
        assert!(encode(&state).is_err());
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = compress_to_vec(&vec![b'a'; 4_000_000], 10);
        let link = format!("v1={}", BASE64URL_NOPAD.encode(&bomb));
        assert!(link.len() < MAX_LINK);
        assert_eq!(decode(&link), Err(LinkFault::Damaged));
        assert_eq!(decode(&format!("v1={}", "A".repeat(MAX_LINK))), Err(LinkFault::Long));
    }

    #[test]
    fn other_links_and_files_are_told_apart() {
        for hash in ["", "#", "#main", "v2=abc", "#V1=abc", "x=v1="] {
            assert_eq!(decode(hash), Err(LinkFault::Version), "{hash}");
        }
        assert_eq!(decode("#v1="), Err(LinkFault::Damaged));
        assert_eq!(decode("#v1=!!!"), Err(LinkFault::Damaged));
        assert_eq!(from_file("{}"), Err(LinkFault::Damaged));
        let later = to_file(&State::of("train", "")).replace("\"version\": 1", "\"version\": 9");
        assert_eq!(from_file(&later), Err(LinkFault::Version));
    }
}
