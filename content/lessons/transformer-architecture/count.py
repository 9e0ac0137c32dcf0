def parameters(vocab, context, d, layers, d_ff, tied=True, bias=True):
    """How many numbers training adjusts in a GPT-2 of these sizes."""
    vector = 1 if bias else 0  # biases of linear layers and norms
    attention = d * 3 * d + d * d + vector * (3 * d + d)
    mlp = d * d_ff + d_ff * d + vector * (d_ff + d)
    norms = 2 * (d + vector * d)
    tables = vocab * d + context * d
    total = tables + layers * (attention + mlp + norms) + (d + vector * d)
    if not tied:
        total += d * vocab
    return total
