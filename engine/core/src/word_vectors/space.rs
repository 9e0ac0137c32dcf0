//! Asking word vectors: how alike are two words, who is nearest, and which word completes an analogy.

/// The cosine of the angle between two vectors; 0 where one of them has no length.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}

/// A word and how near it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The word's number.
    pub word: usize,
    /// Between -1 and 1.
    pub cosine: f32,
}

/// The `many` words nearest to `target`, best first, without those in `except`.
///
/// `vectors` is `[words, dim]`, where `dim` is the length of `target`.
pub fn nearest(vectors: &[f32], target: &[f32], except: &[usize], many: usize) -> Vec<Near> {
    let rows = vectors.chunks_exact(target.len().max(1)).enumerate();
    let mut all: Vec<Near> = rows
        .filter(|(word, _)| !except.contains(word))
        .map(|(word, row)| Near { word, cosine: cosine(row, target) })
        .collect();
    all.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then(a.word.cmp(&b.word)));
    all.truncate(many);
    all
}

/// `a` is to `b` as `c` is to …: the words nearest to `b - a + c`, each of the three made one long first.
///
/// The three words themselves are left out, as Mikolov et al. (2013) do: without that, the answer is nearly always
/// `b` or `c`.
pub fn analogy(vectors: &[f32], dim: usize, [a, b, c]: [usize; 3], many: usize) -> Vec<Near> {
    if dim == 0 || [a, b, c].iter().any(|word| (word + 1) * dim > vectors.len()) {
        return Vec::new();
    }
    let unit = |word: usize| {
        let row = &vectors[word * dim..(word + 1) * dim];
        let length = row.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        row.iter().map(|x| x / length).collect::<Vec<f32>>()
    };
    let parts = unit(a).into_iter().zip(unit(b)).zip(unit(c));
    let target: Vec<f32> = parts.map(|((a, b), c)| b - a + c).collect();
    nearest(vectors, &target, &[a, b, c], many)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_of_known_angles() {
        assert_eq!(cosine(&[1.0, 0.0], &[0.0, 3.0]), 0.0);
        assert!((cosine(&[1.0, 0.0], &[2.0, 2.0]) - 0.5f32.sqrt()).abs() < 1e-6);
        assert_eq!(cosine(&[3.0, 4.0], &[-3.0, -4.0]), -1.0);
        assert_eq!(cosine(&[0.0, 0.0], &[1.0, 1.0]), 0.0);
    }

    #[test]
    fn a_parallelogram_is_an_analogy() {
        // man, woman, king, queen, and a word of no kin.
        let vectors = [1.0, 0.0, 0.0, 1.0, 1.0, 0.2, 0.15, 1.0, -1.0, -1.0];
        let found = analogy(&vectors, 2, [0, 1, 2], 2);
        assert_eq!(found.iter().map(|near| near.word).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(nearest(&vectors, &vectors[..2], &[0], 1)[0].word, 2);
        assert!(analogy(&vectors, 2, [0, 1, 9], 1).is_empty(), "a word that is not there has no vector");
    }
}
