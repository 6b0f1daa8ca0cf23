"""The state folder is its owner's alone, whatever it holds, and a start says what to do when it is not."""

from __future__ import annotations

import ctypes
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.settings import ROOT, Settings
from bot.settings import state_folder as module
from bot.settings.state_folder import check_state

NOBODY = 65534
# Of Linux: see prctl(2), capabilities(7).
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _kilat(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`kilat` with a careless umask, and without root's way past permissions."""
    def prepare() -> None:
        os.umask(0)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)

    environment = {name: value for name, value in os.environ.items() if not name.startswith("KILAT_")} | environ
    return subprocess.run([sys.executable, "-m", "bot.cli", *arguments], cwd=ROOT, env=environment, text=True,
                          capture_output=True, preexec_fn=prepare)


def test_what_kilat_makes(tmp_path: Path) -> None:
    """Folder and files: none of it is for others, though the shell's umask would let everybody in."""
    state = tmp_path / "deep" / "state"
    done = _kilat("seed", KILAT_STATE_DIR=str(state))
    assert done.returncode == 0, done.stderr
    assert _mode(state) == 0o700
    assert {path.name for path in state.iterdir()} >= {"kilat.db", "identity-secret", "internal-secret"}
    assert {path.name: oct(_mode(path)) for path in state.iterdir() if _mode(path) != 0o600} == {}


def _open_folder(folder: Path, mode: int) -> Path:
    """A state folder of this mode, with a database for everybody to read."""
    state = folder / "state"
    state.mkdir()
    (state / "kilat.db").touch()
    (state / "kilat.db").chmod(0o644)
    state.chmod(mode)
    return state


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o704, 0o770, 0o777, 0o711])
def test_a_folder_that_others_can_read(settings: Settings, tmp_path: Path, mode: int) -> None:
    """Refused, with the line to type; what it types helps."""
    state = _open_folder(tmp_path, mode)
    with pytest.raises(ConfigurationError) as refused:
        check_state(replace(settings, state=state))
    assert f"chmod -R go= {state}" in str(refused.value) and "KILAT_STATE_DIR" in str(refused.value)
    subprocess.run(str(refused.value).rpartition("Type: ")[2], shell=True, check=True)
    assert (_mode(state), _mode(state / "kilat.db")) == (0o700, 0o600)
    check_state(replace(settings, state=state))


def test_commands_refuse_it(tmp_path: Path) -> None:
    """In one line, and go on once it was typed."""
    state = _open_folder(tmp_path, 0o755)
    done = _kilat("serve", KILAT_STATE_DIR=str(state))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (78, "", 1)
    assert f"chmod -R go= {state}" in done.stderr and "KILAT_STATE_DIR" in done.stderr
    subprocess.run(done.stderr.rpartition("Type: ")[2], shell=True, check=True)
    assert (_mode(state), _mode(state / "kilat.db")) == (0o700, 0o600)
    assert _kilat("token", "premier:admin:business", KILAT_STATE_DIR=str(state)).returncode == 0


def test_the_folder_of_a_checkout(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                  capsys: pytest.CaptureFixture[str]) -> None:
    """An older version made `var` for everybody to read: it is closed, with all that is in it, and one line says so."""
    monkeypatch.setattr(module, "ROOT", tmp_path)
    state, elsewhere = tmp_path / "var", tmp_path / "elsewhere"
    (state / "files" / "c_1").mkdir(parents=True)
    elsewhere.touch()
    elsewhere.chmod(0o644)
    for name in ("kilat.db", "files/c_1/f_1"):
        (state / name).touch(0o644)
    (state / "link").symlink_to(elsewhere)
    for path in (state, state / "files", state / "files" / "c_1"):
        path.chmod(0o755)
    check_state(replace(settings, state=state))
    assert [oct(_mode(path)) for path in (state, *sorted(state.rglob("*")))] == [
        "0o700", "0o700", "0o700", "0o600", "0o600", "0o644"]
    assert capsys.readouterr().err.count("\n") == 1
    check_state(replace(settings, state=state))
    assert capsys.readouterr().err == ""


def _somebody_elses(state: Path) -> None:
    state.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(state, NOBODY, NOBODY)
    else:
        state.chmod(0)


@pytest.mark.parametrize("prepare", [
    pytest.param(lambda state: state.mkdir(mode=0o500), id="read-only"),
    pytest.param(_somebody_elses, id="somebody else's"),
    pytest.param(lambda state: state.parent.chmod(0o500), id="can't be made"),
    pytest.param(lambda state: state.touch(), id="a file")])
def test_a_folder_that_can_not_be_written(tmp_path: Path, prepare: Callable[[Path], object]) -> None:
    """One line that names the setting; no traceback."""
    state = tmp_path / "parent" / "state"
    state.parent.mkdir()
    prepare(state)
    done = _kilat("gateway", KILAT_STATE_DIR=str(state))
    state.parent.chmod(0o700)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (78, "", 1), done.stderr
    assert f"KILAT_STATE_DIR: {state}" in done.stderr and "can't be" in done.stderr


def test_a_database_outside_of_the_folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no less private; in a closed folder it may have any mode."""
    database = tmp_path / "kilat.db"
    database.touch(0o644)
    elsewhere = replace(settings, state=tmp_path / "state", database_url=f"sqlite:///{database}")
    check_state(elsewhere)
    monkeypatch.setattr(module, "_mode", lambda path: 0o644 if path == database else 0o755 if path in database.parents
                        else 0o700)
    with pytest.raises(ConfigurationError, match=f"KILAT_DATABASE_URL.*chmod go= {database}"):
        check_state(elsewhere)


def test_a_folder_of_somebody_else(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its owner reads whatever it holds, and root may be the one who runs Kilat."""
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "state")
    check_state(replace(settings, state=tmp_path / "state"))
    monkeypatch.setattr(module.os, "geteuid", lambda: os.getuid() + 1)
    for name in ("state", "link"):
        with pytest.raises(ConfigurationError, match=r"KILAT_STATE_DIR.*another user.*chown -R"):
            check_state(replace(settings, state=tmp_path / name))


@pytest.mark.parametrize("name", ["m.tar.gz", "old/m.tar.gz"])
def test_a_model_that_everybody_can_change(settings: Settings, tmp_path: Path, name: str) -> None:
    """In a folder that nobody else can write in, too."""
    models = tmp_path / "models"
    (models / "old").mkdir(parents=True)
    (models / name).touch()
    (models / "active.tar.gz").symlink_to(models / name)
    check_state(replace(settings, models=models))
    (models / name).chmod(0o666)
    with pytest.raises(ConfigurationError, match=r"KILAT_MODELS_DIR.*chmod -R o-w"):
        check_state(replace(settings, models=models))


def test_models_that_everybody_can_change(settings: Settings, tmp_path: Path) -> None:
    """A model is code that Rasa runs."""
    models = tmp_path / "models"
    models.mkdir()
    models.chmod(0o777)
    with pytest.raises(ConfigurationError, match=f"KILAT_MODELS_DIR.*chmod -R o-w {models}"):
        check_state(replace(settings, models=models))
