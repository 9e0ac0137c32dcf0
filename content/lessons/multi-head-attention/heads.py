import math


def attend(queries, keys, values):
    """Causal attention of one head; one row of numbers per token."""
    mixed = []
    for position, query in enumerate(queries):
        visible = range(position + 1)
        scores = [sum(q * k for q, k in zip(query, keys[j])) / math.sqrt(len(query)) for j in visible]
        best = max(scores)
        exps = [math.exp(score - best) for score in scores]
        weights = [exp / sum(exps) for exp in exps]
        mixed.append([sum(weights[j] * values[j][c] for j in visible) for c in range(len(values[0]))])
    return mixed


def multi_head(queries, keys, values, heads, mix):
    """Several heads side by side; every matrix is a list of rows."""
    d_model = len(mix)
    d_head = d_model // heads
    joined = [[] for _ in queries]
    for head in range(heads):
        share = slice(head * d_head, (head + 1) * d_head)
        cut = [[row[share] for row in rows] for rows in (queries, keys, values)]
        for row, found in zip(joined, attend(*cut)):
            row.extend(found)
    return [[sum(x * weights[c] for x, weights in zip(row, mix)) for c in range(d_model)] for row in joined]
