def packed(numbers, kept, bits):
    """Bytes of so many numbers, if only those that are not zero are kept, and a bit for each says where."""
    def size(count):
        return (count * bits + 7) // 8

    return min(size(numbers), size(kept) + (numbers + 7) // 8)
