//! Interventions as short texts, for links and exercises: `head-1-3*0`, `mlp-2@5*0.5`, `head-2-1<another text`,
//! `position-2~position-5`, `tok_emb[3,7]=0.25`. All numbers count from one.

use super::{change::Change, pass::Part};
use std::{fmt, str::FromStr};

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head { layer, head } => write!(f, "head-{}-{}", layer + 1, head + 1),
            Self::Mlp { layer } => write!(f, "mlp-{}", layer + 1),
            Self::Layer { layer } => write!(f, "block-{}", layer + 1),
            Self::Position { position } => write!(f, "position-{}", position + 1),
        }
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut pieces = text.split('-');
        let kind = pieces.next().unwrap_or_default();
        let mut number = || from_one(pieces.next()?);
        let part = match kind {
            "head" => number().zip(number()).map(|(layer, head)| Self::Head { layer, head }),
            "mlp" => number().map(|layer| Self::Mlp { layer }),
            "block" => number().map(|layer| Self::Layer { layer }),
            "position" => number().map(|position| Self::Position { position }),
            _ => None,
        };
        part.filter(|_| pieces.next().is_none())
            .ok_or_else(|| format!("“{text}” is no part of a model; write head-1-2, mlp-1, block-1 or position-1."))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |at: &Option<usize>| at.map_or(String::new(), |at| format!("@{}", at + 1));
        match self {
            Self::Scale { part, at, factor } => write!(f, "{part}{}*{factor}", place(at)),
            // A line break ends a change, so the other text has none.
            Self::Patch { part, at, from } => write!(f, "{part}{}<{}", place(at), from.replace('\n', " ")),
            Self::Swap { a, b } => write!(f, "{a}~{b}"),
            Self::Weight { tensor, row, column, value } => write!(f, "{tensor}[{},{}]={value}", row + 1, column + 1),
        }
    }
}

impl FromStr for Change {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault =
            || format!("“{text}” is no intervention; write one such as head-1-2*0, mlp-1*0.5 or head-1-2~head-2-1.");
        let sign = text.find(['*', '<', '~', '=']).ok_or_else(fault)?;
        let (left, right) = (text.get(..sign).ok_or_else(fault)?, text.get(sign + 1..).ok_or_else(fault)?);
        let place = || -> Result<(Part, Option<usize>), String> {
            match left.split_once('@') {
                None => Ok((left.parse()?, None)),
                Some((part, at)) => Ok((part.parse()?, Some(from_one(at).ok_or_else(fault)?))),
            }
        };
        match text.as_bytes().get(sign) {
            Some(b'*') => {
                let (part, at) = place()?;
                Ok(Self::Scale { part, at, factor: right.parse().map_err(|_| fault())? })
            }
            Some(b'<') => {
                let (part, at) = place()?;
                Ok(Self::Patch { part, at, from: right.into() })
            }
            Some(b'~') => Ok(Self::Swap { a: left.parse()?, b: right.parse()? }),
            _ => {
                let (tensor, place) = left.strip_suffix(']').and_then(|it| it.split_once('[')).ok_or_else(fault)?;
                let (row, column) = place.split_once(',').ok_or_else(fault)?;
                let (row, column) = from_one(row).zip(from_one(column)).ok_or_else(fault)?;
                Ok(Self::Weight { tensor: tensor.into(), row, column, value: right.parse().map_err(|_| fault())? })
            }
        }
    }
}

/// A number that learners count from one.
fn from_one(text: &str) -> Option<usize> {
    text.parse::<usize>().ok()?.checked_sub(1)
}

/// Reads one intervention per line; empty lines are left out.
///
/// # Errors
/// A sentence about the first line that is none.
pub fn read(lines: &str) -> Result<Vec<Change>, String> {
    lines.lines().filter(|line| !line.trim().is_empty()).map(str::parse).collect()
}

/// Writes one intervention per line.
pub fn write(changes: &[Change]) -> String {
    changes.iter().map(Change::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let lines = "head-1-3*0\nmlp-2@5*0.5\nhead-2-1@3<another text, with *~=\nblock-1*-1\nposition-2~position-5\n\
                     mlp-1~mlp-2\nblocks.0.mlp.up.weight[3,7]=-0.25";
        let changes = read(lines).unwrap();
        assert_eq!(changes.len(), 7);
        assert_eq!(changes[0], Change::Scale { part: Part::Head { layer: 0, head: 2 }, at: None, factor: 0.0 });
        assert_eq!(write(&changes), lines);
        assert_eq!(read("\n"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_none_is_named() {
        for text in [
            "head-1*0",
            "head-0-1*0",
            "head-1-2-3*0",
            "head-1-2*many",
            "nonsense",
            "mlp-1~",
            "tok_emb[3]=1",
            "mlp-1@x*0",
            "é*0",
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains('“') && why.ends_with('.'), "{why}");
        }
    }
}
