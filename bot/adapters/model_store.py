"""Trained models on disk: `<version>.tar.gz` with `<version>.json`; `active.json` names the active version.

An archive without a `.json` is a model that `rasa train` made. It can serve like any other; it is never deleted here.

Needs neither Rasa nor TensorFlow, so the gateway can use this module.
"""

from __future__ import annotations

import json
import os
import re
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.core.errors import KilatError

KEPT = 5
# In Rasa's metadata of a model that only understands (1) or only acts (2): `rasa.shared.data.TrainingType`.
_HALF = re.compile(rb'"training_type": *[12]\b')


class ModelError(KilatError):
    """A model is missing or unusable; the message says which, and what to do."""


@dataclass(frozen=True)
class Trained:
    """A trained version. Of a model of `rasa train` only name and time are known."""

    version: str  # the UTC time of the training and the start of the fingerprint; of `rasa train`, the archive's name
    fingerprint: str | None  # of all inputs of the training
    trained: str  # the UTC time of the training
    seconds: float | None = None  # the duration of the training
    commit: str | None = None
    encoder: bool | None = None  # True: trained with the sentence encoder
    examples: int | None = None
    intents: int | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)  # by test set (`bot.services.evaluation.Figures.as_json`)

    @property
    def is_by_rasa(self) -> bool:
        """True for a model of `rasa train`."""
        return self.fingerprint is None


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
        found = (self._read(version_of(path)) for path in self.folder.glob("*.tar.gz"))
        return tuple(sorted(found, key=lambda model: (model.trained, model.version), reverse=True))

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
        """Delete all versions but the newest `keep`, the active and the previous one; returns the deleted ones.

        Models of `rasa train` are neither deleted nor counted: who made them by hand has not asked for it, and nothing
        could make them again, for it is not known what they are made of.
        """
        now = self.active()
        safe = {now.version, *now.before[:1]} if now else set()
        ours = [model.version for model in self.all() if not model.is_by_rasa]
        gone = [version for version in ours[keep:] if version not in safe]
        for version in gone:
            self.archive(version).unlink(missing_ok=True)
            self._about(version).unlink(missing_ok=True)
        return tuple(gone)

    def check(self, version: str) -> None:
        """Read the whole archive. Raises `ModelError` when it is damaged, or holds no model that could answer."""
        self.get(version)
        try:
            with tarfile.open(self.archive(version)) as archive:
                found = [member for member in archive.getmembers() if Path(member.name).name == "metadata.json"]
                files = [archive.extractfile(member) for member in found]
                about = b"".join(file.read() for file in files if file)
        except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
            raise ModelError(f"the archive of {version} is damaged ({error}); train anew, or take another") from error
        if not found:
            raise ModelError(f"the archive of {version} holds no model of Rasa")
        if _HALF.search(about):
            raise ModelError(f"{version} is half a model, as of `rasa train nlu`; `kilat train` makes a whole one")

    def _is_there(self, version: str) -> bool:
        return Path(version).name == version and self.archive(version).exists()

    def _about(self, version: str) -> Path:
        return self.folder / f"{version}.json"

    def _read(self, version: str) -> Trained:
        try:
            return Trained(**json.loads(self._about(version).read_text()))
        except FileNotFoundError:
            made = datetime.fromtimestamp(self.archive(version).stat().st_mtime, timezone.utc)
            return Trained(version, None, made.isoformat(timespec="seconds"))

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(content, indent=2) + "\n")
        os.replace(fresh, path)


def version_of(archive: Path) -> str:
    """The version in an archive, by its file name."""
    return archive.name.removesuffix(".tar.gz")
