"""Opens what our engine has written with the libraries of others, and says how far their logits are from `golden.json`.

`python check.py FOLDER` prints a line for each file: its name and the largest difference. Needs numpy, safetensors, gguf,
onnx, onnxruntime and cbor2. Where a file holds no computation, its tensors are put through the NumPy model of `make.py`.
"""
import json, os, sys
import cbor2, gguf, numpy as np, onnx, onnxruntime
from safetensors import safe_open

here = os.path.dirname(os.path.abspath(__file__))
folder = sys.argv[1]
sys.argv = sys.argv[:1]
source = open(os.path.join(here, "make.py"), encoding="utf-8").read().split("def model(")[0]
make = {"__file__": os.path.join(here, "make.py")}
exec(compile(source, "make.py", "exec"), make)
forward, tensors = make["forward"], make["tensors"]


def from_safetensors(path):
    with safe_open(path, framework="numpy") as file:
        config = json.loads(file.metadata()["glassbox.model"])["config"]
        return config, {name: file.get_tensor(name) for name in file.keys()}


def from_burnpack(path):
    """As the crate burn-pack 0.22.1 describes it, with another reader of CBOR."""
    data = open(path, "rb").read()
    assert data[:6] == (0x4255524E).to_bytes(4, "little") + (1).to_bytes(2, "little")
    length = int.from_bytes(data[6:10], "little")
    header = cbor2.loads(data[10 : 10 + length])
    assert header.keys() <= {"tensors", "metadata", "scalars"}
    start = -(-(10 + length) // 256) * 256
    found = {}
    for name, tensor in header["tensors"].items():
        first, last = tensor["data_offsets"]
        assert first % 256 == 0 and start + last <= len(data)
        values = np.frombuffer(data[start + first : start + last], {"F32": np.float32, "F16": np.float16}[tensor["dtype"]])
        found[name] = values.reshape(tensor["shape"])
    return json.loads(header["metadata"]["glassbox.model"])["config"], found


NAMES = {"tok_emb": "token_embd.weight", "pos_emb": "position_embd.weight", "ln_f.gain": "output_norm.weight",
         "ln_f.bias": "output_norm.bias", "head.weight": "output.weight"}
PARTS = {"ln1.gain": "attn_norm.weight", "ln1.bias": "attn_norm.bias", "ln2.gain": "ffn_norm.weight",
         "ln2.bias": "ffn_norm.bias"}
LAYERS = {"attn.qkv": "attn_qkv", "attn.proj": "attn_output", "mlp.up": "ffn_up", "mlp.down": "ffn_down"}


def theirs(ours):
    if ours in NAMES:
        return NAMES[ours]
    _, layer, part = ours.split(".", 2)
    if part in PARTS:
        return f"blk.{layer}.{PARTS[part]}"
    name, last = part.rsplit(".", 1)
    return f"blk.{layer}.{LAYERS[name]}.{last}"


def from_gguf(path):
    file = gguf.GGUFReader(path)
    field = lambda key: file.get_field(key).contents()
    assert field("general.architecture") == "gpt2" and field("tokenizer.ggml.model") == "gpt2"
    known = set(gguf.MODEL_TENSORS[gguf.MODEL_ARCH.GPT2])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GPT2, field("gpt2.block_count"))
    tokens = field("tokenizer.ggml.tokens")
    assert len(tokens) == len(field("tokenizer.ggml.token_type"))
    config = {
        "vocab_size": len(tokens), "d_model": field("gpt2.embedding_length"), "n_layers": field("gpt2.block_count"),
        "n_heads": field("gpt2.attention.head_count"), "context": field("gpt2.context_length"), "tied_head": True,
    }
    assert abs(field("gpt2.attention.layer_norm_epsilon") - 1e-5) < 1e-12
    found = {}
    for tensor in file.tensors:
        # Every name is one that llama.cpp has for a GPT-2.
        base = tensor.name.removesuffix(".weight").removesuffix(".bias")
        assert base in {names.mapping[key][1] for key in names.mapping if names.mapping[key][0] in known}, base
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        found[tensor.name] = values.reshape([int(size) for size in reversed(tensor.shape)])
        if tensor.tensor_type == gguf.GGMLQuantizationType.Q8_0:
            # The same blocks as llama.cpp's package makes of what they say: nothing moves when it is done again.
            again = gguf.quants.quantize(values, tensor.tensor_type)
            assert (gguf.quants.dequantize(again, tensor.tensor_type) == values).all(), tensor.name
    config["tied_head"] = "output.weight" not in found
    weights = {}
    for ours, shape in tensors(config).items():
        values = found.pop(theirs(ours))
        turned = ours.endswith(".weight")
        weights[ours] = (values.T if turned else values).reshape(shape)
    assert not found, found.keys()
    return config, weights


def tokens_of(path):
    """The tokens of a GGUF file as bytes."""
    readable = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b <= 255]
    byte_of = {chr(b): b for b in readable}
    byte_of.update({chr(256 + n): b for n, b in enumerate(b for b in range(256) if b not in readable)})
    texts = gguf.GGUFReader(path).get_field("tokenizer.ggml.tokens").contents()
    return [bytes(byte_of[c] for c in text) for text in texts]


def onnx_logits(path, ids):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    # Where a product of four bits becomes one step there, its inputs are rounded to eight bits unless 32 are asked for.
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.qdq_matmulnbits_accuracy_level", "1")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    both = np.array([ids, ids[::-1]], dtype=np.int64)
    first, _ = session.run(["logits"], {"input_ids": both})[0]
    # The length is free: the first three tokens alone have the same scores as in the whole row.
    short = session.run(["logits"], {"input_ids": both[:1, :3]})[0][0]
    assert np.abs(first[:3] - short).max() < 1e-4
    return first


for case in json.load(open(os.path.join(here, "golden.json"), encoding="utf-8")):
    name, ids, golden = case["name"], case["ids"], np.array(case["logits"])
    tell = lambda file, logits: print("=", file, float(np.abs(np.asarray(logits) - golden).max()))
    for numbers in ["f32", "f16"]:
        file = f"{name}.{numbers}.safetensors"
        tell(file, forward(*from_safetensors(os.path.join(folder, file)), ids))
        file = f"{name}.{numbers}.bpk"
        tell(file, forward(*from_burnpack(os.path.join(folder, file)), ids))
    for numbers in ["f32", "f16", "q8", "q4"]:
        file = f"{name}.{numbers}.gguf"
        tell(file, forward(*from_gguf(os.path.join(folder, file)), ids))
    described = json.loads(safe_open(os.path.join(here, f"{name}.safetensors"), framework="numpy").metadata()["glassbox.model"])
    tokenizer = described["tokenizer"]
    tokens = tokens_of(os.path.join(folder, f"{name}.f32.gguf"))
    if tokenizer["kind"] == "chars":
        assert [token.decode() for token in tokens] == list(tokenizer["chars"])
    else:
        for at, (left, right) in enumerate(tokenizer["merges"]):
            assert tokens[256 + at] == tokens[left] + tokens[right]
    for numbers in ["f32", "f16", "q8", "q4"]:
        file = f"{name}.{numbers}.onnx"
        tell(file, onnx_logits(os.path.join(folder, file), ids))
