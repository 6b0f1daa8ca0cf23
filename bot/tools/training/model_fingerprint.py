"""Fingerprints what a model is made of, so that training is skipped when nothing changed, and counts the examples."""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.model_store import Models
from bot.adapters.yaml_reader import load
from bot.settings import ROOT, Settings

FILES = ("config.yml", "domain.yml", "uv.lock", "data/languages.yml")
FOLDERS = ("data/nlu", "data/stories", "data/vocabulary", "bot/rasa_ext", "bot/adapters/sentence_encoder")
# Files of those folders that serve a model and are no part of it.
_SERVING = frozenset({
    "rest_channel.py", "gateway_channel.py", "parser.py", "remote_action.py", "hot_swap.py", "tracker_store.py"})


def fingerprint(tree: Path = ROOT) -> str:
    """A digest of the paths and contents of all that goes into a model of `tree`."""
    digest = hashlib.sha256()
    for path in _parts(tree):
        digest.update(str(path.relative_to(tree)).encode() + path.read_bytes())
    return digest.hexdigest()


def is_trained(settings: Settings | None = None) -> bool:
    """True when the active model is made of the present tree."""
    models = Models((settings or Settings.from_environment()).models)
    active = models.active()
    return active is not None and models.get(active.version).fingerprint == fingerprint()


def examples(tree: Path = ROOT) -> dict[str, int]:
    """Intent to its number of examples."""
    blocks = (entry for path in sorted((tree / "data" / "nlu").rglob("*.yml")) for entry in load(path)["nlu"])
    counts: Counter[str] = Counter()
    for block in blocks:
        if intent := block.get("intent"):
            counts[intent] += sum(line.startswith("- ") for line in block["examples"].splitlines())
    return counts


def commit(tree: Path = ROOT) -> str | None:
    """The git commit, with `-dirty` if the tree differs from it; `None` without git."""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() or None


def _parts(tree: Path) -> Iterator[Path]:
    yield from (tree / name for name in FILES)
    for folder in FOLDERS:
        found = sorted((tree / folder).rglob("*"))
        yield from (path for path in found if path.suffix in (".yml", ".py") and path.name not in _SERVING)
