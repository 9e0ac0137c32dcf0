K_BLOCK, N_BLOCK = 64, 128


def matmul(a, b):
    """The product of two matrices, block by block of `b`."""
    rows, terms, columns = len(a), len(b), len(b[0])
    out = [[0.0] * columns for _ in range(rows)]
    for p0 in range(0, terms, K_BLOCK):
        for j0 in range(0, columns, N_BLOCK):
            p1, j1 = min(p0 + K_BLOCK, terms), min(j0 + N_BLOCK, columns)
            for i in range(rows):
                sums = out[i]
                for p in range(p0, p1):
                    left, right = a[i][p], b[p]
                    for j in range(j0, j1):
                        sums[j] += left * right[j]
    return out
