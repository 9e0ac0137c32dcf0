def step(numbers, affine=False, bits=8):
    """The ruler that reaches as far as the numbers do: its step, and which whole number is zero."""
    most = 2 ** (bits - 1) - 1
    if affine:
        low, high = min(numbers + [0.0]), max(numbers + [0.0])
        scale = (high - low) / (2 * most + 1) or 1.0
        return scale, round(-most - 1 - low / scale)
    return max(abs(x) for x in numbers) / most or 1.0, 0


def code(x, scale, zero, affine=False, bits=8):
    """The whole number whose value is nearest to x."""
    most = 2 ** (bits - 1) - 1
    lowest = -most - 1 if affine else -most
    return min(max(round(x / scale) + zero, lowest), most)


def value(code, scale, zero):
    """What a whole number stands for."""
    return scale * (code - zero)
