"""Golden numbers for the GPT: logits, loss and every gradient, in float64, from PyTorch.

Run with Debian's python3-torch:  /usr/bin/python3 tests/golden/make_gpt.py > tests/golden/gpt.json
The model below is written with PyTorch's own layers, independently of the Rust code.
"""
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def rounded(t):
    # The Rust side stores f32; so that both start from the same numbers, round first.
    return t.float().double()


def case(name, vocab, layers, heads, d, context, tied, batch, seed):
    g = torch.Generator().manual_seed(seed)
    rand = lambda *shape: rounded(torch.randn(*shape, generator=g) * 0.3)
    w = {"tok_emb": rand(vocab, d), "pos_emb": rand(context, d)}
    for i in range(layers):
        p = f"blocks.{i}."
        w[p + "ln1.gain"] = rounded(1 + rand(1, d)); w[p + "ln1.bias"] = rand(1, d)
        w[p + "attn.qkv.weight"] = rand(d, 3 * d); w[p + "attn.qkv.bias"] = rand(1, 3 * d)
        w[p + "attn.proj.weight"] = rand(d, d); w[p + "attn.proj.bias"] = rand(1, d)
        w[p + "ln2.gain"] = rounded(1 + rand(1, d)); w[p + "ln2.bias"] = rand(1, d)
        w[p + "mlp.up.weight"] = rand(d, 4 * d); w[p + "mlp.up.bias"] = rand(1, 4 * d)
        w[p + "mlp.down.weight"] = rand(4 * d, d); w[p + "mlp.down.bias"] = rand(1, d)
    w["ln_f.gain"] = rounded(1 + rand(1, d)); w["ln_f.bias"] = rand(1, d)
    if not tied:
        w["head.weight"] = rand(d, vocab)
    for t in w.values():
        t.requires_grad_(True)
    ids = torch.randint(vocab, (batch, context), generator=g)
    targets = torch.randint(vocab, (batch, context), generator=g)

    x = w["tok_emb"][ids] + w["pos_emb"]
    for i in range(layers):
        p = f"blocks.{i}."
        h = F.layer_norm(x, (d,), w[p + "ln1.gain"][0], w[p + "ln1.bias"][0])
        q, k, v = (h @ w[p + "attn.qkv.weight"] + w[p + "attn.qkv.bias"]).split(d, dim=2)
        split = lambda z: z.view(batch, context, heads, d // heads).transpose(1, 2)
        q, k, v = split(q), split(k), split(v)
        scores = (q @ k.transpose(2, 3)) / (d // heads) ** 0.5
        mask = torch.ones(context, context, dtype=torch.bool).triu(1)
        att = F.softmax(scores.masked_fill(mask, float("-inf")), dim=3)
        y = (att @ v).transpose(1, 2).reshape(batch, context, d)
        x = x + y @ w[p + "attn.proj.weight"] + w[p + "attn.proj.bias"]
        h = F.layer_norm(x, (d,), w[p + "ln2.gain"][0], w[p + "ln2.bias"][0])
        x = x + F.gelu(h @ w[p + "mlp.up.weight"] + w[p + "mlp.up.bias"]) @ w[p + "mlp.down.weight"] + w[p + "mlp.down.bias"]
    x = F.layer_norm(x, (d,), w["ln_f.gain"][0], w["ln_f.bias"][0])
    logits = x @ (w["tok_emb"].T if tied else w["head.weight"])
    loss = F.cross_entropy(logits.view(-1, vocab), targets.view(-1))
    loss.backward()
    flat = lambda t: [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()]
    return {
        "name": name,
        "config": {"vocab_size": vocab, "n_layers": layers, "n_heads": heads, "d_model": d, "context": context, "tied_head": tied},
        "batch": batch,
        "ids": ids.reshape(-1).tolist(),
        "targets": targets.reshape(-1).tolist(),
        "weights": {n: flat(t) for n, t in w.items()},
        "logits": flat(logits),
        "loss": loss.item(),
        "grads": {n: flat(t.grad) for n, t in w.items()},
    }


print(json.dumps([
    case("tied, two layers", 13, 2, 2, 8, 7, True, 3, 1),
    case("untied, one head", 5, 1, 1, 6, 1, False, 1, 2),
    case("untied, three heads", 17, 1, 3, 12, 9, False, 2, 3),
]))
