"""What SmolLM2-135M-Instruct says in single precision on its dequantized weights, by numpy (`golden.json`): for each prompt
its tokens, the five largest logits after it, and the 64 likeliest tokens one after the other, with how far the second was
behind. llama.cpp's Python package `gguf` reads the file, Hugging Face's `tokenizers` cuts the texts.

Made with gguf 0.19.0, numpy 2.4.6 and tokenizers 0.23.3: `python make.py SmolLM2-135M-Instruct.Q4_1.gguf`
"""
import json, os, sys
import numpy as np
from gguf import GGUFReader, dequantize
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

reader = GGUFReader(sys.argv[1])
tokens, merges, types = (reader.fields["tokenizer.ggml." + key].contents() for key in ("tokens", "merges", "token_type"))
tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=[tuple(m.split(" ")) for m in merges]))
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
tokenizer.decoder = decoders.ByteLevel()
tokenizer.add_special_tokens([AddedToken(t, special=True) for t, kind in zip(tokens, types) if kind == 3])
W = {t.name: dequantize(t.data, t.tensor_type).astype(np.float32) for t in reader.tensors}
layers, heads, kv, size, base, eps, end = 30, 9, 3, 64, 1e5, np.float32(1e-5), 2


def rms(x, gain):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * gain


def rotate(x, first):  # neighbouring numbers: the file has the rows of queries and keys in that order
    angle = np.outer(np.arange(first, first + len(x)), 1 / base ** (np.arange(0, size, 2) / size))
    c, s = (f(angle).astype(np.float32)[:, None] for f in (np.cos, np.sin))
    a, b = x[..., 0::2], x[..., 1::2]
    return np.stack([a * c - b * s, a * s + b * c], -1).reshape(x.shape)


def forward(ids, first, memory):
    n, x = len(ids), W["token_embd.weight"][ids]
    for i in range(layers):
        w = lambda name: W[f"blk.{i}.{name}.weight"]
        h = rms(x, w("attn_norm"))
        q = rotate((h @ w("attn_q").T).reshape(n, heads, size), first)
        k = rotate((h @ w("attn_k").T).reshape(n, kv, size), first)
        v = (h @ w("attn_v").T).reshape(n, kv, size)
        memory[i] = [np.concatenate([old, new]) for old, new in zip(memory.get(i, [k[:0], v[:0]]), [k, v])]
        k, v = (part.repeat(heads // kv, 1) for part in memory[i])
        score = np.einsum("nhd,mhd->hnm", q, k) / np.float32(np.sqrt(size))
        score[:, np.arange(len(k))[None] > np.arange(first, first + n)[:, None]] = -np.inf
        share = np.exp(score - score.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        x = x + np.einsum("hnm,mhd->nhd", share, v).reshape(n, -1) @ w("attn_output").T
        h = rms(x, w("ffn_norm"))
        gate = h @ w("ffn_gate").T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w("ffn_up").T)) @ w("ffn_down").T
    return W["token_embd.weight"] @ rms(x[-1], W["output_norm.weight"])


def chat(text):
    return ("<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
            f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n")


cases = []
for text in ["The capital of France is", chat("Explain gravity in one sentence."),
             chat("Tell me a short story about a dog and a red ball."), "Once upon a time, in a village of 37 houses,",
             chat("What is 12 + 30? Then list three fruits.")]:
    ids = tokenizer.encode(text).ids
    memory, said, gaps = {}, [], []
    logits = forward(ids, 0, memory)
    best = [[int(i), round(float(logits[i]), 5)] for i in np.argsort(-logits)[:5]]
    for at in range(64):
        second, first = np.partition(logits, -2)[-2:]
        gaps.append(round(float(first - second), 5))
        said.append(int(logits.argmax()))
        logits = forward(said[-1:], len(ids) + at, memory)
    cases.append(dict(text=text, ids=ids, best=best, said=said, least_gap=min(gaps)))
    print(repr(tokenizer.decode(said)), min(gaps), flush=True)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
