//! Which single weights stay: the large ones, of all layers together, of each layer, or of every four.

/// How the weights that are cut are chosen. All of them cut the smallest: Han and others 2015.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// The smallest of all layers: a layer of small weights loses more of them.
    #[default]
    Global,
    /// The smallest of each layer: every layer loses the same share.
    Layer,
}

impl Choice {
    /// Which weights stay, for each layer.
    pub fn kept(self, layers: &[&[f32]], share: f64) -> Vec<Vec<bool>> {
        match self {
            Self::Layer => layers.iter().map(|layer| largest(layer, share)).collect(),
            Self::Global => {
                let all = largest(&layers.concat(), share);
                let mut rest = all.as_slice();
                let take = |layer: &&[f32]| {
                    let (own, others) = rest.split_at(layer.len());
                    rest = others;
                    own.to_vec()
                };
                layers.iter().map(take).collect()
            }
        }
    }
}

// ANCHOR: largest
/// Which numbers stay if the `share` of them that is nearest to zero is cut. Of equals the first goes first.
///
/// ```
/// use engine_core::prune::mask::largest;
/// assert_eq!(largest(&[0.5, -0.1, 0.3, -2.0], 0.5), [true, false, false, true]);
/// ```
pub fn largest(numbers: &[f32], share: f64) -> Vec<bool> {
    let cut = (share * numbers.len() as f64).round() as usize;
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|a, b| numbers[*a].abs().total_cmp(&numbers[*b].abs()));
    let mut kept = vec![true; numbers.len()];
    for place in &order[..cut.min(numbers.len())] {
        kept[*place] = false;
    }
    kept
}
// ANCHOR_END: largest

/// Which weights stay if of every `of` inputs of an output only the `keep` largest do: 2 of 4 is what some GPUs multiply
/// at twice the speed (Mishra and others 2021). Of a last group that is shorter as many are cut, as far as there are.
///
/// # Shapes
/// - `weight` and result: `[inputs, outputs]`
pub fn n_of_m(weight: &[f32], outputs: usize, keep: usize, of: usize) -> Vec<bool> {
    let mut kept = vec![true; weight.len()];
    let inputs = weight.len() / outputs.max(1);
    for output in 0..outputs {
        for first in (0..inputs).step_by(of.max(1)) {
            let places: Vec<usize> = (first..inputs.min(first + of)).map(|input| input * outputs + output).collect();
            let group: Vec<f32> = places.iter().map(|place| weight[*place]).collect();
            let cut = of.saturating_sub(keep).min(group.len());
            let stays = largest(&group, cut as f64 / group.len() as f64);
            for (place, stays) in places.into_iter().zip(stays) {
                kept[place] = stays;
            }
        }
    }
    kept
}

/// Sets to zero what is not kept.
pub fn apply(numbers: &mut [f32], kept: &[bool]) {
    for (number, kept) in numbers.iter_mut().zip(kept) {
        if !kept {
            *number = 0.0;
        }
    }
}
