import math


def causal_mask(tokens):
    """Zero where a token may look, minus infinity where it may not."""
    return [[-math.inf if key > query else 0.0 for key in range(tokens)] for query in range(tokens)]


def masked_weights(scores):
    """Attention weights from scores, one row per query, without a look ahead."""
    weights = []
    for row, mask in zip(scores, causal_mask(len(scores))):
        open_scores = [score + hidden for score, hidden in zip(row, mask)]
        best = max(open_scores)
        exps = [math.exp(score - best) for score in open_scores]
        weights.append([exp / sum(exps) for exp in exps])
    return weights
