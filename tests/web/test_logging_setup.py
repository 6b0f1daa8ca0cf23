"""Logs help an operator and an integrator, and hold nothing of what people wrote, nor a secret.

`conftest.log` looks into the logs of every test of this folder; here are those in which much is logged.
"""

from __future__ import annotations

import io
import logging
import time
from typing import Any

import jwt
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from web_client import SECRETS, Client, FakeBot, Plain

from bot.adapters.logging_setup import LINE, LONGEST_LINE, Masked, MaskedJson
from bot.adapters.sql.engine import open_engine
from bot.live.gateway import Gateway
from bot.settings import Settings

PERSONAL = "saya Ada, ada@example.com, +62 812 3456 7890, kartu 4111 1111 1111 1111, host key 123456"
PIECES = ("Ada", "ada@example.com", "812 3456", "4111", "123456")


@pytest.fixture(autouse=True)
def nothing_personal(log: io.StringIO) -> Any:
    """After each test."""
    yield
    assert [piece for piece in PIECES if piece in log.getvalue()] == []


def test_a_broken_database(connect: Any, web_settings: Settings, log: io.StringIO, http: TestClient) -> None:
    """The statement and the fault, not the values."""
    client: Client = connect()
    client.hello()
    engine = open_engine(web_settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE entry RENAME TO gone"))
    engine.dispose()
    client.send("say", text=PERSONAL)
    assert client.until("error")["code"] == "unavailable"
    assert Plain(http, client.key).send("say", text=PERSONAL)[0]["code"] == "unavailable"
    assert "no such table: entry" in log.getvalue()


def test_a_bot_that_breaks(connect: Any, fake_bot: FakeBot, log: io.StringIO) -> None:
    """Tracebacks, without what was asked."""
    client: Client = connect()
    client.hello()
    fake_bot.broken.add(PERSONAL)
    client.ask(PERSONAL)
    assert "Traceback" in log.getvalue() and "told to" in log.getvalue()


def test_a_frame_that_breaks(connect: Any, gateway: Gateway, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the error itself repeats what was in it."""
    client: Client = connect()
    client.hello()

    def broken(*_arguments: object) -> None:
        raise RuntimeError(f"{client.key}: ada@example.com {next(iter(SECRETS))}")

    monkeypatch.setattr(gateway.dispatcher, "dispatch", broken)
    client.send("say", text=PERSONAL)
    assert client.until("error")["code"] == "unavailable"
    assert "[key]: [e-mail]" in log.getvalue()


@pytest.mark.parametrize(("lifetime", "told"), [
    (-60, "INFO bot.live.visitor_sessions: An identity was refused (expired)"), (60, "")])
def test_a_token_that_was_refused(connect: Any, token: Any, log: io.StringIO, lifetime: int, told: str) -> None:
    """The integrator learns why."""
    value = token("premier:admin:business", lifetime_seconds=lifetime)
    connect().hello(identity_token=value)
    assert told in log.getvalue()
    connect().hello(identity_token=value[:-8] + "AAAAAAAA")
    assert "WARNING bot.live.visitor_sessions: An identity was refused (signature)" in log.getvalue()


@pytest.mark.parametrize(("changes", "reason"), [
    ({"aud": "other"}, "`aud` names somebody else"), ({"sub": ""}, "`sub` must be a text of"),
    ({"account": {}}, "`account.licensed` must be"), ({"account": None}, "has no `account`"),
    ({"nbf": 2**40}, "`nbf` or `iat` lies in the future"), ({"iat": "x"}, "`iat` is no time"),
    ({"exp": []}, "can't be read as a JWT"), ({"exp": 1}, "it has expired"), ({"pad": "x" * 9000}, "more than 8192"),
], ids=str)
def test_a_reason_can_be_read(connect: Any, token: Any, gateway: Gateway, log: io.StringIO, changes: dict[str, Any],
                              reason: str) -> None:
    """Masking takes what follows the announcement of a token for one, and this is what the integrator needs."""
    secret = gateway.settings.identity_secret
    claims = jwt.decode(token("premier:admin:business"), secret, algorithms=["HS256"], audience="kilat")
    connect().hello(identity_token=jwt.encode({**claims, **changes}, secret, algorithm="HS256"))
    [line] = [line for line in log.getvalue().splitlines() if "was refused" in line]
    assert reason in line and "[" not in line


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "America/New_York"])
@pytest.mark.parametrize("formatter", [Masked(LINE), MaskedJson()], ids=["text", "json"])
def test_a_line_has_its_time(formatter: logging.Formatter, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In UTC, with its offset, wherever the machine is: lines of several can be put in order."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        record = logging.LogRecord("x", logging.INFO, "", 0, "hello", (), None)
        record.created = 1_796_000_000.25
        assert "2026-11-30T00:53:20.250+00:00" in formatter.format(record)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_line_has_an_end() -> None:
    """However much a library tells: the beginning and the end stay, and what is masked is short."""
    told = logging.LogRecord("x", logging.ERROR, "", 0, "begins %s ends", ("a@" * 100_000,), None)
    line = Masked("%(message)s").format(told)
    assert len(line) <= LONGEST_LINE + 3 and line.startswith("begins") and line.endswith("ends")
