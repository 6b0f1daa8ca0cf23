"""`kilat shell --script`: what it checks, prints, writes and exits with; with the real bot in this process."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from live_bot import LiveBot

from bot.cli import main
from bot.settings import ROOT
from bot.tools.sandbox.sandbox import open_sandbox
from bot.tools.shell import start

PREMIER = "premier:admin:business"


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


Shell = Callable[..., Ended]


@pytest.fixture
def shell(
    live_bot: LiveBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Runs `kilat shell` in this process, where the model is loaded already."""
    monkeypatch.setenv("KILAT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("KILAT_IDENTITY_SECRET", live_bot.settings.identity_secret)
    monkeypatch.setattr(start, "open_sandbox", lambda settings, model, is_real: open_sandbox(
        settings, model, is_real=is_real, bot=live_bot.bot))

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["kilat", "shell", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        code = ended.value.code
        return Ended(code, out, err) if isinstance(code, int) else Ended(1, out, f"{err}{code}")

    return run


def _file(folder: Path, turns: str, name: str = "a.yml") -> Path:
    path = folder / name
    path.write_text(f"scenarios:\n- name: one\n  as: {PREMIER}\n  turns:\n{turns}")
    return path


def test_all_is_well(shell: Shell, tmp_path: Path) -> None:
    """A dialogue and one with people, each in a conversation of its own; the transcript is printed."""
    path = _file(tmp_path, "  - user: nomor telepon Jepang?\n    has: ['120427732']\n    lacks: [Rp]\n    lang: id\n")
    ended = shell("--script", path, ROOT / "tests" / "handoff" / "first.yml")
    assert ended.status == 0, ended
    assert "=== one\n\n> nomor telepon Jepang?\nJepang: +81 120427732" in ended.out and "!!" not in ended.out
    assert "\nSari: Sudah saya perbaiki" in ended.out and "\n· Budi sudah bergabung" in ended.out
    assert "went wrong: 0" in ended.out and "intent" not in ended.out


@pytest.mark.parametrize(
    ("expects", "wrong"),
    [
        ("has: ['999']", "it has no '999'; it says 'Jepang: +81 120427732"),
        ("lacks: ['120427732']", "it has '120427732'"), ("lang: en", "lang is 'id', not 'en'"),
        ("route: community", "route is None, not 'community'"), ("visitor sees: ular", "it has no 'ular'"),
        ("agent sees: ular", "the agent does not see 'ular'"),
    ],
)
def test_what_is_wrong_is_told(shell: Shell, tmp_path: Path, expects: str, wrong: str) -> None:
    """With file and line, what was said instead, and exit status 1."""
    path = _file(tmp_path, f"  - user: halo\n  - user: nomor telepon Jepang?\n    {expects}\n  - user: makasih\n")
    ended = shell("--script", path)
    assert ended.status == 1
    assert f"!! {path}:6: > nomor telepon Jepang?: {wrong}" in ended.out, ended.out
    assert "> makasih" not in ended.out and "went wrong: 1" in ended.out


def test_a_step_that_can_not_be_done(shell: Shell, tmp_path: Path) -> None:
    """Told as any other problem; a known gap is none until it is mended."""
    path = _file(tmp_path, "  - agent: take\n- name: two\n  known_gap: later\n  turns:\n  - {user: halo, lang: en}\n")
    ended = shell("--script", path)
    assert ended.status == 1 and f"!! {path}:5: Sari> take: " in ended.out and "went wrong: 1" in ended.out


def test_junit(shell: Shell, tmp_path: Path) -> None:
    """For a CI server."""
    path = _file(tmp_path, "  - user: halo\n    lang: en\n")
    assert shell("--script", path, "--junit", tmp_path / "out.xml").status == 1
    assert ET.parse(tmp_path / "out.xml").getroot().get("failures") == "1"


@pytest.mark.parametrize("place", ["nowhere/out.xml", "."])
def test_junit_where_none_can_be(shell: Shell, tmp_path: Path, place: str) -> None:
    """Refused before anything is played."""
    ended = shell("--script", _file(tmp_path, "  - user: halo\n"), "--junit", tmp_path / place)
    assert ended.status == 2 and "can't be written" in ended.err and not ended.out


def test_update(shell: Shell, tmp_path: Path) -> None:
    """The diff alone on standard output, of all steps; nothing is written."""
    path = _file(tmp_path, "  - user: halo\n    lang: en\n  - user: nomor Jepang?\n    has: ['999']\n")
    before = path.read_text()
    ended = shell("--script", path, "--update")
    assert ended.status == 1 and path.read_text() == before and "=== one" in ended.err
    assert ended.out.startswith("--- a/")
    changed = [line for line in ended.out.splitlines() if line[0] in "+-"][2:]
    assert changed == ["-    lang: en", "+    lang: id", "-    has: ['999']",
                       r"+    has: ['\+81 120427732.*\+81 0053\.132\.0070']"]


def test_a_plain_script(shell: Shell, tmp_path: Path) -> None:
    """One message a line, as --as and --lang say; --debug shows how each answer came about."""
    script = tmp_path / "script.txt"
    script.write_text("# not said\nWhat is the support number in Japan?\n\nlet me talk to an agent\nagent> take\n")
    ended = shell("--script", script, "--as", PREMIER, "--lang", "en", "--debug")
    assert ended.status == 0, ended
    assert "> What is the support number in Japan?" in ended.out and "120427732" in ended.out
    assert "not said" not in ended.out and "Sari has joined" in ended.out
    for told in ("intent phone_number", "country=JP", "nearest lines: ", "route agent_queue_tier2", "KLC-000001"):
        assert told in ended.out


@pytest.mark.parametrize("text", ["scenarios: [", "scenarios:\n- name: a\n  turns:\n  - {usr: halo}\n", "- name: a\n",
                                  "scenarios:\n- name: a\n  truns: []\n"])
def test_a_wrong_file(shell: Shell, tmp_path: Path, text: str) -> None:
    """Told with file and line, before anything is played."""
    path = tmp_path / "a.yml"
    path.write_text(text)
    ended = shell("--script", path)
    assert ended.status == 1 and f"kilat: {path}:" in ended.err and not ended.out


def test_people_in_a_plain_script_over_rest(shell: Shell, tmp_path: Path) -> None:
    """There are none there: a problem of the step, no traceback."""
    script = tmp_path / "x.txt"
    script.write_text("agent> take\n")
    ended = shell("--script", script, "--channel", "rest")
    assert ended.status == 1 and f"{script}:1: Sari> take: there are no agents here" in ended.out


@pytest.mark.parametrize("arguments", [("--junit", "x"), ("--update",)])
def test_options_of_scripts(shell: Shell, arguments: tuple[str, ...]) -> None:
    """They need one."""
    assert "need --script" in shell(*arguments).err


@pytest.mark.parametrize("customer", [
    "gold:admin:pro", "premier", "premier:admin", "premier:admin:pro:maybe", "premier:admin:pro:unlicensed:x", ""])
def test_a_customer_that_there_is_not(shell: Shell, customer: str) -> None:
    """A plain error with the choices, before anything is loaded."""
    told = shell("--as", customer).err
    assert told.startswith("kilat: ") and "PLAN:ROLE:TYPE" in told and "premier_plus" in told


def test_a_language_that_it_does_not_speak(shell: Shell) -> None:
    """The choices are told."""
    assert "'id', 'en'" in shell("--lang", "fr").err


def test_a_script_that_there_is_not(shell: Shell) -> None:
    """A plain error, no traceback."""
    ended = shell("--script", "nowhere.txt")
    assert ended.status == 1 and "nowhere.txt" in ended.err and "Traceback" not in ended.err
