import math


def attention_backward(queries, keys, values, d_mixed):
    """Takes the gradient of one causal head's result back to its queries, keys and values."""
    tokens = len(queries)
    width = len(queries[0])
    scale = math.sqrt(width)
    d_queries = [[0.0] * width for _ in range(tokens)]
    d_keys = [[0.0] * width for _ in range(tokens)]
    d_values = [[0.0] * width for _ in range(tokens)]

    for i in range(tokens):
        scores = [dot(queries[i], keys[j]) / scale for j in range(i + 1)]
        weights = softmax(scores)
        d_weights = [dot(d_mixed[i], values[j]) for j in range(i + 1)]
        mean = dot(d_weights, weights)
        for j in range(i + 1):
            d_score = weights[j] * (d_weights[j] - mean) / scale
            for c in range(width):
                d_values[j][c] += weights[j] * d_mixed[i][c]
                d_queries[i][c] += d_score * keys[j][c]
                d_keys[j][c] += d_score * queries[i][c]
    return d_queries, d_keys, d_values


def softmax(scores):
    largest = max(scores)
    exps = [math.exp(score - largest) for score in scores]
    total = sum(exps)
    return [exp / total for exp in exps]


def dot(left, right):
    return sum(a * b for a, b in zip(left, right))
