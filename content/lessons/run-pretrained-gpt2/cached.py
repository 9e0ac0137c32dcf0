import json
import numpy as np


def load(path):
    """The tensors of a safetensors file of 32-bit numbers, by name; none is read before it is used."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    header.pop("__metadata__", None)
    tensors = {}
    for name, info in header.items():
        start = 8 + size + info["data_offsets"][0]
        numbers = np.memmap(path, "<f4", "r", start, tuple(info["shape"]))
        tensors[name.removeprefix("transformer.")] = numbers
    return tensors


def gelu(x):
    return 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3)))


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def step(w, heads, cache, id):
    """Reads one more token; answers one score for each token that may come next."""

    def norm(name, x):
        x = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
        return x * w[name + ".weight"] + w[name + ".bias"]

    def linear(name, x):
        return x @ w[name + ".weight"] + w[name + ".bias"]

    position = len(cache[0])
    x = w["wte.weight"][id] + w["wpe.weight"][position]
    for layer, past in enumerate(cache):
        h = f"h.{layer}."
        q, k, v = np.split(linear(h + "attn.c_attn", norm(h + "ln_1", x)), 3)
        past.append((k, v))
        keys, values = [np.array(side).reshape(len(past), heads, -1) for side in zip(*past)]
        scores = np.einsum("hc,thc->ht", q.reshape(heads, -1), keys)
        shares = softmax(scores / keys.shape[2] ** 0.5)
        mixed = np.einsum("ht,thc->hc", shares, values).reshape(-1)
        x = x + linear(h + "attn.c_proj", mixed)
        up = linear(h + "mlp.c_fc", norm(h + "ln_2", x))
        x = x + linear(h + "mlp.c_proj", gelu(up))
    return w["wte.weight"] @ norm("ln_f", x)


def write(w, layers, heads, prompt, tokens):
    """Reads a prompt, then writes so many tokens, the likeliest each time."""
    cache = [[] for _ in range(layers)]
    for id in prompt:
        logits = step(w, heads, cache, id)
    written = []
    for _ in range(tokens):
        written.append(int(logits.argmax()))
        logits = step(w, heads, cache, written[-1])
    return written
