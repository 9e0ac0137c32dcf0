def matmul(a, b):
    """The product of two matrices; each is a list of rows."""
    terms = len(b)
    columns = len(b[0])
    out = []
    for row in a:
        results = []
        for j in range(columns):
            total = 0.0
            for p in range(terms):
                total += row[p] * b[p][j]
            results.append(total)
        out.append(results)
    return out
