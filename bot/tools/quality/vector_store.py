"""Caches sentence embeddings on disk: only new and changed training lines are encoded again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Texts to embeddings, float32 [texts, d].
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


class VectorStore:
    """A cache of `encode` in the file `path`; holds the texts of the last call alone."""

    def __init__(self, encode: Encode, path: Path) -> None:
        self._encode = encode
        self._path = path

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeddings, float32 [texts, d]."""
        known = self._load()
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            known.update(zip(missing, self._encode(missing), strict=True))
        vectors = np.stack([known[text] for text in texts])
        if missing:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._path, texts=np.array(texts, dtype=str), vectors=vectors)
        return vectors

    def _load(self) -> dict[str, NDArray[np.float32]]:
        if not self._path.is_file():
            return {}
        with np.load(self._path) as stored:
            return dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))
