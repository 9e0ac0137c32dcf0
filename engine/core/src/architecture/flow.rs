//! What passes through each part for one text of a full context, as shapes.

use super::{Architecture, Part};

/// Something that a part takes, makes on the way, or hands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The numbers of the tokens.
    Ids,
    /// What comes in.
    Input,
    /// Queries, keys and values: three of this shape.
    QueriesKeysValues,
    /// One score for each pair of tokens in each head.
    Scores,
    /// The heads' results side by side.
    Mixed,
    /// Inside the MLP, before and after the GELU.
    Hidden,
    /// What is handed on.
    Output,
    /// One score per token of the vocabulary, at every position.
    Logits,
}

impl Architecture {
    /// What flows through `part`, in order.
    pub fn flows(&self, part: Part) -> Vec<(Flow, Vec<usize>)> {
        let Self { vocab, context, d_model, n_heads, d_ff, .. } = *self;
        let stream = vec![context, d_model];
        match part {
            Part::TokenEmbedding => vec![(Flow::Ids, vec![context]), (Flow::Output, stream)],
            Part::PositionEmbedding | Part::FirstNorm | Part::SecondNorm | Part::FinalNorm => {
                vec![(Flow::Input, stream.clone()), (Flow::Output, stream)]
            }
            Part::Attention => vec![
                (Flow::Input, stream.clone()),
                (Flow::QueriesKeysValues, vec![n_heads, context, self.d_head()]),
                (Flow::Scores, vec![n_heads, context, context]),
                (Flow::Mixed, stream.clone()),
                (Flow::Output, stream),
            ],
            Part::Mlp => {
                vec![(Flow::Input, stream.clone()), (Flow::Hidden, vec![context, d_ff]), (Flow::Output, stream)]
            }
            Part::Head => vec![(Flow::Input, stream), (Flow::Logits, vec![context, vocab])],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_hands_on_what_the_next_takes() {
        let model = Architecture::GPT2_SMALL;
        for pair in Part::ALL.windows(2) {
            let (handed, taken) = (model.flows(pair[0]), model.flows(pair[1]));
            assert_eq!(handed.last().map(|flow| &flow.1), taken.first().map(|flow| &flow.1), "{pair:?}");
        }
        assert_eq!(model.flows(Part::Attention)[2], (Flow::Scores, vec![12, 1024, 1024]));
        assert_eq!(model.flows(Part::Head)[1], (Flow::Logits, vec![1024, 50_257]));
    }
}
