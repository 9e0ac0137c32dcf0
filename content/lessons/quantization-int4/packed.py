def pack(codes):
    """Whole numbers from -8 to 7, two to a byte, the first in the lower four bits."""
    if len(codes) % 2:
        codes = codes + [0]
    return bytes((a & 15) | ((b & 15) << 4) for a, b in zip(codes[::2], codes[1::2]))


def packed_row(packed, columns, group, scales):
    """The numbers of one row, with a scale for each group of it."""
    numbers = []
    for column in range(columns):
        byte = packed[column // 2]
        four_bits = byte & 15 if column % 2 == 0 else byte >> 4
        code = four_bits if four_bits < 8 else four_bits - 16
        numbers.append(scales[column // group] * code)
    return numbers
