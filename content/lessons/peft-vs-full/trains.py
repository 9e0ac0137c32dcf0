def trains(method, name):
    """Whether a method learns the tensor of this name; adapters are learned beside these."""
    if method == "full":
        return True
    if method == "biases":
        return name.endswith(".bias")
    if method == "head":
        return name.startswith("ln_f.") or name in ("head.weight", "tok_emb")
    return False  # LoRA and QLoRA


def learned(tensors, method):
    """How many numbers of a model are learned: tensors has the size of each by name."""
    return sum(size for name, size in tensors.items() if trains(method, name))
