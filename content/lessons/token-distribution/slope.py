import math


def slope(counts, first, last):
    """The slope of log(count) against log(rank), over the ranks from `first` to `last`."""
    points = [(math.log(rank), math.log(count)) for rank, count in enumerate(counts, 1) if first <= rank <= last]
    x = sum(a for a, _ in points) / len(points)
    y = sum(b for _, b in points) / len(points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
