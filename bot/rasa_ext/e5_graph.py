"""The transformer of an E5 model as an ONNX graph, in whole numbers: fast, and exact enough on any processor.

Products are of 8-bit inputs and 7-bit weights (8 bits would overflow on processors without VNNI). Inputs share one
scale there, and a few channels of theirs are far larger than the rest; so each channel is divided, and its weights
multiplied, by what makes both equally hard to round (Xiao et al., "SmoothQuant", 2023). How large a channel gets is
seen on random pieces of text, as frequent as the vocabulary says they are. The last product of a layer has inputs too
uneven for that: it is the sum of two, one of the hardest channels and one of the rest, each with a scale of its own.
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
_LARGEST_WEIGHT = 63
# The share of a channel's size that its weights take over.
_TAKEN_OVER = 0.65
# The product whose inputs are the most uneven, the one that makes them, and how many channels go by themselves.
_UNEVEN, _BEFORE, _HARDEST = ("fo",), ("fi",), 512
_SAMPLES, _SAMPLE_TOKENS = 64, 14
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Source:
    """The weights: `width` of a vector, `layers`, `heads`, `inner` width, tensors by name, pieces with their scores."""

    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    tensors: dict[str, bytes]
    pieces: list[tuple[str, float]]

    def floats(self, name: str) -> Floats:
        return np.frombuffer(self.tensors[name], np.float32)

    def quantised(self, name: str) -> tuple[NDArray[np.uint8], Floats]:
        """(values of 4 bits, `[blocks, 32]`, 8 means nought; scales `[blocks]`)."""
        blocks = np.frombuffer(self.tensors[name], _BLOCK)
        return np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1), blocks["scale"].astype(np.float32)

    def dense(self, layer: str, parts: Sequence[str]) -> tuple[Floats, Floats]:
        """(weights `[inputs, outputs]`, biases) of matrices side by side."""
        biases = np.concatenate([self.floats(f"{layer}.{part}.b") for part in parts])
        values, scales = zip(*(self.quantised(f"{layer}.{part}.w") for part in parts), strict=True)
        whole = (np.concatenate(values).astype(np.float32) - 8) * np.concatenate(scales)[:, None]
        return np.ascontiguousarray(whole.reshape(len(biases), -1).T), biases


class _Builder:
    """Collects the nodes and constants of a graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, domain: str = _MICROSOFT,
             **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def words(self, name: str, values: NDArray[np.uint8], shape: tuple[int, int]) -> str:
        """4-bit rows to gather from; two values a byte."""
        packed = (values[:, 0::2] ^ 8) | ((values[:, 1::2] ^ 8) << 4)  # offset by 8 to two's complement
        tensor = TensorProto(name=name, data_type=TensorProto.INT4, dims=shape, raw_data=packed.tobytes())
        self.constants.append(tensor)
        return name


class _Dense(Protocol):
    """`x` times the weights of a layer's parts, side by side, plus their biases."""

    def __call__(self, build: _Builder, x: str, layer: str, *parts: str) -> str: ...


def graph(source: Source) -> onnx.ModelProto:
    """From `input_ids` `[texts, tokens]` (int64) to `last_hidden_state` `[texts, tokens, width]`."""
    largest = _largest(source)

    def evening(layer: str, parts: Sequence[str], weights: Floats) -> Floats:
        of_weights = np.maximum(np.abs(weights).max(axis=1), 1e-5)
        of_inputs = np.maximum(largest[_name(layer, parts)], 1e-3)
        return np.asarray(of_inputs ** _TAKEN_OVER / of_weights ** (1 - _TAKEN_OVER))

    def hardest_first(layer: str) -> NDArray[np.intp]:
        weights, _ = source.dense(layer, _UNEVEN)
        return np.argsort(-largest[_name(layer, _UNEVEN)] / evening(layer, _UNEVEN, weights))

    def rounded(build: _Builder, x: str, layer: str, *parts: str) -> str:
        name, (weights, biases) = _name(layer, parts), source.dense(layer, parts)
        factors = evening(layer, parts, weights)
        weights = weights * factors[:, None]
        if parts == _BEFORE:
            order = hardest_first(layer)
            weights, biases = weights[:, order], biases[order]
        elif parts == _UNEVEN:
            order = hardest_first(layer)
            weights, factors = weights[order], factors[order]
        even = build.node("Mul", [x, build.constant(f"{name}.even", 1 / factors)], f"{name}.evened", "")
        if parts != _UNEVEN:
            return _product(build, even, name, weights, biases)
        sizes = build.constant(f"{name}.sizes", np.array([_HARDEST, len(weights) - _HARDEST]))
        hard, rest = f"{name}.hard", f"{name}.rest"
        build.nodes.append(helper.make_node("Split", [even, sizes], [hard, rest], axis=2))
        return build.node("Add", [_product(build, hard, hard, weights[:_HARDEST], biases),
                                  _product(build, rest, rest, weights[_HARDEST:], np.zeros_like(biases))],
                          f"{name}.sum", "")

    return _graph(source, rounded)


def _product(build: _Builder, x: str, name: str, weights: Floats, biases: Floats) -> str:
    """8 bits by 7."""
    scale = np.abs(weights).max(axis=0) / _LARGEST_WEIGHT
    return build.node("DynamicQuantizeMatMul", [
        x, build.constant(f"{name}.w", np.round(weights / scale).astype(np.int8)),
        build.constant(f"{name}.scale", scale), build.constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
        build.constant(f"{name}.b", biases)], f"{name}.out")


def _name(layer: str, parts: Sequence[str]) -> str:
    return f"{layer}.{''.join(parts)}"


def _largest(source: Source) -> dict[str, Floats]:
    """By matrix, how large each channel of its input gets, `[inputs]`, in exact arithmetic."""
    import onnxruntime

    inputs: dict[str, str] = {}

    def exact(build: _Builder, x: str, layer: str, *parts: str) -> str:
        name, (weights, biases) = _name(layer, parts), source.dense(layer, parts)
        inputs[name] = x
        product = build.node("MatMul", [x, build.constant(f"{name}.w", weights)], f"{name}.product", "")
        return build.node("Add", [product, build.constant(f"{name}.b", biases)], f"{name}.out", "")

    model = _graph(source, exact)
    seen = sorted(set(inputs.values()))
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in seen)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    values = session.run(seen, {"input_ids": _sample(source)})
    largest = {name: np.abs(value).max(axis=(0, 1)) for name, value in zip(seen, values, strict=True)}
    return {name: largest[x] for name, x in inputs.items()}


def _sample(source: Source) -> NDArray[np.int64]:
    """`[texts, tokens]`: pieces drawn by their frequency, between the marks of beginning and end."""
    scores = np.array([score for _, score in source.pieces])
    chances = np.exp(scores - scores[4:].max())
    chances[:4] = 0  # the marks have no frequency
    drawn = np.random.default_rng(0).choice(len(chances), (_SAMPLES, _SAMPLE_TOKENS), p=chances / chances.sum())
    return np.pad(drawn, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 2)))


def _graph(source: Source, dense: _Dense) -> onnx.ModelProto:
    build = _Builder()
    width = source.width
    values, scales = source.quantised("emb.word")
    words = len(values) * BLOCK_SIZE // width
    x = build.node("GatherBlockQuantized",
                   [build.words("word", values, (words, width)), "input_ids",
                    build.constant("word.scale", scales.reshape(words, -1))],
                   "word.out", gather_axis=0, quantize_axis=1, block_size=BLOCK_SIZE)
    places = source.floats("emb.pos").reshape(-1, width) + source.floats("emb.type").reshape(-1, width)[0]
    length = build.node("Slice", [build.node("Shape", ["input_ids"], "shape", ""), build.constant("one", np.array([1])),
                                  build.constant("two", np.array([2]))], "length", "")
    place = build.node("Slice", [build.constant("place", places), build.constant("nought", np.array([0])), length],
                       "place.out", "")
    x = build.node("Add", [x, place], "sum", "")
    x = build.node("LayerNormalization", [x, build.constant("ln.w", source.floats("emb.ln.w")),
                                          build.constant("ln.b", source.floats("emb.ln.b"))], "x", "",
                   epsilon=source.epsilon, axis=-1)
    build.constant("thirds", np.array([width] * 3))
    for layer in range(source.layers):
        x = _layer(source, build, f"l{layer}", x, dense)
    build.node("Identity", [x], "last_hidden_state", "")
    graph = helper.make_graph(
        build.nodes, "e5", [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", width])],
        build.constants)
    opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
    return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


def _layer(source: Source, build: _Builder, name: str, x: str, dense: _Dense) -> str:
    """Attention, then the two dense layers; each followed by the sum with its input and a normalisation."""
    query, key, value = (f"{name}.{part}.out" for part in "qkv")
    together = dense(build, x, name, "q", "k", "v")
    build.nodes.append(helper.make_node("Split", [together, "thirds"], [query, key, value], axis=2))
    seen = build.node("MultiHeadAttention", [query, key, value], f"{name}.seen", num_heads=source.heads)
    x = _add_and_norm(source, build, x, dense(build, seen, name, "ao"), f"{name}.aln")
    wide = build.node("Gelu", [dense(build, x, name, *_BEFORE)], f"{name}.wide")
    return _add_and_norm(source, build, x, dense(build, wide, name, *_UNEVEN), f"{name}.oln")


def _add_and_norm(source: Source, build: _Builder, x: str, y: str, name: str) -> str:
    weight = build.constant(f"{name}.w", source.floats(f"{name}.w"))
    bias = build.constant(f"{name}.b", source.floats(f"{name}.b"))
    return build.node("SkipLayerNormalization", [x, y, weight, bias], f"{name}.out", epsilon=source.epsilon)
