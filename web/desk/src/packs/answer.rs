//! What a server's answer to “the bytes from here on, please” means.

/// How the answer is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It goes on where the kept bytes end.
    GoesOn,
    /// The server cannot give parts of files, or gave another part: this is the file from its beginning.
    Whole,
    /// What is kept fits nothing the server has; it has to be fetched anew.
    StartOver,
    /// Something else than the file, such as the sign-in page of a network.
    NotTheFile,
    /// The server refused, with this status.
    Refused(u16),
}

/// Reads an answer's status and headers; `have` bytes are kept already.
pub fn read(status: u16, content_range: Option<&str>, content_type: &str, path: &str, have: u64) -> Answer {
    let page = content_type.starts_with("text/html") && !path.ends_with(".html");
    match status {
        200 | 206 if page => Answer::NotTheFile,
        200 => Answer::Whole,
        206 => {
            let start = content_range.and_then(|range| range.trim().strip_prefix("bytes "));
            let start = start.and_then(|range| range.split('-').next()?.parse::<u64>().ok());
            if start == Some(have) { Answer::GoesOn } else { Answer::StartOver }
        }
        416 => Answer::StartOver,
        status => Answer::Refused(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_answer_is_told_apart() {
        let wasm = "application/wasm";
        let of = |status, range: Option<&str>, have| read(status, range, wasm, "a.wasm", have);
        assert_eq!(of(206, Some("bytes 500-999/1000"), 500), Answer::GoesOn);
        assert_eq!(of(206, Some("bytes 0-999/1000"), 500), Answer::StartOver);
        assert_eq!(of(206, None, 500), Answer::StartOver);
        assert_eq!(of(206, Some("lines 5-9"), 5), Answer::StartOver);
        assert_eq!(of(200, None, 500), Answer::Whole);
        assert_eq!(of(416, None, 500), Answer::StartOver);
        assert_eq!(of(404, None, 0), Answer::Refused(404));
        assert_eq!(read(200, None, "text/html; charset=utf-8", "a.wasm", 0), Answer::NotTheFile);
        assert_eq!(read(200, None, "text/html", "a/index.html", 0), Answer::Whole);
    }
}
