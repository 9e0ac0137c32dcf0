import math


def complete(scores, prompt, tokens, context):
    """Goes on with a prompt; returns each new token with its probability."""
    text = list(prompt)
    written = []
    for _ in range(tokens):
        seen = text[-context:]
        logits = scores(seen)
        top = max(logits)
        exps = [math.exp(logit - top) for logit in logits]
        best = logits.index(top)
        text.append(best)
        written.append((best, exps[best] / sum(exps)))
    return written
