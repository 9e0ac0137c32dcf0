"""Writes src/golden.json: loss curves and greedy token ids of the bench's GPT, in PyTorch with 64-bit numbers.

    python3 playwright/bench/tools/golden.py        (about two minutes; needs torch and Node)

It shares no arithmetic with the page: weights and text come from src/model.mjs, everything else is computed here,
the gradients by autograd.
"""

import json
import math
import pathlib
import subprocess
import tempfile

import torch

HERE = pathlib.Path(__file__).parent
STEPS = {"tiny": 30, "small": 30, "full": 40}


def load(folder, config, name):
    """The tensors of one file of weights, by name, in float64."""
    flat = torch.frombuffer(bytearray((folder / name).read_bytes()), dtype=torch.float32).double()
    found, at = {}, 0
    for tensor in config["tensors"]:
        rows, columns = tensor["shape"]
        found[tensor["name"]] = flat[at : at + rows * columns].reshape(rows, columns).clone()
        at += rows * columns
    assert at == len(flat), f"{name} holds {len(flat)} numbers, the model {at}"
    return found


def layer_norm(x, gain, bias, eps):
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + eps).sqrt() * gain + bias


def forward(p, config, eps, ids):
    """Logits [batch, tokens, vocab] of ids [batch, tokens]."""
    batch, tokens = ids.shape
    heads, width = config["heads"], config["width"]
    d_head = width // heads
    hidden = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
    x = p["tok_emb"][ids] + p["pos_emb"][:tokens]
    for layer in range(config["layers"]):
        get = lambda name: p[f"blocks.{layer}.{name}"]
        qkv = layer_norm(x, get("ln1.gain"), get("ln1.bias"), eps) @ get("attn.qkv.weight") + get("attn.qkv.bias")
        q, k, v = (part.reshape(batch, tokens, heads, d_head).transpose(1, 2) for part in qkv.split(width, -1))
        scores = (q @ k.transpose(2, 3) / math.sqrt(d_head)).masked_fill(hidden, -math.inf)
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, width)
        x = x + mixed @ get("attn.proj.weight") + get("attn.proj.bias")
        up = layer_norm(x, get("ln2.gain"), get("ln2.bias"), eps) @ get("mlp.up.weight") + get("mlp.up.bias")
        wide = 0.5 * up * (1 + torch.erf(up / math.sqrt(2)))
        x = x + wide @ get("mlp.down.weight") + get("mlp.down.bias")
    return layer_norm(x, p["ln_f.gain"], p["ln_f.bias"], eps) @ p["head.weight"]


def batch_of(data, config, step):
    context, batch = config["context"], config["batch"]
    starts = [((step * batch + row) * 17) % (len(data) - context - 1) for row in range(batch)]
    return (torch.stack([data[s + shift : s + shift + context] for s in starts]) for shift in (0, 1))


def train(folder, name, settings, steps):
    config, adam, eps = settings["configs"][name], settings["adam"], settings["eps"]
    data = torch.frombuffer(bytearray((folder / f"{name}.data").read_bytes()), dtype=torch.int32).long()
    params = load(folder, config, f"{name}.weights")
    decaying = {tensor["name"] for tensor in config["tensors"] if tensor["decays"]}
    mean = {key: torch.zeros_like(p) for key, p in params.items()}
    square = {key: torch.zeros_like(p) for key, p in params.items()}
    losses = []
    for step in range(steps):
        inputs, targets = batch_of(data, config, step)
        for p in params.values():
            p.requires_grad_(True)
        logits = forward(params, config, eps, inputs)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, config["vocab"]), targets.reshape(-1))
        grads = dict(zip(params, torch.autograd.grad(loss, list(params.values()))))
        losses.append(loss.item())
        with torch.no_grad():
            for key, p in params.items():
                p.requires_grad_(False)
                mean[key] = adam["beta1"] * mean[key] + (1 - adam["beta1"]) * grads[key]
                square[key] = adam["beta2"] * square[key] + (1 - adam["beta2"]) * grads[key] ** 2
                direction = mean[key] / (1 - adam["beta1"] ** (step + 1))
                direction = direction / ((square[key] / (1 - adam["beta2"] ** (step + 1))).sqrt() + adam["eps"])
                decay = adam["rate"] * adam["decay"] if key in decaying else 0.0
                params[key] = p * (1 - decay) - adam["rate"] * direction
        print(f"{name} step {step}: {losses[-1]:.6f}", flush=True)
    return losses


def decode(folder, settings):
    """Greedy ids after the prompt, each from a forward pass over everything before it, and the narrowest win."""
    config, wanted = settings["configs"]["full"], settings["decode"]
    params = load(folder, config, "decode.weights")
    ids, narrowest = list(wanted["prompt"]), math.inf
    with torch.no_grad():
        for _ in range(wanted["tokens"]):
            logits = forward(params, config, settings["eps"], torch.tensor([ids]))[0, -1]
            best = logits.topk(2).values
            narrowest = min(narrowest, (best[0] - best[1]).item())
            ids.append(int(logits.argmax()))
    ids = ids[len(wanted["prompt"]) :]
    print(f"decode: {len(set(ids))} different tokens, the narrowest win {narrowest:.4f}: {ids}")
    # Single precision errs by about 1e-5 here: the ids of a correct program follow with room to spare.
    assert narrowest > 1e-3, "two tokens are nearly equal somewhere; choose another seed in src/model.mjs"
    return {"ids": ids, "narrowest": narrowest}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["node", str(HERE / "weights.mjs"), name], check=True)
        settings = json.loads((folder / "settings.json").read_text())
        golden = {"decode": decode(folder, settings)}
        for config, steps in STEPS.items():
            golden[config] = train(folder, config, settings, steps)
    (HERE.parent / "src/golden.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
