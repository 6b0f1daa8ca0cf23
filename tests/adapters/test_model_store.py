"""The folder of models: what serves, what served before, what may be deleted."""

from __future__ import annotations

import io
import json
import os
import tarfile
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.adapters.model_store import ModelError, Models, Trained

NEW, OLD, OLDEST = "20261124-161305-cccccccc", "20261123-090000-bbbbbbbb", "20261122-090000-aaaaaaaa"
BY_RASA = "my-own"
TREE = "f" * 64


def _trained(version: str) -> Trained:
    return Trained(version, version[-8:] * 8, "2026-11-24T16:13:05+00:00", 61.0, "b4424f9", True, 6722, 55)


def _archive(path: Path, content: bytes = b"{}" * 40_000) -> Path:
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


@pytest.fixture
def by_rasa(models: Models, tmp_path: Path) -> str:
    """The name of a model that `rasa train` has made after `OLD` and before `NEW`, which names sort otherwise."""
    _archive(tmp_path / f"{BY_RASA}.tar.gz")
    os.utime(tmp_path / f"{BY_RASA}.tar.gz", (datetime(2026, 11, 24, 9, tzinfo=timezone.utc).timestamp(),) * 2)
    for version, trained in ((NEW, "2026-11-24T16:13:05+00:00"), (OLD, "2026-11-23T09:00:00+00:00"),
                             (OLDEST, "2026-11-22T09:00:00+00:00")):
        about = tmp_path / f"{version}.json"
        about.write_text(json.dumps({**json.loads(about.read_text()), "trained": trained}))
    return BY_RASA


def test_a_model_of_rasa_train(models: Models, by_rasa: str) -> None:
    """Stands in its place by its time; name and time are all that is known. It serves like any other."""
    assert [model.version for model in models.all()] == [NEW, by_rasa, OLD, OLDEST]
    assert models.get(by_rasa) == Trained(by_rasa, None, "2026-11-24T09:00:00+00:00")
    models.check(by_rasa)
    for version in (OLD, by_rasa, NEW):
        models.activate(version, TREE)
    assert models.roll_back(TREE) == by_rasa == _active(models)


def test_figures_of_a_model_of_rasa_train(models: Models, by_rasa: str) -> None:
    """Can be noted; whose model it is, stays known."""
    models.note(by_rasa, {"unseen": 0.95})
    assert models.get(by_rasa).figures == {"unseen": 0.95} and models.get(by_rasa).is_by_rasa


def test_a_model_of_rasa_train_does_not_go(models: Models, by_rasa: str) -> None:
    """Nor does it push out another: five of ours are kept beside it."""
    assert models.prune(keep=2) == (OLDEST,)
    assert models.prune(keep=0) == (NEW, OLD)
    assert [model.version for model in models.all()] == [by_rasa]


def test_a_half_model(models: Models, tmp_path: Path) -> None:
    """`rasa train nlu` makes one; it could answer nobody."""
    _archive(tmp_path / "nlu-x.tar.gz", b'{"domain": {}, "training_type": 1, "language": "id"}')
    with pytest.raises(ModelError, match="half a model"):
        models.check("nlu-x")
    _archive(tmp_path / "whole.tar.gz", b'{"domain": {}, "training_type": 3, "language": "id"}')
    models.check("whole")


def test_a_version_is_a_name(models: Models, tmp_path: Path) -> None:
    """No path to an archive elsewhere."""
    _archive(tmp_path / "elsewhere.tar.gz")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ModelError, match="there is no model"):
        Models(tmp_path).get("folder/../elsewhere")


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
