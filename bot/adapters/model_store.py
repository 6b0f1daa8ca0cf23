"""Trained models on disk: `<version>.tar.gz` with `<version>.json`; `active.json` names the active version.

Needs neither Rasa nor TensorFlow, so the gateway can use this module.
"""

from __future__ import annotations

import json
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.core.errors import KilatError

KEPT = 5


class ModelError(KilatError):
    """A model is missing or unusable; the message says which, and what to do."""


@dataclass(frozen=True)
class Trained:
    """A trained version."""

    version: str  # the UTC time of the training and the start of the fingerprint; sorts by age
    fingerprint: str  # of all inputs of the training
    trained: str  # the time of the training
    seconds: float  # the duration of the training
    commit: str | None
    encoder: bool  # True: trained with the sentence encoder
    examples: int
    intents: int
    figures: Mapping[str, Any] = field(default_factory=dict)  # by test set (`bot.services.evaluation.Figures.as_json`)


@dataclass(frozen=True)
class Active:
    """The choice of the active version."""

    version: str
    tree: str  # the fingerprint of the source tree; the choice holds until the tree changes
    before: tuple[str, ...] = ()  # earlier active versions, the last one first


class Models:
    """The models of a folder. Each change is atomic for readers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._active = folder / "active.json"

    def all(self) -> tuple[Trained, ...]:
        """Every version, the newest first."""
        found = sorted(self.folder.glob("*.tar.gz"), reverse=True)
        return tuple(self._read(version_of(path)) for path in found if self._about(version_of(path)).exists())

    def get(self, version: str) -> Trained:
        """The version. Raises `ModelError` when there is none."""
        if not self._is_there(version):
            known = ", ".join(model.version for model in self.all()) or "none"
            raise ModelError(f"there is no model {version!r} in {self.folder}; there are: {known}")
        return self._read(version)

    def made_of(self, fingerprint: str) -> Trained | None:
        """The newest version with this fingerprint."""
        return next((model for model in self.all() if model.fingerprint == fingerprint), None)

    def archive(self, version: str) -> Path:
        """The path of the version's archive, which Rasa loads."""
        return self.folder / f"{version}.tar.gz"

    def active(self) -> Active | None:
        """The active version, or the one for the next start; `None` before the first training."""
        try:
            kept = json.loads(self._active.read_text())
        except FileNotFoundError:
            return None
        chosen = Active(kept["version"], kept["tree"], tuple(kept["before"]))
        return chosen if self._is_there(chosen.version) else None

    def active_archive(self) -> Path:
        """The path of the active version's archive. Raises `ModelError` when there is none."""
        chosen = self.active()
        if chosen is None:
            raise ModelError(f"there is no trained model in {self.folder}: run `make train`")
        return self.archive(chosen.version)

    def add(self, archive: Path, model: Trained) -> None:
        """Add a version; moves `archive`, which must be on the same file system."""
        self._write(self._about(model.version), asdict(model))
        os.replace(archive, self.archive(model.version))

    def note(self, version: str, figures: Mapping[str, Any]) -> None:
        """Add figures, by test set, to a version."""
        model = self.get(version)
        self._write(self._about(version), asdict(replace(model, figures={**model.figures, **figures})))

    def activate(self, version: str, tree: str) -> None:
        """Make a version active from the next load on; the current one becomes the previous one."""
        self.get(version)
        now = self.active()
        earlier = (now.version, *now.before) if now else ()
        before = [name for name in earlier if name != version and self._is_there(name)]
        self._write(self._active, asdict(Active(version, tree, tuple(before))))

    def hold(self, tree: str) -> None:
        """Keep the active version although the tree has changed to `tree`."""
        if now := self.active():
            self._write(self._active, asdict(replace(now, tree=tree)))

    def previous(self) -> str:
        """The version that was active before. Raises `ModelError` when there is none."""
        now = self.active()
        there = [name for name in now.before if self._is_there(name)] if now else []
        if not there:
            raise ModelError("no other model has served before this one; `kilat model list` shows what there is")
        return there[0]

    def roll_back(self, tree: str) -> str:
        """Make the previous version active; returns it. A second roll-back takes the version before that."""
        version, now = self.previous(), self.active()
        assert now is not None, "it has a previous one"
        left = now.before[now.before.index(version) + 1:]
        self._write(self._active, asdict(Active(version, tree, left)))
        return version

    def prune(self, keep: int = KEPT) -> tuple[str, ...]:
        """Delete all versions but the newest `keep`, the active and the previous one; returns the deleted ones."""
        now = self.active()
        safe = {now.version, *now.before[:1]} if now else set()
        gone = [model.version for model in self.all()[keep:] if model.version not in safe]
        for version in gone:
            self.archive(version).unlink(missing_ok=True)
            self._about(version).unlink(missing_ok=True)
        return tuple(gone)

    def check(self, version: str) -> None:
        """Read the whole archive. Raises `ModelError` when it is damaged."""
        self.get(version)
        try:
            with tarfile.open(self.archive(version)) as archive:
                names = archive.getnames()
        except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
            raise ModelError(f"the archive of {version} is damaged ({error}); train anew, or take another") from error
        if not any(Path(name).name == "metadata.json" for name in names):
            raise ModelError(f"the archive of {version} holds no model of Rasa")

    def _is_there(self, version: str) -> bool:
        return self.archive(version).exists() and self._about(version).exists()

    def _about(self, version: str) -> Path:
        return self.folder / f"{version}.json"

    def _read(self, version: str) -> Trained:
        return Trained(**json.loads(self._about(version).read_text()))

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(content, indent=2) + "\n")
        os.replace(fresh, path)


def version_of(archive: Path) -> str:
    """The version in an archive, by its file name."""
    return archive.name.removesuffix(".tar.gz")
