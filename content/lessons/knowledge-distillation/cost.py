import math


def softened(logits, temperature):
    """The chances at a temperature: the higher it is, the more alike they are."""
    largest = max(logits)
    powers = [math.exp((logit - largest) / temperature) for logit in logits]
    return [power / sum(powers) for power in powers]


def cost(student, teacher, target, temperature, soft):
    """What one token costs a student, and how that changes with each of its logits."""
    p, q = softened(teacher, temperature), softened(student, temperature)
    divergence = sum(a * math.log(a / b) for a, b in zip(p, q) if a > 0)
    plain = softened(student, 1.0)
    mixed = soft * temperature**2 * divergence - (1 - soft) * math.log(plain[target])
    slope = [soft * temperature * (b - a) + (1 - soft) * c for a, b, c in zip(p, q, plain)]
    slope[target] -= 1 - soft
    return mixed, slope
