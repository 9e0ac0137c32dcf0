def agree(mine, theirs):
    apart = max(abs(a - b) for a, b in zip(mine, theirs))
    return apart, best(mine) == best(theirs)


def best(logits):
    return max(range(len(logits)), key=lambda id: logits[id])
