def step(words, new_id):
    """Merges the most frequent pair in `words`, a list of [ids, count]; returns the pair and its count."""
    pairs = {}
    for ids, count in words:
        for pair in zip(ids, ids[1:]):
            pairs[pair] = pairs.get(pair, 0) + count
    if not pairs:
        return None
    best = max(pairs, key=lambda pair: (pairs[pair], -pair[0], -pair[1]))
    if pairs[best] < 2:
        return None

    for entry in words:
        word, merged, at = entry[0], [], 0
        while at < len(word):
            hit = tuple(word[at:at + 2]) == best
            merged.append(new_id if hit else word[at])
            at += 2 if hit else 1
        entry[0] = merged
    return best, pairs[best]
