"""Writes what BERT's uncased tokenizer does with each character, asked of Hugging Face's own program one by one.

    pip install tokenizers==0.23.3
    python3 xtask/data/make_bert_characters.py

engine/core/src/subwords/bert/characters.bin: numbers of seven bits to a byte, the last of each without the highest bit.
Five lists of stretches (removed, white space, punctuation, ideographs, accents), each as its length and then for every
stretch how far it is from the end of the one before and how long it is; then the characters that are taken apart: how
far each is from the one before, how many characters it becomes, and these.
"""

import pathlib

from tokenizers import normalizers, pre_tokenizers

TO = pathlib.Path(__file__).resolve().parents[2] / "engine/core/src/subwords/bert/characters.bin"
HANGUL = range(0xAC00, 0xD7A4)

clean = normalizers.BertNormalizer(True, False, False, False)
ideographs = normalizers.BertNormalizer(False, True, False, False)
strip = normalizers.BertNormalizer(False, False, True, False)
cut = pre_tokenizers.BertPreTokenizer()


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def stretches(codes):
    found = []
    for code in sorted(codes):
        if found and found[-1][1] == code:
            found[-1][1] = code + 1
        else:
            found.append([code, code + 1])
    out, end = varint(len(found)), 0
    for start, stop in found:
        out += varint(start - end) + varint(stop - start)
        end = stop
    return out


removed, spaces, marks, ideographic, accents, apart = set(), set(), set(), set(), set(), {}
for code in range(0x110000):
    if 0xD800 <= code < 0xE000:
        continue
    character = chr(code)
    cleaned = clean.normalize_str(character)
    if cleaned == "":
        removed.add(code)
        continue
    if cleaned == " ":
        spaces.add(code)
        continue
    assert cleaned == character
    if ideographs.normalize_str(character) != character:
        ideographic.add(code)
    if len(cut.pre_tokenize_str(f"a{character}a")) == 3:
        marks.add(code)
    stripped = strip.normalize_str(character)
    if stripped == "":
        accents.add(code)
    # Korean syllables are taken apart by arithmetic.
    elif stripped != character and code not in HANGUL:
        apart[code] = stripped

data = b"".join(stretches(codes) for codes in (removed, spaces, marks, ideographic, accents))
data += varint(len(apart))
before = 0
for code, becomes in sorted(apart.items()):
    data += varint(code - before) + varint(len(becomes)) + b"".join(varint(ord(c)) for c in becomes)
    before = code
TO.parent.mkdir(exist_ok=True)
TO.write_bytes(data)
print(len(data), "bytes,", len(apart), "characters taken apart")
