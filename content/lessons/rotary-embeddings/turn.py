import math


def rotated(vector, position, base=10_000.0):
    """A query or key as it is at `position`."""
    turned = []
    for pair in range(len(vector) // 2):
        a, b = vector[2 * pair], vector[2 * pair + 1]
        angle = position / base ** (2 * pair / len(vector))
        cosine, sine = math.cos(angle), math.sin(angle)
        turned += [a * cosine - b * sine, a * sine + b * cosine]
    return turned


def score(query, key, distance):
    """How well a query fits a key that stands `distance` positions before it."""
    at_distance = rotated(query, distance)
    return sum(q * k for q, k in zip(at_distance, key)) / math.sqrt(len(query))
