//! Results as a file: one learner's, or a whole class's.

use super::result::Achieved;
use serde::{Deserialize, Serialize};

/// The most bytes of a file that is read.
pub const MAX_FILE: usize = 4 * 1024 * 1024;
/// The most results of one file.
pub const MAX_RESULTS: usize = 5000;

/// Why a file holds no results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFault {
    /// It is over [`MAX_FILE`], or holds more than [`MAX_RESULTS`].
    Long,
    /// It is no JSON, or JSON of something else.
    Unknown,
    /// It was made by a later version of this site.
    Later,
}

#[derive(Serialize, Deserialize)]
struct ResultsFile<R> {
    glassbox: String,
    version: u32,
    results: R,
}

/// The text of a file with these results.
pub fn to_results_file(results: &[Achieved]) -> String {
    let results: Vec<_> = results.iter().map(|result| result.clone().tidied()).collect();
    let file = ResultsFile { glassbox: "results".into(), version: 1, results };
    serde_json::to_string_pretty(&file).expect("finite numbers and plain texts become JSON") + "\n"
}

/// Reads a file of [`to_results_file`].
///
/// # Errors
/// Why it cannot be read.
pub fn from_results_file(text: &str) -> Result<Vec<Achieved>, FileFault> {
    if text.len() > MAX_FILE {
        return Err(FileFault::Long);
    }
    // The version first: a later one may write its results in another way.
    let file: ResultsFile<serde::de::IgnoredAny> = serde_json::from_str(text).map_err(|_| FileFault::Unknown)?;
    match (file.glassbox.as_str(), file.version) {
        ("results", 1) => {}
        ("results", _) => return Err(FileFault::Later),
        _ => return Err(FileFault::Unknown),
    }
    let file: ResultsFile<Vec<Achieved>> = serde_json::from_str(text).map_err(|_| FileFault::Unknown)?;
    if file.results.len() > MAX_RESULTS {
        return Err(FileFault::Long);
    }
    Ok(file.results.into_iter().map(Achieved::tidied).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_apart() {
        let one = to_results_file(&[Achieved::default()]);
        assert_eq!(from_results_file(&one), Ok(vec![Achieved::default()]));
        assert_eq!(from_results_file(&one.replace("\"version\": 1", "\"version\": 2")), Err(FileFault::Later));
        for text in
            ["", "{", "[]", "null", "{\"glassbox\":\"state\",\"version\":1,\"results\":[]}", &one[..one.len() / 2]]
        {
            assert_eq!(from_results_file(text), Err(FileFault::Unknown), "{text}");
        }
        assert_eq!(from_results_file(&" ".repeat(MAX_FILE + 1)), Err(FileFault::Long));
        let many = vec![Achieved::default(); MAX_RESULTS + 1];
        assert_eq!(
            from_results_file(&serde_json::json!({"glassbox": "results", "version": 1, "results": many}).to_string()),
            Err(FileFault::Long)
        );
    }
}
