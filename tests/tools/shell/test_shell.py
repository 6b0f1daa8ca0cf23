"""`kilat shell` as a process (`test_plain_script.py`: in this one): scripts, customers, languages, and plain errors."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from live_bot import NO_MODEL

from bot.adapters.model_store import Models
from bot.cli import main
from bot.settings import ROOT, Settings

Shell = Callable[..., "subprocess.CompletedProcess[str]"]
needs_model = pytest.mark.skipif(Models(Settings.from_environment().models).active() is None, reason=NO_MODEL)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs `kilat shell` with arguments and perhaps typed lines."""

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "KILAT_STATE_DIR": str(tmp_path / "state"), "KILAT_DATABASE_URL": ""}
        command = [sys.executable, "-m", "bot.cli", "shell", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, timeout=180
        )

    return run


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs `kilat shell` in this process with arguments that it refuses; with what it ends."""
    monkeypatch.setenv("KILAT_STATE_DIR", str(tmp_path))

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["kilat", "shell", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return f"{ended.value.code}{capsys.readouterr().err}"

    return run


@pytest.mark.long
@needs_model
def test_a_scenario_file(shell: Shell, tmp_path: Path) -> None:
    """Each scenario in a conversation of its own, as its customer; without --debug no reasons."""
    script = tmp_path / "scenarios.yml"
    script.write_text(
        "scenarios:\n"
        "- name: free account\n  as: access:member:basic\n  turns:\n  - user: saya mau bicara dengan agen\n"
        "- name: follow-up\n  turns:\n  - user: nomor telepon Jepang?\n  - user: kalau Prancis?\n"
    )
    done = shell("--script", str(script))
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.split("=== follow-up")
    assert "=== free account" in first and "Community" in first and "KLC-" not in first
    assert "120427732" in second and "94.64.64" in second
    assert "intent " not in done.stderr


@pytest.mark.long
@needs_model
def test_typed_lines(shell: Shell) -> None:
    """Blank lines are passed over, `/quit` ends it; --lang sets the language that it begins in."""
    done = shell("--lang", "en", typed="\nP1?\n/quit\nnot read\n")
    assert done.returncode == 0, done.stderr
    assert "Source:" in done.stdout or "P1" in done.stdout
    assert "not read" not in done.stdout and "Sumber" not in done.stdout


@pytest.mark.long
@needs_model
def test_a_scenario_with_people(shell: Shell, tmp_path: Path) -> None:
    """Both sides are played, each seen by the visitor as they see it; one that goes wrong says where."""
    script = tmp_path / "scenarios.yml"
    script.write_text(
        (ROOT / "tests" / "handoff" / "first.yml").read_text() +
        "\n- name: too early\n  as: premier:admin:business\n  turns:\n  - agent: take\n"
        "- name: too little\n  turns:\n  - user: P1?\n    visitor sees: [jam, ular]\n  - user: makasih\n"
    )
    played = shell("--script", str(script))
    assert played.returncode == 1 and "Traceback" not in played.stderr
    right, wrong = played.stdout.split("=== too early")
    assert "KLC-000001" in right, "a database of its own"
    assert "\nSari: Sudah saya perbaiki" in right and "\n· Budi sudah bergabung" in right and "!!" not in right
    first, second = wrong.split("=== too little")
    assert "!! Sari> take: " in first and "!! > P1?: the visitor does not see 'ular'" in second
    assert "> makasih" not in second


@pytest.mark.long
@needs_model
def test_an_agent_is_typed(shell: Shell, tmp_path: Path) -> None:
    """Their lines have a prefix; what can't be done is told, and the talk goes on; nothing is left behind."""
    typed = ["mau bicara sama agen", "agent> take", "agent> say Halo, Bu", "agent> fly", "budi@agent> say hai", "P1?",
             "agent> give_back", "P1?", "/quit"]
    done = shell("--desk", "--as", "premier:admin:business", typed="\n".join(typed))
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    greeting, queue, take, word, fly, budi, silent, back, answer, *_ = done.stdout.split("\n> ")
    assert "[" in greeting and "KLC-" in queue and "Sari sudah bergabung" in take and "Sari: Halo, Bu" in word
    assert "can't 'fly'" in fly and "!!" in budi and silent.strip() == "" and "Kilat kembali" in back
    assert "1 jam" in answer
    assert not (tmp_path / "state" / "kilat.db").exists()


@pytest.mark.parametrize("customer", [
    "gold:admin:pro", "premier", "premier:admin", "premier:admin:pro:maybe", "premier:admin:pro:unlicensed:x", ""])
def test_a_customer_that_there_is_not(refused: Callable[..., str], customer: str) -> None:
    """A plain error with the choices, before anything is loaded."""
    told = refused("--as", customer)
    assert told.startswith("kilat: ") and "PLAN:ROLE:TYPE" in told and "premier_plus" in told


def test_a_language_that_it_does_not_speak(refused: Callable[..., str]) -> None:
    """The choices are told."""
    assert "'id', 'en'" in refused("--lang", "fr")


@needs_model
def test_a_script_that_there_is_not(shell: Shell) -> None:
    """A plain error, no traceback."""
    done = shell("--script", "nowhere.txt")
    assert done.returncode == 1 and "nowhere.txt" in done.stderr and "Traceback" not in done.stderr
