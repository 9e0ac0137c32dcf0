import math


def block(stream, attend, think):
    """One pre-norm block: everything it does is added to the stream."""
    heard = attend([normalise(x) for x in stream])
    between = [add(x, h) for x, h in zip(stream, heard)]
    return [add(x, think(normalise(x))) for x in between]


def normalise(x):
    """Brings one token's vector to mean 0 and standard deviation 1."""
    mean = sum(x) / len(x)
    variance = sum((number - mean) ** 2 for number in x) / len(x)
    return [(number - mean) / math.sqrt(variance + 1e-5) for number in x]


def add(x, y):
    return [a + b for a, b in zip(x, y)]
