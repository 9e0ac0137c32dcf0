def embed(table, tokens):
    """A row of the table for each token."""
    return [list(table[token]) for token in tokens]


def embed_backward(vocabulary, tokens, d_rows):
    """The gradient of the table, from that of what was looked up."""
    d_table = [[0.0] * len(d_rows[0]) for _ in range(vocabulary)]
    for token, d_row in zip(tokens, d_rows):
        for column, d in enumerate(d_row):
            d_table[token][column] += d
    return d_table


def tied_logits(table, vector):
    """A score for each token of the vocabulary."""
    return [sum(a * b for a, b in zip(row, vector)) for row in table]
