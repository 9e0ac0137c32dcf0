"""Writes what the reference libraries answer for 12,000 strings that both sides make from one seed.

    pip install tiktoken==0.14.0 tokenizers==0.23.1
    python3 make.py package/encoders        # the folder of npm tiktoken 1.0.22

For each vocabulary: a 32-bit hash of the ids of each string. And for three small vocabularies of our own kinds, the same
from the models of `tokenizers`; they stand in own.json.
"""

import base64
import json
import pathlib
import struct
import sys

import tiktoken
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[3]
STRINGS = 12_000
MASK = (1 << 64) - 1


class Random:
    """SplitMix64; the Rust test has the same."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, n):
        return self.next() % n


PIECES = json.loads((HERE / "pieces.json").read_text(encoding="utf-8"))
# First and last code point of each stretch that characters are drawn from.
RANGES = [
    (0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x400, 0x45F), (0x5D0, 0x5EA), (0x620, 0x64A),
    (0x905, 0x939), (0x93E, 0x94D), (0xE01, 0xE3A), (0x1100, 0x1112), (0x1E00, 0x1EFF), (0x2010, 0x203A), (0x2190, 0x21FF),
    (0x2460, 0x249B), (0x3041, 0x3096), (0x30A1, 0x30FA), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0xFF01, 0xFF5E),
    (0x1F300, 0x1F5FF), (0x1F600, 0x1F64F), (0x1D400, 0x1D454), (0x300, 0x36F), (0x9, 0xD), (0x2000, 0x200D),
]
TEXT = (ROOT / "public/data/emma.txt").read_text(encoding="utf-8")


def string(random):
    """A stretch of a novel, pieces of languages and code, or characters from anywhere; or all of it."""
    parts = []
    for _ in range(1 + random.below(6)):
        kind = random.below(4)
        if kind == 0:
            start, length = random.below(len(TEXT) - 100), random.below(60)
            parts.append(TEXT[start : start + length])
        elif kind == 1:
            parts.append(PIECES[random.below(len(PIECES))])
        elif kind == 2:
            low, high = RANGES[random.below(len(RANGES))]
            parts.append("".join(chr(low + random.below(high - low + 1)) for _ in range(1 + random.below(8))))
        else:
            parts.append(" \n\t"[random.below(3)] * (1 + random.below(3)) + str(random.below(10 ** (1 + random.below(9)))))
    return "".join(parts)


def strings():
    random = Random(5)
    return [string(random) for _ in range(STRINGS)]


def fnv(ids):
    value = 0x811C9DC5
    for id in ids:
        for byte in struct.pack("<I", id):
            value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def write(name, all_ids):
    (HERE / f"{name}.hashes").write_bytes(b"".join(struct.pack("<I", fnv(ids)) for ids in all_ids))


def published(encoders, texts):
    for ours, theirs in [("gpt2", "gpt2"), ("cl100k", "cl100k_base"), ("o200k", "o200k_base")]:
        data = json.loads((encoders / f"{theirs}.json").read_text())
        ranks = {}
        for line in filter(None, data["bpe_ranks"].split("\n")):
            _, start, *tokens = line.split(" ")
            ranks.update((base64.b64decode(token), int(start) + i) for i, token in enumerate(tokens))
        reference = tiktoken.Encoding(theirs, pat_str=data["pat_str"], mergeable_ranks=ranks, special_tokens={})
        write(ours, [reference.encode_ordinary(text) for text in texts])
    pieces = (ROOT / "public/data/vocabularies/bert.txt").read_text(encoding="utf-8").splitlines()
    bert = Tokenizer(models.WordPiece({piece: id for id, piece in enumerate(pieces)}, unk_token="[UNK]"))
    bert.normalizer = normalizers.BertNormalizer(True, True, None, True)
    bert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    write("bert", [bert.encode(text).ids for text in texts])


def byte_characters():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = iter(range(0x100, 0x200))
    return [chr(byte) if byte in printable else chr(next(rest)) for byte in range(256)]


def own(texts):
    """Our own small vocabularies, as `cargo run --release -p engine-words --example write_own` left them."""
    models_of = json.loads((HERE / "own.json").read_text(encoding="utf-8"))
    written = byte_characters()
    tokens = list(written)
    for left, right in models_of["merges"]:
        tokens.append(tokens[left] + tokens[right])
    merges = [(tokens[left], tokens[right]) for left, right in models_of["merges"]]
    bpe = Tokenizer(models.BPE({token: id for id, token in enumerate(tokens)}, merges))
    letter, digit = r"\p{Alphabetic}", r"[\p{N}&&\P{Alphabetic}]"
    pattern = rf" ?{letter}+| ?{digit}+| ?[^\s\p{{Alphabetic}}\p{{N}}]+|\s+(?= \S)|\s+"
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    write("own-bpe", [bpe.encode(text).ids for text in texts])

    word_piece = Tokenizer(models.WordPiece({p: i for i, p in enumerate(models_of["word_piece"])}, unk_token="[UNK]"))
    word_piece.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex(r"[^\p{Alphabetic}\p{N}\s]"), "isolated")]
    )
    write("own-word-piece", [word_piece.encode(text).ids for text in texts])

    unigram = Tokenizer(models.Unigram([(piece, score) for piece, score in models_of["unigram"]], unk_id=0))
    unigram.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    unigram.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\s"), "isolated"), pre_tokenizers.Split("▁", "merged_with_next")]
    )
    write("own-unigram", [unigram.encode(text).ids for text in texts])


if __name__ == "__main__":
    all_texts = strings()
    write("strings", [[ord(c) for c in text] for text in all_texts])
    if len(sys.argv) > 1:
        published(pathlib.Path(sys.argv[1]), all_texts)
    if (HERE / "own.json").exists():
        own(all_texts)
    print(len(set(all_texts)), "different strings,", sum(map(len, all_texts)), "characters")
