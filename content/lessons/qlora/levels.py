def encode(block, levels):
    """A block of numbers as its scale and, for each number, which level is nearest."""
    scale = max(abs(x) for x in block)
    nearest = lambda x: min(range(len(levels)), key=lambda at: abs(levels[at] - x))
    return scale, [nearest(x / scale if scale > 0 else 0.0) for x in block]


def decode(scale, codes, levels):
    """The numbers that the codes stand for."""
    return [scale * levels[code] for code in codes]
