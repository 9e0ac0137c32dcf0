def round_row(weights, pull, scale, most=7):
    """Rounds one output's weights; later weights make good what rounding an earlier one did."""
    rest = list(weights)
    codes = []
    for column in range(len(rest)):
        code = min(max(round(rest[column] / scale), -most), most)
        off = (rest[column] - scale * code) / pull[column][column]
        for later in range(column + 1, len(rest)):
            rest[later] -= off * pull[column][later]
        codes.append(code)
    return codes
