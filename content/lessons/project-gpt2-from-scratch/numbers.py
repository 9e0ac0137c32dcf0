import struct


def numbers(kind, file):
    """The numbers of a tensor from its bytes; kind is "F32", "F16" or "BF16"."""
    if kind == "F32":
        return [struct.unpack("<f", file[at : at + 4])[0] for at in range(0, len(file), 4)]
    found = []
    for at in range(0, len(file), 2):
        bits = file[at] + 256 * file[at + 1]
        if kind == "BF16":
            found.append(struct.unpack("<f", struct.pack("<I", bits << 16))[0])
            continue
        sign = -1.0 if bits >> 15 else 1.0
        exponent, fraction = bits >> 10 & 31, bits & 1023
        if exponent == 0:
            size = fraction * 2.0**-24
        elif exponent == 31:
            size = float("nan") if fraction else float("inf")
        else:
            size = (1024 + fraction) * 2.0 ** (exponent - 25)
        found.append(sign * size)
    return found
