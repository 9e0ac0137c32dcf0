"""Makes a tiny random Llama as a GGUF file (`tiny.gguf`) with a small byte-level BPE, and what other programs compute
with it (`golden.json`): llama.cpp's Python package `gguf` writes and dequantizes, Hugging Face's `tokenizers` cuts, and
numpy runs the model in the form of Hugging Face's `transformers`, where a position turns the two halves of a head (a GGUF
file has the rows of queries and keys permuted, so that neighbours are turned).

Made with gguf 0.19.0, numpy 2.4.6 and tokenizers 0.23.3: `python make.py`
"""
import json, os
import numpy as np
from gguf import GGMLQuantizationType as Q, GGUFWriter, dequantize, quantize
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

here = os.path.dirname(os.path.abspath(__file__))
book = open(os.path.join(here, "../../../../public/data/pride-and-prejudice.txt"), encoding="utf-8").read()

# --- the tokenizer: cuts as SmolLM2's; bytes that no UTF-8 text has lack a token, and so does 0x07, as in SmolLM2
special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
never = [0xC0, 0xC1, 0x07, *range(0xF5, 0x100)]
seen = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
unseen = [b for b in range(256) if b not in seen]
letter = {b: chr(b) if b in seen else chr(256 + unseen.index(b)) for b in range(256)}
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator([book], trainers.BpeTrainer(
    vocab_size=300, special_tokens=special, show_progress=False,
    initial_alphabet=[letter[b] for b in range(256) if b not in never]))
vocab = tokenizer.get_vocab()
tokens = sorted(vocab, key=vocab.get)
merges = json.loads(tokenizer.to_str())["model"]["merges"]
merges = [m if isinstance(m, str) else " ".join(m) for m in merges]
assert len(tokens) == 300 and len(special) + 256 - len(never) + len(merges) == 300

# --- the model
d, heads, kv, ff, layers, base, eps = 32, 4, 2, 64, 2, 1e5, 1e-5
size = d // heads
rng = np.random.default_rng(7)
kinds = {"token_embd": Q.Q8_0, "blk.1.attn_q": Q.Q4_0, "blk.1.attn_k": Q.F16, "blk.1.attn_v": Q.BF16,
         "blk.1.attn_output": Q.F32, "blk.1.ffn_gate": Q.Q8_0}
writer = GGUFWriter(os.path.join(here, "tiny.gguf"), "llama")
W = {}

def tensor(name, shape):
    values = rng.normal(0, 1 / np.sqrt(shape[-1]) * 1.5, shape).astype(np.float32)
    if len(shape) == 1:
        values, kind = (1 + rng.normal(0, 0.3, shape)).astype(np.float32), Q.F32
    else:
        kind = kinds.get(name, Q.Q4_1)
    raw = quantize(values, kind)
    writer.add_tensor(name + ".weight", raw, raw_dtype=kind)
    W[name] = dequantize(raw, kind).astype(np.float64)

tensor("token_embd", (300, d))
for i in range(layers):
    for name, shape in [("attn_norm", (d,)), ("attn_q", (d, d)), ("attn_k", (kv * size, d)), ("attn_v", (kv * size, d)),
                        ("attn_output", (d, d)), ("ffn_norm", (d,)), ("ffn_gate", (ff, d)), ("ffn_up", (ff, d)),
                        ("ffn_down", (d, ff))]:
        tensor(f"blk.{i}.{name}", shape)
tensor("output_norm", (d,))

def hugging(w, n):  # back to the order of Hugging Face's files
    return w.reshape(n, size // 2, 2, -1).swapaxes(1, 2).reshape(w.shape)

def rms(x, gain):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * gain

def rotate(x):  # [tokens, heads, size], as transformers' apply_rotary_pos_emb
    angle = np.outer(np.arange(len(x)), 1 / base ** (np.arange(0, size, 2) / size))
    angle = np.concatenate([angle, angle], -1)[:, None]
    half = np.concatenate([-x[..., size // 2:], x[..., :size // 2]], -1)
    return x * np.cos(angle) + half * np.sin(angle)

def forward(ids):
    n = len(ids)
    x = W["token_embd"][ids]
    for i in range(layers):
        w = {name.split(".")[2]: value for name, value in W.items() if name.startswith(f"blk.{i}.")}
        h = rms(x, w["attn_norm"])
        q = rotate((h @ hugging(w["attn_q"], heads).T).reshape(n, heads, size))
        k = rotate((h @ hugging(w["attn_k"], kv).T).reshape(n, kv, size)).repeat(heads // kv, 1)
        v = (h @ w["attn_v"].T).reshape(n, kv, size).repeat(heads // kv, 1)
        score = np.einsum("nhd,mhd->hnm", q, k) / np.sqrt(size)
        score = np.where(np.tril(np.ones((n, n), bool)), score, -np.inf)
        share = np.exp(score - score.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        x = x + np.einsum("hnm,mhd->nhd", share, v).reshape(n, d) @ w["attn_output"].T
        h = rms(x, w["ffn_norm"])
        gate = h @ w["ffn_gate"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w["ffn_up"].T)) @ w["ffn_down"].T
    return rms(x, W["output_norm"]) @ W["token_embd"].T

# --- the file
template = ("{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n"
            "You are a tiny model<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content']"
            " + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
writer.add_block_count(layers)
writer.add_context_length(64)
writer.add_embedding_length(d)
writer.add_feed_forward_length(ff)
writer.add_head_count(heads)
writer.add_head_count_kv(kv)
writer.add_rope_freq_base(base)
writer.add_layer_norm_rms_eps(eps)
writer.add_rope_dimension_count(size)
writer.add_vocab_size(300)
writer.add_languages(["en"])
writer.add_tokenizer_model("gpt2")
writer.add_tokenizer_pre("smollm")
writer.add_token_list(tokens)
writer.add_token_types([3 if t in special else 1 for t in tokens])
writer.add_token_merges(merges)
writer.add_bos_token_id(1)
writer.add_eos_token_id(2)
writer.add_chat_template(template)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

# --- what they compute
plain = Tokenizer(models.BPE(vocab=vocab, merges=[tuple(m.split(" ")) for m in merges]))
plain.pre_tokenizer, plain.decoder = tokenizer.pre_tokenizer, tokenizer.decoder
plain.add_special_tokens([AddedToken(t, special=True) for t in special])
texts = ["It is a truth universally acknowledged", "in 1813, 20 pounds 5", "x1 2  3\n\n4 ", "don't we'll  go ", "", "٣٤ x²½Ⅷ①",
         "naïve – “quotes” 日本語 👩‍👩‍👧", "<|im_start|>user\nHi<|im_end|>\n", "a\u0007b", " \n 7\t8", "he'S it'd '7s"]
chat = ("<|im_start|>system\nYou are a tiny model<|im_end|>\n<|im_start|>user\nWhat is 12 + 7?<|im_end|>\n"
        "<|im_start|>assistant\n19<|im_end|>\n<|im_start|>user\n And then?<|im_end|>\n<|im_start|>assistant\n")
ids = plain.encode("It is a truth, Mr. Bennet 12").ids
json.dump(dict(tokens=[dict(text=t, ids=plain.encode(t).ids) for t in texts], chat=plain.encode(chat).ids, ids=ids,
               logits=np.round(forward(ids), 9).tolist()),
          open(os.path.join(here, "golden.json"), "w", encoding="utf-8"), ensure_ascii=False)
