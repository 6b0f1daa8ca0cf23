"""The transformer of an E5 model as an ONNX graph in 8-bit arithmetic: fast, and exact enough on any processor.

Products are of 8-bit activations and 7-bit weights (8 bits would overflow on processors without VNNI). Activations
share one scale, and a few of their channels, the outliers, are far larger than the rest. So each channel is divided by
a smoothing scale, and its weights are multiplied by it: SmoothQuant (Xiao et al., 2023,
https://arxiv.org/abs/2211.10438). Activations are calibrated on random tokens, drawn by the frequencies that the
vocabulary states. The output product of a layer's feed-forward network has outliers too large for that: it is the sum
of two products, one of the outlier channels and one of the rest, each with a scale of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

BLOCK_SIZE = 32
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK_SIZE // 2)])
_MICROSOFT = "com.microsoft"
_OPSETS = {"": 17, _MICROSOFT: 1}
_IR_VERSION = 9
_MAX_WEIGHT = 63
# The paper's migration strength: the share of the difficulty that moves from activations to weights.
SMOOTHQUANT_ALPHA = 0.65
# The two products of a layer's feed-forward network, by the names of their weights, and the number of outlier channels
# of the second, which have a product of their own.
FFN_INPUT, FFN_OUTPUT, _OUTLIERS = ("fi",), ("fo",), 512
_SAMPLES, _SAMPLE_TOKENS = 64, 14
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """The content of the package's file of weights."""

    width: int  # of a hidden state
    layers: int
    heads: int
    inner: int  # width of the feed-forward network
    epsilon: float  # of layer normalisation
    tensors: dict[str, bytes]  # by name
    pieces: list[tuple[str, float]]  # the tokenizer's pieces with their log probabilities

    def floats(self, name: str) -> Floats:
        """A tensor that is not quantised, float32, flat."""
        return np.frombuffer(self.tensors[name], np.float32)

    def quantised(self, name: str) -> tuple[NDArray[np.uint8], Floats]:
        """(4-bit values [blocks, 32], where 8 is zero; scales [blocks])."""
        blocks = np.frombuffer(self.tensors[name], _BLOCK)
        return np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1), blocks["scale"].astype(np.float32)

    def dense(self, layer: str, parts: Sequence[str]) -> tuple[Floats, Floats]:
        """(weights [inputs, outputs], biases [outputs]) of the matrices `parts`, side by side."""
        biases = np.concatenate([self.floats(f"{layer}.{part}.b") for part in parts])
        values, scales = zip(*(self.quantised(f"{layer}.{part}.w") for part in parts), strict=True)
        whole = (np.concatenate(values).astype(np.float32) - 8) * np.concatenate(scales)[:, None]
        return np.ascontiguousarray(whole.reshape(len(biases), -1).T), biases


class _Builder:
    """Collects the nodes and constants of a graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, domain: str = _MICROSOFT, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def int4_rows(self, name: str, values: NDArray[np.uint8], shape: tuple[int, int]) -> str:
        """A 4-bit matrix to gather rows from; two values a byte."""
        packed = (values[:, 0::2] ^ 8) | ((values[:, 1::2] ^ 8) << 4)  # offset by 8 to two's complement
        tensor = TensorProto(name=name, data_type=TensorProto.INT4, dims=shape, raw_data=packed.tobytes())
        self.constants.append(tensor)
        return name


class _Dense(Protocol):
    """`x` times the weights of a layer's parts, side by side, plus their biases."""

    def __call__(self, build: _Builder, x: str, layer: str, *parts: str) -> str: ...


def build_graph(weights: Weights) -> onnx.ModelProto:
    """From `input_ids` [texts, tokens] (int64) to `last_hidden_state` [texts, tokens, width] (float32)."""
    activation_absmax = _activation_absmax(weights)

    def smoothing_scale(layer: str, parts: Sequence[str], matrix: Floats) -> Floats:
        """The factor of each channel [inputs] that divides its activations and multiplies its weights."""
        weight_absmax = np.maximum(np.abs(matrix).max(axis=1), 1e-5)
        absmax = np.maximum(activation_absmax[_name(layer, parts)], 1e-3)
        return np.asarray(absmax ** SMOOTHQUANT_ALPHA / weight_absmax ** (1 - SMOOTHQUANT_ALPHA))

    def outliers_first(layer: str) -> NDArray[np.intp]:
        """The channels of the feed-forward network's output product, the largest smoothed activation first."""
        matrix, _ = weights.dense(layer, FFN_OUTPUT)
        return np.argsort(-activation_absmax[_name(layer, FFN_OUTPUT)] / smoothing_scale(layer, FFN_OUTPUT, matrix))

    def quantised(build: _Builder, x: str, layer: str, *parts: str) -> str:
        name, (matrix, biases) = _name(layer, parts), weights.dense(layer, parts)
        scale = smoothing_scale(layer, parts, matrix)
        matrix = matrix * scale[:, None]
        if parts == FFN_INPUT:  # orders its outputs as FFN_OUTPUT splits them
            order = outliers_first(layer)
            matrix, biases = matrix[:, order], biases[order]
        elif parts == FFN_OUTPUT:
            order = outliers_first(layer)
            matrix, scale = matrix[order], scale[order]
        smooth = build.node("Mul", [x, build.constant(f"{name}.inverse_scale", 1 / scale)], f"{name}.smoothed", "")
        if parts != FFN_OUTPUT:
            return _quantised_product(build, smooth, name, matrix, biases)
        sizes = build.constant(f"{name}.sizes", np.array([_OUTLIERS, len(matrix) - _OUTLIERS]))
        outliers, rest = f"{name}.outliers", f"{name}.rest"
        build.nodes.append(helper.make_node("Split", [smooth, sizes], [outliers, rest], axis=2))
        return build.node(
            "Add", [_quantised_product(build, outliers, outliers, matrix[:_OUTLIERS], biases),
                    _quantised_product(build, rest, rest, matrix[_OUTLIERS:], np.zeros_like(biases))],
            f"{name}.sum", "")

    return _graph(weights, quantised)


def _quantised_product(build: _Builder, x: str, name: str, matrix: Floats, biases: Floats) -> str:
    """8-bit activations times 7-bit weights, one scale an output."""
    scale = np.abs(matrix).max(axis=0) / _MAX_WEIGHT
    return build.node("DynamicQuantizeMatMul", [
        x, build.constant(f"{name}.w", np.round(matrix / scale).astype(np.int8)),
        build.constant(f"{name}.scale", scale), build.constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
        build.constant(f"{name}.b", biases)], f"{name}.out")


def _name(layer: str, parts: Sequence[str]) -> str:
    return f"{layer}.{''.join(parts)}"


def _activation_absmax(weights: Weights) -> dict[str, Floats]:
    """By product, the largest absolute activation of each channel [inputs] on the sample, in float32 arithmetic."""
    import onnxruntime

    inputs: dict[str, str] = {}

    def exact(build: _Builder, x: str, layer: str, *parts: str) -> str:
        name, (matrix, biases) = _name(layer, parts), weights.dense(layer, parts)
        inputs[name] = x
        product = build.node("MatMul", [x, build.constant(f"{name}.w", matrix)], f"{name}.product", "")
        return build.node("Add", [product, build.constant(f"{name}.b", biases)], f"{name}.out", "")

    model = _graph(weights, exact)
    outputs = sorted(set(inputs.values()))
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    values = session.run(outputs, {"input_ids": _sample(weights)})
    absmax = {name: np.abs(value).max(axis=(0, 1)) for name, value in zip(outputs, values, strict=True)}
    return {name: absmax[x] for name, x in inputs.items()}


def _sample(weights: Weights) -> NDArray[np.int64]:
    """int64 [texts, tokens]: pieces drawn by their probability, between the marks of beginning and end."""
    scores = np.array([score for _, score in weights.pieces])
    chances = np.exp(scores - scores[4:].max())
    chances[:4] = 0  # special tokens have no probability
    drawn = np.random.default_rng(0).choice(len(chances), (_SAMPLES, _SAMPLE_TOKENS), p=chances / chances.sum())
    return np.pad(drawn, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 2)))


def _graph(weights: Weights, dense: _Dense) -> onnx.ModelProto:
    """The whole model; `dense` makes its products."""
    build = _Builder()
    width = weights.width
    values, scales = weights.quantised("emb.word")
    words = len(values) * BLOCK_SIZE // width
    x = build.node("GatherBlockQuantized",
                   [build.int4_rows("word", values, (words, width)), "input_ids",
                    build.constant("word.scale", scales.reshape(words, -1))],
                   "word.out", gather_axis=0, quantize_axis=1, block_size=BLOCK_SIZE)
    positions = weights.floats("emb.pos").reshape(-1, width) + weights.floats("emb.type").reshape(-1, width)[0]
    length = build.node("Slice", [build.node("Shape", ["input_ids"], "shape", ""), build.constant("one", np.array([1])),
                                  build.constant("two", np.array([2]))], "length", "")
    position = build.node("Slice", [build.constant("position", positions), build.constant("zero", np.array([0])),
                                    length], "position.out", "")
    x = build.node("Add", [x, position], "sum", "")
    x = build.node("LayerNormalization", [x, build.constant("ln.w", weights.floats("emb.ln.w")),
                                          build.constant("ln.b", weights.floats("emb.ln.b"))], "x", "",
                   epsilon=weights.epsilon, axis=-1)
    build.constant("thirds", np.array([width] * 3))
    for layer in range(weights.layers):
        x = _layer(weights, build, f"l{layer}", x, dense)
    build.node("Identity", [x], "last_hidden_state", "")
    graph = helper.make_graph(
        build.nodes, "e5", [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", width])],
        build.constants)
    opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
    return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


def _layer(weights: Weights, build: _Builder, name: str, x: str, dense: _Dense) -> str:
    """Attention, then the feed-forward network; each is followed by the sum with its input and a normalisation."""
    query, key, value = (f"{name}.{part}.out" for part in "qkv")
    qkv = dense(build, x, name, "q", "k", "v")
    build.nodes.append(helper.make_node("Split", [qkv, "thirds"], [query, key, value], axis=2))
    attended = build.node("MultiHeadAttention", [query, key, value], f"{name}.attended", num_heads=weights.heads)
    x = _add_and_norm(weights, build, x, dense(build, attended, name, "ao"), f"{name}.aln")
    activated = build.node("Gelu", [dense(build, x, name, *FFN_INPUT)], f"{name}.activated")
    return _add_and_norm(weights, build, x, dense(build, activated, name, *FFN_OUTPUT), f"{name}.oln")


def _add_and_norm(weights: Weights, build: _Builder, x: str, y: str, name: str) -> str:
    """Layer normalisation of x + y."""
    gain = build.constant(f"{name}.w", weights.floats(f"{name}.w"))
    bias = build.constant(f"{name}.b", weights.floats(f"{name}.b"))
    return build.node("SkipLayerNormalization", [x, y, gain, bias], f"{name}.out", epsilon=weights.epsilon)
