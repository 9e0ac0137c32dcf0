"""Runs the GGUF files that our engine has written in llama.cpp itself (package xllamacpp, 2026.10.11549).

`python llama.py FOLDER` prints a line for each model: its name, the largest difference of the five likeliest tokens'
log-probabilities after a prompt, and the same against a NumPy model with llama.cpp's own GELU. Needs numpy and xllamacpp.
"""
import json, math, os, sys
import numpy as np
import xllamacpp

here = os.path.dirname(os.path.abspath(__file__))
folder = sys.argv[1]
source = open(os.path.join(here, "make.py"), encoding="utf-8").read().split("def model(")[0]
source = source.replace("from safetensors.numpy import save_file", "")
exact, tanh = {"__file__": "make.py"}, {"__file__": "make.py"}
exec(compile(source, "make.py", "exec"), exact)
exec(compile(source, "make.py", "exec"), tanh)
# GPT-2's GELU is the exact one with another function in the place of erf.
tanh["erf"] = lambda z: np.tanh(math.sqrt(2 / math.pi) * (math.sqrt(2) * z + 0.044715 * (math.sqrt(2) * z) ** 3))


def read(path):
    """A safetensors file: eight bytes of length, JSON, numbers."""
    data = open(path, "rb").read()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    described = json.loads(header.pop("__metadata__")["glassbox.model"])
    part = lambda entry: np.frombuffer(data[8 + length :][slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
    return described["config"], {name: part(entry) for name, entry in header.items()}


for name, prompt, ids in [("chars", "gé€ ab", [7, 9, 10, 0, 1, 2]), ("bytes", "the the and", [257, 258, 32, 259, 100])]:
    config, weights = read(os.path.join(here, f"{name}.safetensors"))
    settings = xllamacpp.CommonParams()
    settings.model.path = os.path.join(folder, f"{name}.f32.gguf")
    settings.n_parallel, settings.n_gpu_layers, settings.warmup = 1, 0, False
    server = xllamacpp.Server(settings)
    answer = server.handle_completions({"prompt": prompt, "max_tokens": 1, "temperature": 0.0, "logprobs": 5})
    # llama.cpp cuts the prompt into as many tokens as our tokenizer does.
    assert answer["usage"]["prompt_tokens"] == len(ids), answer["usage"]
    theirs = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    off = []
    for ours in (exact, tanh):
        logits = ours["forward"](config, weights, ids)[-1]
        ours = logits - logits.max() - math.log(np.exp(logits - logits.max()).sum())
        off.append(max(abs(ours[token["id"]] - token["logprob"]) for token in theirs))
    print("=", name, *off)
