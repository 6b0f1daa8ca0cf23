"""`kilat shell` with a plain script: in this process, before the bot of all tests. `test_shell.py` starts processes."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from live_bot import LiveBot

from bot.cli import main
from bot.tools.shell import session


def test_a_plain_script(
    live_bot: LiveBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message a line; the transcript goes to standard output, the reasons to standard error."""
    script = tmp_path / "script.txt"
    script.write_text("What is the support number in Japan?\n\nlet me talk to an agent\n")
    monkeypatch.setenv("KILAT_STATE_DIR", str(live_bot.settings.state))
    monkeypatch.setenv("KILAT_IDENTITY_SECRET", live_bot.settings.identity_secret)
    monkeypatch.setattr(session, "action_server", nullcontext)
    monkeypatch.setattr(session, "LocalBot", lambda *_: live_bot.bot)
    monkeypatch.setattr(sys, "argv", ["kilat", "shell", "--script", str(script), "--as",
                                      "premier_plus:admin:enterprise", "--lang", "en", "--debug"])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert not ended.value.code, err
    assert "> What is the support number in Japan?" in out and "120427732" in out
    assert re.search(r"KLC-\d{6}", out) and "Tier 2" in out
    assert "intent phone_number" in err and "country=JP" in err
    assert "nearest lines: " in err
    assert "intent talk_to_human" in err
    assert "route agent_queue_tier2" in err and "Traceback" not in err
