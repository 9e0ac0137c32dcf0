def largest(numbers, share):
    """Which numbers stay if the share of them that is nearest to zero is cut."""
    cut = round(share * len(numbers))
    order = sorted(range(len(numbers)), key=lambda place: abs(numbers[place]))
    kept = [True] * len(numbers)
    for place in order[:cut]:
        kept[place] = False
    return kept
