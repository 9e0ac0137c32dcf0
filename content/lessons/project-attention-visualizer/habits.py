def shade(weight, colours):
    """Which of so many shades stands for a weight between 0 and 1."""
    return min(int(weight * colours), colours - 1)


def habits(weights):
    """Mean weights on the token before, on the first token and on the token itself."""
    rows = range(1, len(weights))
    previous = sum(weights[row][row - 1] for row in rows) / len(rows)
    first = sum(weights[row][0] for row in rows) / len(rows)
    own = sum(weights[row][row] for row in rows) / len(rows)
    return [previous, first, own]


def indifferent(tokens):
    """The same mean for a head that shares out its weight evenly."""
    rows = range(2, tokens + 1)
    return sum(1 / row for row in rows) / len(rows)
