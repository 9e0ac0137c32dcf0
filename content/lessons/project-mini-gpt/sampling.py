import math


def distribution(logits, temperature, top_k, top_p):
    """The probabilities the next token is drawn from; removed tokens get zero."""
    order = sorted(range(len(logits)), key=lambda token: -logits[token])

    if temperature == 0:
        order = order[:1]
    elif top_k > 0:
        order = order[:top_k]

    best = logits[order[0]]
    weights = [math.exp((logits[token] - best) / max(temperature, 1e-6)) for token in order]

    total = sum(weights)
    kept = 0.0
    probabilities = [0.0] * len(logits)
    for token, weight in zip(order, weights):
        if kept > 0 and kept >= top_p * total:
            break
        probabilities[token] = weight
        kept += weight
    return [weight / kept for weight in probabilities]


def draw(probabilities, uniform):
    """The token that `uniform`, at least 0 and below 1, lands on."""
    end = 0.0
    for token, p in enumerate(probabilities):
        end += p
        if uniform < end:
            return token
    return max(token for token, p in enumerate(probabilities) if p > 0)
