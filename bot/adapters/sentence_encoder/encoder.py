"""Runs a sentence encoder: `encode(texts) -> float32 [n, d]`."""

from __future__ import annotations

import logging
import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.adapters.sentence_encoder.folder import encoder_folder

logger = logging.getLogger(__name__)

# The part of a text that is encoded, as the cost grows with its length; questions are shorter in every language. Other
# components still read the rest.
MAX_CHARACTERS, MAX_TOKENS = 300, 128
_BATCH_TOKENS = 512
# SentencePiece's mark at the beginning of a word.
_WORD_START = "\u2581"
# `a` of smooth inverse frequency, where a token weighs a / (a + frequency): Arora et al., "A Simple but Tough-to-Beat
# Baseline for Sentence Embeddings", 2017 (https://openreview.net/forum?id=SyK00v5xx).
_SIF_A = 0.05


class Encoder(Protocol):
    """Turns texts into sentence embeddings."""

    def frequencies(self, texts: Sequence[str]) -> Mapping[int, float]:
        """Token id to the share of `texts` (0 to 1) that have the token."""

    def encode(self, texts: Sequence[str], frequencies: Mapping[int, float] | None = None) -> NDArray[np.float32]:
        """float32 [texts, d], rows of length 1; with `frequencies`, common tokens count less."""

    def is_word(self, word: str) -> bool:
        """True for a word that is one piece of the tokenizer's vocabulary."""


class OnnxEncoder(Encoder):
    """A sentence encoder of the E5 family: the mean of the last hidden states. Texts get none of the family's prefixes
    ("query: ", "passage: "): intents are recognised as well without, at less cost."""

    def __init__(self, folder: Path, threads: int = 0) -> None:
        import onnxruntime
        from sentencepiece import SentencePieceProcessor

        # Load the tokenizer first: the session reuses the memory that this frees.
        self._tokenizer = SentencePieceProcessor(model_file=str(folder / "sentencepiece.bpe.model"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or int(os.environ.get("OMP_NUM_THREADS") or 0)
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, ["CPUExecutionProvider"])
        self._inputs = {one.name for one in self._session.get_inputs()}
        # Hugging Face numbers <s>, <pad>, </s>, <unk> first; SentencePiece <unk>, <s>, </s>.
        self._id_offset = 0 if self._tokenizer.unk_id() == 3 else 1

    def frequencies(self, texts: Sequence[str]) -> dict[int, float]:
        counts = Counter(token for text in texts for token in set(self._tokens(text)))
        return {token: count / len(texts) for token, count in counts.items()}

    def encode(self, texts: Sequence[str], frequencies: Mapping[int, float] | None = None) -> NDArray[np.float32]:
        """See `Encoder`. Reads `MAX_CHARACTERS` and `MAX_TOKENS` of a text at most. Raises `ValueError` without a
        text."""
        tokens = [self._tokens(text) for text in texts]
        by_length = defaultdict(list)
        for number, row in enumerate(tokens):
            by_length[len(row)].append(number)
        vectors: NDArray[np.float32] | None = None
        for length, numbers in by_length.items():
            size = max(1, _BATCH_TOKENS // length)
            for begin in range(0, len(numbers), size):
                batch = numbers[begin:begin + size]
                pooled = self._pooled([tokens[number] for number in batch], frequencies)
                if vectors is None:
                    vectors = np.empty((len(texts), pooled.shape[1]), np.float32)
                vectors[batch] = pooled
        if vectors is None:
            raise ValueError("no texts to encode")
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)

    def is_word(self, word: str) -> bool:
        return bool(self._tokenizer.piece_to_id(f"{_WORD_START}{word}") != self._tokenizer.unk_id())

    def _tokens(self, text: str) -> list[int]:
        pieces = self._tokenizer.encode(" ".join(text[:MAX_CHARACTERS].split()))[:MAX_TOKENS]
        if self._id_offset:
            pieces = [piece + 1 if piece else 3 for piece in pieces]
        return [0, *pieces, 2]

    def _pooled(self, rows: Sequence[Sequence[int]], frequencies: Mapping[int, float] | None) -> NDArray[np.float32]:
        """The weighted means [rows, d] over token ids of texts of one length, so that nothing is padded."""
        tokens = np.array(rows, np.int64)
        given = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        if not frequencies:
            return np.asarray(states.mean(axis=1), np.float32)
        shares = np.array([[frequencies.get(token, 0.0) for token in row] for row in rows], np.float32)
        weights = (_SIF_A / (_SIF_A + shares))[:, :, None]
        return np.asarray((states * weights).sum(axis=1) / weights.sum(axis=1), np.float32)


def open_encoder() -> Encoder | None:
    """The encoder of this machine; `None`, with a logged reason, when there is none or it can't be opened."""
    folder = encoder_folder()
    if folder is None:
        return None
    try:
        return OnnxEncoder(folder)
    except Exception as error:  # the edge: onnxruntime and sentencepiece raise types of their own
        logger.warning("The sentence encoder in %s can't be opened (%s): understanding runs on sparse features alone, "
                       "less sure.", folder, error)
        return None
