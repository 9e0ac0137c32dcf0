import math


def latency(times):
    ordered = sorted(times)
    rank = lambda share: ordered[max(math.ceil(share * len(ordered)), 1) - 1]
    return rank(0.5), rank(0.95), 1000 * len(ordered) / sum(ordered)
