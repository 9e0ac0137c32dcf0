def dot(a, b):
    return sum(p * q for p, q in zip(a, b))


def with_adapter(x, w, a, b, scale):
    """One row of numbers through a frozen matrix w and the two thin ones beside it."""
    thin = [dot(row, x) for row in a]
    frozen = [dot(x, column) for column in zip(*w)]
    return [old + scale * dot(row, thin) for old, row in zip(frozen, b)]


def merged(w, a, b, scale):
    """The adapter added into the matrix, once and for all."""
    beside = [[dot(column, row) for row in b] for column in zip(*a)]
    return [[old + scale * new for old, new in zip(row, more)] for row, more in zip(w, beside)]
