"""Writes golden.json: BM25 scores of a small collection, from an implementation that is not ours.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install bm25s==0.2.14 && /tmp/v/bin/python learn/tests/search/golden.py

bm25s (MIT, by Xing Han Lù) knows no weighted fields: a word of a field with weight 3 is written down three times,
which is what the paper means by a weight. Its scores are single precision inside; float64 is asked for.
"""

import json
import random
from pathlib import Path

import bm25s

WEIGHTS = {"title": 5, "names": 4, "place": 2, "body": 1}
WORDS = ["token", "mask", "query", "key", "value", "softmax", "logit", "gradient", "matmul", "kernel", "loss",
         "entropy", "vector", "cache", "norm"]

random.seed(4)
some = lambda low, high: " ".join(random.choice(WORDS) for _ in range(random.randint(low, high)))
entries = [{"title": some(1, 3), "names": [some(1, 2) for _ in range(random.randint(0, 2))], "place": some(0, 2),
            "body": some(0, 60)} for _ in range(40)]
entries.append({"title": "softmax", "names": [], "place": "", "body": ""})
queries = WORDS + ["query key", "loss loss entropy", "absent", "absent mask", "cache norm vector token"]


def repeated(entry):
    words = []
    for field, weight in WEIGHTS.items():
        text = " ".join(entry[field]) if field == "names" else entry[field]
        words += text.split() * weight
    return words


model = bm25s.BM25(method="lucene", k1=1.2, b=0.75, dtype="float64")
model.index([repeated(entry) for entry in entries], show_progress=False)
scores = [[float(score) for score in model.get_scores([word for word in query.split() if word in WORDS])]
          if any(word in WORDS for word in query.split()) else [0.0] * len(entries) for query in queries]
target = Path(__file__).with_name("golden.json")
golden = {"entries": entries, "queries": queries, "scores": [[round(score, 9) for score in row] for row in scores]}
target.write_text(json.dumps(golden) + "\n")
print(f"{len(queries)} queries over {len(entries)} entries in {target}")
