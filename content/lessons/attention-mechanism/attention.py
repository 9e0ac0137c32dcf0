import math


def attention(queries, keys, values):
    """Causal attention of one head; each argument is one row of numbers per token."""
    tokens = len(queries)
    d_head = len(queries[0])
    weights, mixed = [], []

    for position in range(tokens):
        query = queries[position]
        scores = [-math.inf] * tokens
        for earlier in range(position + 1):
            dot = sum(q * k for q, k in zip(query, keys[earlier]))
            scores[earlier] = dot / math.sqrt(d_head)

        row = softmax(scores)
        blend = [
            sum(weight * value[i] for weight, value in zip(row, values))
            for i in range(len(values[0]))
        ]
        weights.append(row)
        mixed.append(blend)
    return weights, mixed


def softmax(scores):
    """Turns scores into weights that are positive and sum to one."""
    largest = max(scores)
    exps = [math.exp(score - largest) for score in scores]
    total = sum(exps)
    return [exp / total for exp in exps]
