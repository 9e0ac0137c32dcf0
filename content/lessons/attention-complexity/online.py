import math


def attend(query, keys, values, tile=2):
    """One query over all keys, tile by tile: returns the mixed value."""
    largest, total = -math.inf, 0.0
    mixed = [0.0] * len(values[0])
    for start in range(0, len(keys), tile):
        scores = [
            sum(q * k for q, k in zip(query, key)) / math.sqrt(len(query))
            for key in keys[start : start + tile]
        ]
        new = max([largest] + scores)
        shrink = math.exp(largest - new)
        weights = [math.exp(score - new) for score in scores]
        total = total * shrink + sum(weights)
        for c in range(len(mixed)):
            part = sum(w * v[c] for w, v in zip(weights, values[start : start + tile]))
            mixed[c] = mixed[c] * shrink + part
        largest = new
    return [x / total for x in mixed]
