def longest_first(word, ids):
    """The pieces of `word` as (id, start, end), or None if it cannot be written."""
    if len(word) > 100:
        return None
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if prefix + word[start:end] in ids:
                break
        else:
            return None
        pieces.append((ids[prefix + word[start:end]], start, end))
        start = end
    return pieces
