"""Sentence vectors kept on disk: thousands of training lines are encoded once, and again only those that changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.rasa_ext.encoder import Encoder


class StoredVectors:
    """An `Encoder` that remembers in a file; it forgets what it was not asked for the last time."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._path = folder / f"vectors-{type(encoder).__name__}.npz"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        known = self._load()
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            known.update(zip(missing, self._encoder.encode(missing), strict=True))
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
