import math


def train(text, vocab, steps, rate):
    """Learns which token follows which; returns the loss before each step and the scores."""
    scores = [[0.0] * vocab for _ in range(vocab)]
    pairs = list(zip(text, text[1:]))
    losses = []
    for _ in range(steps):
        gradient = [[0.0] * vocab for _ in range(vocab)]
        loss = 0.0
        for now, following in pairs:
            exps = [math.exp(score) for score in scores[now]]
            chances = [exp / sum(exps) for exp in exps]
            loss -= math.log(chances[following]) / len(pairs)
            for token in range(vocab):
                gradient[now][token] += (chances[token] - (token == following)) / len(pairs)
        for row, slopes in zip(scores, gradient):
            for token in range(vocab):
                row[token] -= rate * slopes[token]
        losses.append(loss)
    return losses, scores
