"""Makes a tiny random GPT-2 with its tokenizer, as Hugging Face `transformers` writes them
(`public/models/random-gpt2`, the practice model of the lab), and what that library computes with them (this folder).

Made with torch 1.13.0 and transformers 4.46.3, on one CPU: `python make.py`
"""
import json, os, shutil, sys, tempfile, types
import torch
# Debian's torch 1.13 cannot import this part under Python 3.11; `generate` only asks whether a model is of its class.
fsdp = types.ModuleType("torch.distributed.fsdp")
fsdp.FullyShardedDataParallel = type("FullyShardedDataParallel", (), {})
sys.modules["torch.distributed.fsdp"] = torch.distributed.fsdp = fsdp
from tokenizers import ByteLevelBPETokenizer
from transformers import GPT2Config, GPT2LMHeadModel, GPT2TokenizerFast
from transformers.generation import logits_process as lp

here = os.path.dirname(os.path.abspath(__file__))
text = open(os.path.join(here, "../../../../public/data/pride-and-prejudice.txt"), encoding="utf-8").read()
work = tempfile.mkdtemp()

# --- the tokenizer: byte-level BPE of 320 tokens, learned from a book
learner = ByteLevelBPETokenizer()
learner.train_from_iterator([text], vocab_size=320, special_tokens=[], show_progress=False)
learner.save_model(work)
vocab = json.load(open(os.path.join(work, "vocab.json"), encoding="utf-8"))
if "<|endoftext|>" not in vocab:
    last = max(vocab, key=vocab.get)
    merges = open(os.path.join(work, "merges.txt"), encoding="utf-8").read().rstrip("\n").split("\n")
    vocab["<|endoftext|>"] = vocab.pop(last)  # in place of the last merge
    open(os.path.join(work, "merges.txt"), "w", encoding="utf-8").write("\n".join(merges[:-1]) + "\n")
    json.dump(vocab, open(os.path.join(work, "vocab.json"), "w", encoding="utf-8"), ensure_ascii=False)
tokenizer = GPT2TokenizerFast(os.path.join(work, "vocab.json"), os.path.join(work, "merges.txt"))
tokenizer.save_pretrained(work)

# --- the model: every number drawn, biases and gains too, wide enough for GELU to bend
torch.manual_seed(5)
config = GPT2Config(vocab_size=320, n_positions=32, n_embd=16, n_layer=2, n_head=2,
                    bos_token_id=319, eos_token_id=319)
model = GPT2LMHeadModel(config).eval()
with torch.no_grad():
    for name, weight in model.named_parameters():
        gain = name.endswith("weight") and "ln_" in name
        weight.copy_(torch.randn_like(weight) * 0.35 + (1.0 if gain else 0.0))
model.save_pretrained(work, safe_serialization=True)

round6 = lambda rows: [[round(float(x), 6) for x in row] for row in rows]
ids = [34, 77, 300, 5, 262, 262, 118, 319, 280, 41]
with torch.no_grad():
    logits = model(torch.tensor([ids])).logits[0]

# --- how scores are filtered: the processors in the order in which `generate` runs them
cases = []
for penalty, temperature, top_k, top_p, min_p in [
    (1.3, 1.0, 0, 1.0, 0.0), (1.0, 0.7, 0, 1.0, 0.1), (1.0, 1.5, 5, 1.0, 0.3), (1.0, 1.0, 0, 0.7, 0.2),
    (1.5, 0.9, 8, 0.9, 0.05), (0.8, 1.2, 6, 0.95, 0.15), (2.0, 2.0, 0, 0.5, 0.6),
]:
    scores = [round(float(x), 3) for x in torch.randn(12) * 2.0]
    seen = [1, 3, 3, 7]
    row = torch.tensor([scores], dtype=torch.float64)
    before = torch.tensor([seen])
    if penalty != 1.0: row = lp.RepetitionPenaltyLogitsProcessor(penalty)(before, row)
    if temperature != 1.0: row = lp.TemperatureLogitsWarper(temperature)(before, row)
    if top_k: row = lp.TopKLogitsWarper(top_k)(before, row)
    if top_p < 1.0: row = lp.TopPLogitsWarper(top_p)(before, row)
    if min_p: row = lp.MinPLogitsWarper(min_p)(before, row)
    cases.append(dict(logits=scores, seen=seen, repetition_penalty=penalty, temperature=temperature, top_k=top_k,
                      top_p=top_p, min_p=min_p, probabilities=round6(torch.softmax(row, -1))[0]))

# --- beam search: scores are sums of log-probabilities (no length penalty), no token ends a text
beams = []
for width, steps in [(1, 6), (2, 6), (3, 5), (5, 8)]:
    with torch.no_grad():
        out = model.generate(torch.tensor([ids[:4]]), num_beams=width, num_return_sequences=width, do_sample=False,
                             max_new_tokens=steps, length_penalty=0.0, eos_token_id=None, pad_token_id=0,
                             return_dict_in_generate=True, output_scores=True)
    found = [row[4:].tolist() for row in out.sequences]
    # With one beam the library is greedy and gives no score; it is computed here.
    def score(tokens):
        rows = torch.log_softmax(model(torch.tensor([ids[:4] + tokens])).logits[0], -1)
        return sum(float(rows[3 + n, t]) for n, t in enumerate(tokens))
    with torch.no_grad():
        scores = [round(score(tokens), 6) for tokens in found]
    if width > 1:
        assert max(abs(a - float(b)) for a, b in zip(scores, out.sequences_scores)) < 1e-4
    beams.append(dict(width=width, steps=steps, tokens=found, log_probabilities=scores))

# --- the tokenizer on awkward texts
texts = ["Alice was beginning to get very tired", "I don't know; we'll see, they've 12 cats!", "  two  spaces\n\n\tand tabs ",
         "naïve café – “quotes”", "Straße, Ελληνικά, русский", "日本語のテキスト", "हिन्दी में", "👩‍👩‍👧 family 🇩🇪", "x²=½·Ⅷ ①", "", " ", "\n",
         "he'S it'd 'tis ''", "a\u00a0b\u2003c\u200bd", "e\u0301 ไทย ك͏ت", "<|endoftext|>", "so<|endoftext|>it ends"]
tokens = [dict(text=t, ids=tokenizer(t)["input_ids"]) for t in texts]

json.dump(dict(ids=ids, logits=round6(logits), sampling=cases, beams=beams, tokens=tokens),
          open(os.path.join(here, "golden.json"), "w", encoding="utf-8"), ensure_ascii=False)
shutil.copy(os.path.join(work, "tokenizer.json"), here)
for name in ["model.safetensors", "config.json", "vocab.json", "merges.txt"]:
    shutil.copyfile(os.path.join(work, name), os.path.join(here, "../../../../public/models/random-gpt2", name))
