import math


def sinusoidal(position, width, base=10_000.0):
    """The vector that is added to a token at `position`."""
    vector = []
    for pair in range(width // 2):
        turn = 1 / base ** (2 * pair / width)
        angle = position * turn
        vector += [math.sin(angle), math.cos(angle)]
    return vector
