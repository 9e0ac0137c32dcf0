"""Makes two small random models (`chars.safetensors`, `bytes.safetensors`) and what they compute (`golden.json`).

The arithmetic is NumPy's in double precision and knows nothing of our engine. Made with numpy 2.4.6 and safetensors
0.8.0: `python make.py`
"""
import json, math, os
import numpy as np
from safetensors.numpy import save_file

here = os.path.dirname(os.path.abspath(__file__))
erf = np.vectorize(math.erf)


def tensors(config):
    d, shapes = config["d_model"], {}
    shapes["tok_emb"], shapes["pos_emb"] = (config["vocab_size"], d), (config["context"], d)
    for layer in range(config["n_layers"]):
        block = {
            "ln1.gain": (1, d), "ln1.bias": (1, d), "attn.qkv.weight": (d, 3 * d), "attn.qkv.bias": (1, 3 * d),
            "attn.proj.weight": (d, d), "attn.proj.bias": (1, d), "ln2.gain": (1, d), "ln2.bias": (1, d),
            "mlp.up.weight": (d, 4 * d), "mlp.up.bias": (1, 4 * d), "mlp.down.weight": (4 * d, d), "mlp.down.bias": (1, d),
        }
        shapes.update({f"blocks.{layer}.{name}": shape for name, shape in block.items()})
    shapes["ln_f.gain"], shapes["ln_f.bias"] = (1, d), (1, d)
    if not config["tied_head"]:
        shapes["head.weight"] = (d, config["vocab_size"])
    return shapes


def norm(x, gain, bias):
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-5) * gain + bias


def forward(config, weights, ids):
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    tokens, d, heads = len(ids), config["d_model"], config["n_heads"]
    x = w["tok_emb"][ids] + w["pos_emb"][:tokens]
    for layer in range(config["n_layers"]):
        b = lambda name: w[f"blocks.{layer}.{name}"]
        qkv = norm(x, b("ln1.gain"), b("ln1.bias")) @ b("attn.qkv.weight") + b("attn.qkv.bias")
        q, k, v = (part.reshape(tokens, heads, d // heads).swapaxes(0, 1) for part in np.split(qkv, 3, axis=-1))
        scores = q @ k.swapaxes(1, 2) / math.sqrt(d // heads)
        scores = np.where(np.triu(np.ones((tokens, tokens), bool), 1), -np.inf, scores)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        x = x + (shares @ v).swapaxes(0, 1).reshape(tokens, d) @ b("attn.proj.weight") + b("attn.proj.bias")
        up = norm(x, b("ln2.gain"), b("ln2.bias")) @ b("mlp.up.weight") + b("mlp.up.bias")
        x = x + 0.5 * up * (1 + erf(up / math.sqrt(2))) @ b("mlp.down.weight") + b("mlp.down.bias")
    x = norm(x, w["ln_f.gain"], w["ln_f.bias"])
    return x @ (w["tok_emb"].T if config["tied_head"] else w["head.weight"])


def model(name, seed, config, tokenizer, ids):
    draw = np.random.default_rng(seed)
    weights = {
        key: (draw.normal(size=shape) * 0.3 + (1.0 if key.endswith("gain") else 0.0)).astype(np.float32)
        for key, shape in tensors(config).items()
    }
    described = json.dumps({"version": 1, "config": config, "tokenizer": tokenizer}, ensure_ascii=False)
    save_file(weights, os.path.join(here, f"{name}.safetensors"), metadata={"glassbox.model": described})
    logits = [[round(float(x), 7) for x in row] for row in forward(config, weights, ids)]
    return {"name": name, "ids": ids, "logits": logits}


chars = " abcdefghé€"
sizes = {"n_layers": 2, "n_heads": 4, "d_model": 32, "context": 12, "tied_head": True, "vocab_size": len(chars)}
first = model("chars", 3, sizes, {"kind": "chars", "chars": chars}, [3, 1, 4, 1, 5, 9, 2, 6, 5, 10])
merges = [[116, 104], [256, 101], [32, 257], [97, 110]]
sizes = {"n_layers": 1, "n_heads": 2, "d_model": 20, "context": 8, "tied_head": False, "vocab_size": 260}
second = model("bytes", 4, sizes, {"kind": "bpe", "merges": merges}, [258, 0, 255, 101, 259, 32])
with open(os.path.join(here, "golden.json"), "w", encoding="utf-8") as file:
    json.dump([first, second], file, ensure_ascii=False)
    file.write("\n")
