//! Several attention heads side by side, each on its share of the width (Vaswani et al. 2017, section 3.2.2).

use crate::reference::attention::attention;

// ANCHOR: multi_head
/// Cuts the width into `heads` shares, lets each attend by itself, and mixes what they found.
///
/// `queries`, `keys`, `values` and the result are `[tokens, d_model]`, `mix` is `[d_model, d_model]`.
///
/// ```
/// use engine_core::reference::lessons::heads::multi_head;
/// let rows = [vec![1.0, 2.0]];
/// let swap = [vec![0.0, 1.0], vec![1.0, 0.0]];
/// assert_eq!(multi_head(&rows, &rows, &rows, 2, &swap), [[2.0, 1.0]]);
/// ```
pub fn multi_head(
    queries: &[Vec<f64>],
    keys: &[Vec<f64>],
    values: &[Vec<f64>],
    heads: usize,
    mix: &[Vec<f64>],
) -> Vec<Vec<f64>> {
    let d_model = mix.len();
    let d_head = d_model / heads;
    let mut joined = vec![Vec::new(); queries.len()];
    for head in 0..heads {
        let share = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
            rows.iter().map(|row| row[head * d_head..][..d_head].to_vec()).collect()
        };
        let seen = attention(&share(queries), &share(keys), &share(values));
        for (all, one) in joined.iter_mut().zip(seen.mixed) {
            all.extend(one);
        }
    }
    let column = |row: &[f64], c: usize| row.iter().zip(mix).map(|(x, weights)| x * weights[c]).sum();
    joined.iter().map(|row| (0..d_model).map(|c| column(row, c)).collect()).collect()
}
// ANCHOR_END: multi_head

#[cfg(test)]
mod tests {
    use super::multi_head;
    use crate::reference::{attention::attention, layers::linear};

    fn rows(seed: usize) -> Vec<Vec<f64>> {
        (0..5).map(|t| (0..6).map(|c| ((t * 7 + c * 3 + seed) % 11) as f64 / 4.0 - 1.0).collect()).collect()
    }

    #[test]
    fn one_head_is_plain_attention_and_a_linear_layer() {
        let mix: Vec<Vec<f64>> = rows(5).into_iter().chain(rows(2)).take(6).collect();
        let flat: Vec<f32> = mix.iter().flatten().map(|x| *x as f32).collect();
        let expected = attention(&rows(0), &rows(1), &rows(2)).mixed;
        let expected: Vec<Vec<f64>> = expected.iter().map(|row| linear(row, &flat, &[0.0; 6])).collect();
        for (found, expected) in multi_head(&rows(0), &rows(1), &rows(2), 1, &mix).iter().zip(&expected) {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }

    #[test]
    fn a_head_does_not_see_the_share_of_another() {
        let identity: Vec<Vec<f64>> = (0..6).map(|r| (0..6).map(|c| f64::from(r == c)).collect()).collect();
        let mut other = rows(1);
        other.iter_mut().for_each(|row| row[5] += 3.0);
        let (one, two) = (
            multi_head(&rows(0), &rows(1), &rows(2), 3, &identity),
            multi_head(&rows(0), &other, &rows(2), 3, &identity),
        );
        assert!(one.iter().zip(&two).all(|(a, b)| a[..4] == b[..4]), "heads one and two are as before");
        assert!(one[4][4..] != two[4][4..], "the third is not");
    }
}
