import math


def step(centre, others, learning_rate):
    """One step: `others` holds the true neighbour first, then words drawn by chance."""
    loss = 0.0
    pull = [0.0] * len(centre)

    for place, other in enumerate(others):
        label = 1.0 if place == 0 else 0.0
        score = sum(a * b for a, b in zip(centre, other))
        guess = 1 / (1 + math.exp(-score))
        loss -= math.log(guess if place == 0 else 1 - guess)
        error = guess - label

        for i in range(len(centre)):
            pull[i] += error * other[i]
            other[i] -= learning_rate * error * centre[i]

    for i in range(len(centre)):
        centre[i] -= learning_rate * pull[i]
    return loss
