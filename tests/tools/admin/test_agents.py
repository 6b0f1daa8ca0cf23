"""`kilat agents`, as an operator types it."""

from __future__ import annotations

import io
import shutil
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest

from bot.adapters.password_hashing import Passwords
from bot.adapters.sql.agent_sessions import SqlAgentSessions
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.login_attempts import MOST_FAILURES, Source
from bot.adapters.sql.second_factor import SqlSecondFactor, new_secret
from bot.bootstrap import open_agents
from bot.cli import main
from bot.ports import AuditQuery
from bot.serve import _first_agent
from bot.settings import Settings

SECRET = "sepuluh gajah biru"


@pytest.fixture
def kilat(
    migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Runs a command on a database without agents; what it prints, or with what it ends."""
    shutil.copy(migrated_sqlite, tmp_path / "kilat.db")
    monkeypatch.setenv("KILAT_STATE_DIR", str(tmp_path))

    def run(*arguments: str, typed: str = "") -> str:
        monkeypatch.setattr(sys, "argv", ["kilat", "agents", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return f"{told.out}{ended.value.code or ''}".strip() if ended.value.code != 2 else told.err

    return run


@pytest.fixture
def sari(kilat: Any) -> str:
    """Somebody with an account; their login."""
    told = kilat("add", "Sari@Example.com", "--name", " Sari ", "--tier", "1", "--tier", "2", "--tier", "2",
                 "--lang", "id", "--capacity", "5", "--role", "lead", "--password-stdin", typed=f"{SECRET}\n")
    assert told == "Added sari@example.com  Sari  lead  tier 1, 2  id  5 at once  offline"
    return "sari@example.com"


def _opens(tmp_path: Path, login: str, password: str) -> bool:
    engine = open_engine(f"sqlite:///{tmp_path / 'kilat.db'}")
    return SqlAgentSessions(engine, Passwords()).attempt(login, password).account is not None


def test_add_and_list(kilat: Any, sari: str, tmp_path: Path) -> None:
    """With sensible values for what isn't given; the password is what was typed, without the line's end."""
    assert kilat("add", "b@example.com", "--name", "Budi", "--no-password").startswith("Added b@example.com")
    assert kilat("list").splitlines() == [
        "b@example.com  Budi  agent  tier 1  id, en  3 at once  offline",
        "sari@example.com  Sari  lead  tier 1, 2  id  5 at once  offline",
    ]
    assert _opens(tmp_path, sari, SECRET)
    assert not _opens(tmp_path, "b@example.com", "")


def test_no_database_yet(kilat: Any, tmp_path: Path) -> None:
    """The first command makes it."""
    (tmp_path / "kilat.db").unlink()
    assert kilat("list") == ""
    assert kilat("add", "b@example.com", "--name", "Budi", "--no-password").startswith("Added b@example.com")


def test_change(kilat: Any, sari: str, tmp_path: Path) -> None:
    """Only what is given; a new password takes the place of the old."""
    assert "Sari  admin  tier 1, 2  en, id  5 at once" in kilat(
        "change", "SARI@example.com", "--role", "admin", "--lang", "en", "--lang", "id")
    assert kilat("change", sari, "--unlink").startswith("Changed")
    kilat("change", sari, "--password-stdin", typed="another long one\n")
    assert _opens(tmp_path, sari, "another long one")
    assert not _opens(tmp_path, sari, SECRET)


def test_remove_and_restore(kilat: Any, sari: str, tmp_path: Path) -> None:
    """What they wrote stays, so the account does, too; it opens no more."""
    assert f"kilat agents change {sari} --restore" in kilat("remove", sari)
    assert kilat("list").endswith("removed")
    assert not _opens(tmp_path, sari, SECRET)
    assert f"{sari} --restore" in kilat("add", sari, "--name", "Sari")
    kilat("change", sari, "--restore")
    assert _opens(tmp_path, sari, SECRET)


@pytest.mark.parametrize(("arguments", "typed", "told"), [
    (("add", "sari", "--name", "Sari"), "", "no e-mail address"),
    (("add", "a@b", "--name", " "), "", "--name"),
    (("add", "a@b", "--name", "A\x1b[31m"), "", "--name"),
    (("add", "a@b", "--name", "A"), "", "--password-stdin"),
    (("add", "a@b", "--name", "A", "--password-stdin"), "short\n", "12 characters at least"),
    (("add", "a@b", "--name", "A", "--password-stdin"), "", "12 characters at least"),
    (("add", "a@b", "--name", "A", "--password-stdin"), "passwordpassword\n", "Four words"),
    (("add", "sari.w@example.com", "--name", "Sari", "--password-stdin"), "sari.w@example.com1\n", "made of the login"),
    (("add", "wea\u212a@example.com", "--name", "W", "--no-password"), "", "ASCII"),
    (("unlock", "a@b"), "", "no agent a@b"),
    (("add", "a@b", "--name", "A", "--tier", "0"), "", "--tier"),
    (("add", "a@b", "--name", "A", "--capacity", "0"), "", "--capacity"),
    (("add", "a@b", "--name", "A", "--lang", "fr"), "", "none of id, en"),
    (("add", "a@b", "--name", "A", "--role", "boss"), "", "invalid choice"),
    (("add", "a@b"), "", "--name"),
    (("change", "a@b", "--name", "A"), "", "no agent a@b"),
    (("remove", "a@b"), "", "no agent a@b"),
    ((), "", "add|list|change|remove|unlock|totp"),
])
def test_a_slip(kilat: Any, arguments: tuple[str, ...], typed: str, told: str) -> None:
    """Is told in one line, and changes nothing."""
    assert told in kilat(*arguments, typed=typed)
    assert kilat("list") == ""


def test_unlock_and_reset(kilat: Any, sari: str, tmp_path: Path) -> None:
    """An operator's ways to let somebody in again; both stand in the audit log as done from the shell."""
    assert "was not locked" in kilat("unlock", sari)
    engine = open_engine(f"sqlite:///{tmp_path / 'kilat.db'}")
    door = SqlAgentSessions(engine)
    for _ in range(MOST_FAILURES):
        door.attempt(sari, "wrong", Source("192.0.2.1"))
    assert "1 locks ended" in kilat("unlock", sari)
    settings = Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path)})
    account, secret = open_agents(settings).find(sari), new_secret()
    assert account is not None
    second = SqlSecondFactor(engine, settings.internal_secret, door.failed)
    assert second.enable(door.open(account), secret, pyotp.TOTP(secret).now())
    assert kilat("list").endswith("totp")
    assert "password alone" in kilat("totp", "reset", sari)
    assert not kilat("list").endswith("totp")
    told = {(entry.event.action.value, entry.event.actor) for entry in SqlAudit(engine).read(AuditQuery(person=sari))}
    assert {("unlocked", "shell"), ("totp_disabled", "shell")} <= told


def test_another_internal_secret(kilat: Any, sari: str, tmp_path: Path) -> None:
    """The old one is taken away, a new one is made, and phones go on to work; no secret is told."""
    engine = open_engine(f"sqlite:///{tmp_path / 'kilat.db'}")
    door, path, before = SqlAgentSessions(engine), tmp_path / "internal-secret", tmp_path / "before"
    settings = Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path)})
    account, secret = open_agents(settings).find(sari), new_secret()
    assert account is not None
    then = datetime.now(timezone.utc)
    later = then + timedelta(minutes=1)
    second = SqlSecondFactor(engine, settings.internal_secret, door.failed, lambda: then)
    assert second.enable(door.open(account), secret, pyotp.TOTP(secret).at(then))
    path.rename(before)
    told = kilat("totp", "rekey", str(before))
    assert told.startswith("1 second factors are encrypted anew. Restart Kilat now")
    assert path.read_text() not in told and path.read_text() != before.read_text()
    second = SqlSecondFactor(engine, path.read_text(), door.failed, lambda: later)
    assert second.check(account, pyotp.TOTP(secret).at(later), Source("192.0.2.1")).is_right
    for wrong in ("none", "kilat.db"):
        assert "holds no secret" in kilat("totp", "rekey", str(tmp_path / wrong))


def test_nothing_to_change(kilat: Any, sari: str) -> None:
    """Says what could be."""
    assert "--help" in kilat("change", sari)


@pytest.mark.parametrize("again", [SECRET, "something else"])
def test_a_terminal_asks_twice(kilat: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, again: str) -> None:
    """And without showing it; two different ones are none."""
    answers = iter([SECRET, again])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    monkeypatch.setattr("bot.tools.admin.agents.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    kilat("add", "a@example.com", "--name", "A")
    assert _opens(tmp_path, "a@example.com", SECRET) is (again == SECRET)


def test_serve_says_how_to_begin(kilat: Any, tmp_path: Path) -> None:
    """Until there is an agent. There is no password that everybody knows."""
    settings = Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path)})
    assert "make agents ARGS='add " in _first_agent(settings)
    kilat("add", "a@example.com", "--name", "A", "--no-password")
    assert _first_agent(settings) == ""
    assert len(open_agents(settings).all()) == 1


def test_a_wrong_database_is_told(kilat: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the setting's name."""
    monkeypatch.setenv("KILAT_DATABASE_URL", "nothing")
    assert "KILAT_DATABASE_URL" in kilat("list")
