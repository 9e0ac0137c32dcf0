"""The same chat in Python: `pip install numpy onnxruntime`, then `python chat.py`, or `python chat.py --check`."""
import json, os, sys, unicodedata
import numpy as np
import onnxruntime

here = os.path.dirname(os.path.abspath(__file__))
read = lambda name: json.load(open(os.path.join(here, name), encoding="utf-8"))
described = read("tokenizer.json")
context, tokenizer = described["context"], described["tokenizer"]
session = onnxruntime.InferenceSession(os.path.join(here, "model.onnx"), providers=["CPUExecutionProvider"])


def kind(c):
    category = unicodedata.category(c)
    if category[0] == "L" or category == "Nl":
        return "letter"
    if category in ("Nd", "No"):
        return "digit"
    return "space" if c.isspace() and c not in "\x1c\x1d\x1e\x1f" else "other"


def words(text):
    """Cuts before every change between letters, digits, white space and the rest; one space joins the word behind it."""
    start = 0
    while start < len(text):
        body, end = kind(text[start]), start + 1
        while end < len(text):
            after = kind(text[end])
            if end == start + 1 and text[start] == " " and after != "space":
                body = after
            elif after != body:
                # A run of spaces leaves its last one to the word behind it.
                if body == "space" and end > start + 1 and text[end - 1] == " ":
                    end -= 1
                break
            end += 1
        yield text[start:end]
        start = end


def encode(text):
    if tokenizer["kind"] == "chars":
        return [tokenizer["chars"].index(c) for c in text if c in tokenizer["chars"]]
    ranks = {tuple(pair): rank for rank, pair in enumerate(tokenizer["merges"])}
    ids = []
    for word in words(text):
        pieces = list(word.encode())
        while True:
            # The earliest learned pair goes first, everywhere in the word.
            rank = min((ranks[pair] for pair in zip(pieces, pieces[1:]) if pair in ranks), default=None)
            if rank is None:
                break
            joined = []
            for piece in pieces:
                if joined and (joined[-1], piece) == tuple(tokenizer["merges"][rank]):
                    joined[-1] = 256 + rank
                else:
                    joined.append(piece)
            pieces = joined
        ids += pieces
    return ids


def decode(ids):
    if tokenizer["kind"] == "chars":
        return "".join(tokenizer["chars"][id] for id in ids)
    spelled = lambda id: bytes([id]) if id < 256 else b"".join(spelled(half) for half in tokenizer["merges"][id - 256])
    return b"".join(map(spelled, ids)).decode(errors="ignore")


def logits(ids):
    """The logits after the last of the ids. The model sees the last `context` of them."""
    return session.run(["logits"], {"input_ids": np.array([ids[-context:]], dtype=np.int64)})[0][0, -1]


def write(ids, count, choose):
    written = []
    for _ in range(count):
        written.append(choose(logits(ids + written)))
    return written


def draw(scores, temperature=0.8, top_k=40, random=np.random.default_rng()):
    order = np.argsort(-scores, kind="stable")[:top_k]
    chances = np.exp((scores[order] - scores[order[0]]) / temperature)
    return int(random.choice(order, p=chances / chances.sum()))


def check():
    parity, wrong = read("parity.json"), 0
    for case in parity["cases"]:
        same = encode(case["prompt"]) == case["ids"]
        off = float(np.abs(logits(case["ids"]) - np.array(case["logits"])).max())
        text = write(case["ids"], len(case["greedy"]), lambda scores: int(scores.argmax())) == case["greedy"]
        passed = same and off < parity["tolerance"] and text
        wrong += not passed
        verdict = "same" if passed else "DIFFERENT"
        print(f"{verdict}: ids {same}, logits off by {off:.7f}, greedy text {text}: {case['prompt'].strip()}")
    print("Everything is as in the browser." if wrong == 0 else f"{wrong} of the checks failed.")
    return wrong


if "--check" in sys.argv:
    sys.exit(1 if check() else 0)
print("Write the beginning of a text; an empty line ends the program.")
for line in iter(lambda: sys.stdin.readline().rstrip("\n"), ""):
    ids = encode(line)
    print(line + decode(write(ids, 120, draw)) if ids else "The model knows none of these characters. Write others.")
