import math


def next_token_loss(logits, ids):
    """The mean surprise, in nats, at each next token; one row of scores per token."""
    targets = ids[1:]
    total = 0.0
    for row, target in zip(logits, targets):
        best = max(row)
        log_sum = math.log(sum(math.exp(logit - best) for logit in row))
        total -= row[target] - best - log_sum
    return total / len(targets)
