"""The folder of models: what serves, what served before, what may be deleted."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.model_store import ModelError, Models, Trained

NEW, OLD, OLDEST = "20261124-161305-cccccccc", "20261123-090000-bbbbbbbb", "20261122-090000-aaaaaaaa"
TREE = "f" * 64


def _trained(version: str) -> Trained:
    return Trained(version, version[-8:] * 8, "2026-11-24T16:13:05+00:00", 61.0, "b4424f9", True, 6722, 55)


def _archive(path: Path) -> Path:
    content = b"{}" * 40_000
    with tarfile.open(path, "w:gz") as archive:
        name = tarfile.TarInfo("metadata.json")
        name.size = len(content)
        archive.addfile(name, io.BytesIO(content))
    return path


def _add(models: Models, folder: Path, *versions: str) -> None:
    for version in versions:
        models.add(_archive(folder / "fresh"), _trained(version))


def _active(models: Models) -> str | None:
    return chosen.version if (chosen := models.active()) else None


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """Three versions, and none that serves."""
    models = Models(tmp_path)
    _add(models, tmp_path, OLD, NEW, OLDEST)
    return models


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Has no models; that is no error until one is needed."""
    models = Models(tmp_path / "none")
    assert models.all() == () and models.active() is None
    with pytest.raises(ModelError, match="make train"):
        models.active_archive()


def test_the_newest_first(models: Models) -> None:
    """With what was noted at their training."""
    assert [model.version for model in models.all()] == [NEW, OLD, OLDEST]
    assert models.get(OLD) == _trained(OLD)
    assert models.made_of(_trained(OLD).fingerprint) == _trained(OLD)
    assert models.made_of(TREE) is None


def test_an_archive_that_is_none_of_ours(models: Models, tmp_path: Path) -> None:
    """Without what is known of it, it is no version."""
    (tmp_path / "kilat.tar.gz").touch()
    assert len(models.all()) == 3
    with pytest.raises(ModelError, match=f"there are: {NEW}, {OLD}"):
        models.get("kilat")


def test_activate_and_roll_back(models: Models) -> None:
    """Back by one at a time, through what really served."""
    for version in (OLDEST, OLD, NEW):
        models.activate(version, TREE)
        assert _active(models) == version
    assert models.roll_back(TREE) == OLD == _active(models)
    assert models.roll_back(TREE) == OLDEST == _active(models)
    with pytest.raises(ModelError, match="no other model"):
        models.roll_back(TREE)
    assert _active(models) == OLDEST


def test_a_roll_back_is_undone_by_activating(models: Models) -> None:
    """And the way back is the same again."""
    for version in (OLD, NEW):
        models.activate(version, TREE)
    models.roll_back(TREE)
    models.activate(NEW, TREE)
    assert models.previous() == OLD


def test_to_activate_twice(models: Models) -> None:
    """Changes nothing: nothing is its own predecessor."""
    for version in (OLD, NEW, NEW):
        models.activate(version, TREE)
    active = models.active()
    assert active and (active.version, active.before) == (NEW, (OLD,))


def test_to_activate_what_is_not_there(models: Models) -> None:
    """Leaves the active one."""
    models.activate(OLD, TREE)
    with pytest.raises(ModelError):
        models.activate("20200101-000000-00000000", TREE)
    active = models.active()
    assert active and active.version == OLD


def test_a_roll_back_passes_over_what_is_deleted(models: Models) -> None:
    """The one before that serves."""
    for version in (OLDEST, OLD, NEW):
        models.activate(version, TREE)
    models.archive(OLD).unlink()
    assert models.roll_back(TREE) == OLDEST


def test_an_active_version_that_is_gone(models: Models) -> None:
    """Counts as none: there is nothing to serve."""
    models.activate(OLD, TREE)
    models.archive(OLD).unlink()
    assert _active(models) is None


def test_hold(models: Models) -> None:
    """The choice is renewed for another tree; the order of versions stays."""
    models.hold(TREE)
    assert models.active() is None
    for version in (OLD, NEW):
        models.activate(version, TREE)
    before = models.active()
    models.hold("e" * 64)
    assert before and models.active() == replace(before, tree="e" * 64)


def test_old_ones_go(models: Models, tmp_path: Path) -> None:
    """But never the active one nor the one before it; nothing is left of the others."""
    more = [f"20261125-{hour:02}0000-dddddddd" for hour in range(4)]
    _add(models, tmp_path, *more)
    models.activate(OLDEST, TREE)
    models.activate(OLD, TREE)
    assert models.prune(keep=4) == (NEW,)
    assert [model.version for model in models.all()] == [*reversed(more), OLD, OLDEST]
    assert not list(tmp_path.glob(f"*{NEW}*"))
    assert models.prune(keep=4) == ()


def test_figures_are_added(models: Models) -> None:
    """A later one of the same set takes the place of the earlier."""
    models.note(OLD, {"unseen": 0.95, "holdout": 0.9})
    models.note(OLD, {"unseen": 0.96})
    assert models.get(OLD).figures == {"unseen": 0.96, "holdout": 0.9}
    assert models.get(NEW).figures == {}


def test_a_damaged_archive(models: Models) -> None:
    """Is found by reading it; so is one that holds no model."""
    models.check(NEW)
    whole = models.archive(NEW).read_bytes()
    models.archive(NEW).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="damaged"):
        models.check(NEW)
    models.archive(NEW).write_bytes(b"no archive")
    with pytest.raises(ModelError, match="damaged"):
        models.check(NEW)
    tarfile.open(models.archive(NEW), "w:gz").close()
    with pytest.raises(ModelError, match="no model"):
        models.check(NEW)


def test_a_reader_never_sees_half(models: Models, tmp_path: Path) -> None:
    """Nothing is written in place: the file that is open stays as it was."""
    models.activate(OLD, TREE)
    with (tmp_path / "active.json").open() as reader:
        models.activate(NEW, TREE)
        assert json.load(reader)["version"] == OLD
    assert not list(tmp_path.glob(".*"))
