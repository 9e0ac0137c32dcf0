import math


def feed_forward(x, w1, b1, w2, b2):
    """Widens a token's vector, bends every number, narrows it again."""
    wide = affine(x, w1, b1)
    bent = [gelu(h) for h in wide]
    return affine(bent, w2, b2)


def affine(x, w, b):
    """x times the matrix w, plus b."""
    return [
        sum(number * row[j] for number, row in zip(x, w)) + bias
        for j, bias in enumerate(b)
    ]


def gelu(x):
    """Lets large numbers pass, holds negative ones back, and bends smoothly in between."""
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return 0.5 * x * (1 + math.tanh(inner))
