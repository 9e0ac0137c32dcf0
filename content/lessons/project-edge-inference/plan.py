def plan(parameters, layers, d, vocab, full, context, bits):
    weights = (parameters - (full - context) * d) * bits // 8
    cache = 2 * layers * context * d * 4
    work = (14 * d + vocab) * 4
    return weights, cache, work


def flops(layers, d, vocab, seen):
    products = layers * 12 * d * d + d * vocab
    attention = layers * 2 * seen * d
    return 2 * (products + attention)
