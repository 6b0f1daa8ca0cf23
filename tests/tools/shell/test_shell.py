"""`kilat shell` as a process, in a terminal and without one (`test_repl.py`, `test_script.py`: in this one)."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from live_bot import NO_MODEL
from waiting import wait_until

from bot.adapters.model_store import Models
from bot.settings import ROOT, Settings

COMMAND = [sys.executable, "-m", "bot.cli", "shell"]
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(Models(Settings.from_environment().models).active() is None, reason=NO_MODEL)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A state folder of its own."""
    return {**os.environ, "KILAT_STATE_DIR": str(tmp_path / "state"), "KILAT_DATABASE_URL": ""}


def test_piped(environment: dict[str, str], tmp_path: Path) -> None:
    """Lines from a pipe are echoed, without a colour; `:quit` ends it; nothing is left behind."""
    typed = "\nmau bicara sama orang\nagent> take\nagent> fly\nP1?\n:quit\nnot read\n"
    done = subprocess.run([*COMMAND, "--as", "premier:admin:business"], cwd=ROOT, env=environment, input=typed,
                          capture_output=True, text=True, timeout=180)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert "A sandbox" in done.stdout and "KLC-000001" in done.stdout and "Sari sudah bergabung" in done.stdout
    assert "can't 'fly'" in done.stdout and "not read" not in done.stdout and "\x1b" not in done.stdout
    assert not (tmp_path / "state" / "kilat.db").exists()


@pytest.fixture
def terminal(environment: dict[str, str]) -> Iterator[int]:
    """The shell in a terminal; what is written to it is typed."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([*COMMAND, "--lang", "en"], cwd=ROOT, env={**environment, "TERM": "xterm"},
                               stdin=follower, stdout=follower, stderr=follower, start_new_session=True)
    os.close(follower)
    os.set_blocking(leader, False)
    yield leader
    assert process.wait(60) == 0
    os.close(leader)


def test_in_a_terminal(terminal: int) -> None:
    """The prompt comes before the model is loaded; Ctrl-C leaves the form, Ctrl-D the shell."""
    shown = ""

    def sees(pattern: str) -> bool:
        nonlocal shown
        with suppress(BlockingIOError):
            shown += os.read(terminal, 65_536).decode()
        return bool(re.search(pattern, shown, re.S))

    wait_until(lambda: sees("I'm Kilat.*2004h"), lambda: shown)
    os.write(terminal, b"what's the support number in Japan?\r")
    wait_until(lambda: sees("120427732"), lambda: shown)
    os.write(terminal, b"open a ticket\r")
    wait_until(lambda: sees(":form fills it in"), lambda: shown)
    os.write(terminal, b":form\r")
    wait_until(lambda: sees(":form.*subject:"), lambda: shown)
    os.write(terminal, b"\x03")
    wait_until(lambda: sees("nothing was sent"), lambda: shown)
    os.write(terminal, b"\x04")
