def varint(number):
    groups = []
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return groups + [number]


def tag(field, layout):
    return varint(field << 3 | layout)
