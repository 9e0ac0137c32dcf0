def groups_of(rows, columns, share):
    """How many scales a matrix has; `share` is "tensor", "row" or the size of a group."""
    if share == "tensor":
        return 1
    if share == "row":
        return rows
    return rows * -(-columns // share)


def matrix_bytes(rows, columns, bits, share, affine=False):
    """Whole numbers, scales and zero points of a matrix, in bytes."""
    codes = rows * -(-columns * bits // 8)
    groups = groups_of(rows, columns, share)
    return codes, 4 * groups, groups if affine else 0
