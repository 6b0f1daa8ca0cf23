"""Fixtures for tests of `bot.web`, `bot.live` and `bot.workers`: the gateway in this process, over SQLite, before a bot
that does as it is told."""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from ticket_desk import FakeDesk
from web_client import SECRETS, Client, FakeBot, Plain

from bot.adapters.identity_token import sign
from bot.adapters.logging_setup import Masked
from bot.adapters.sample_customers import sample_identity
from bot.adapters.sql.engine import now_in_milliseconds
from bot.bootstrap import build
from bot.live.gateway import Gateway
from bot.settings import Settings
from bot.web import app as web
from bot.workers import ticket_sync


@pytest.fixture
def fake_bot() -> FakeBot:
    """The bot behind the gateway."""
    return FakeBot()


@pytest.fixture
def web_settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a database of their own, and room for many messages."""
    return replace(settings, database_url=f"sqlite:///{tmp_path / 'web.db'}", messages_per_minute=100_000)


@pytest.fixture
def web_clock() -> Callable[[], datetime]:
    """The time in the gateway."""
    return now_in_milliseconds


@pytest.fixture
def http(web_settings: Settings, seeded_sqlite: Path, tmp_path: Path, fake_bot: FakeBot,
         web_clock: Callable[[], datetime], monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the running gateway."""
    shutil.copy(seeded_sqlite, tmp_path / "web.db")
    for name, value in {"WATCHFUL_SECONDS": 0.02, "CALM_SECONDS": 0.05, "RETRY_SECONDS": 0.02}.items():
        monkeypatch.setattr(f"bot.live.bot_dispatcher.{name}", value)
    monkeypatch.setattr("bot.workers.timeouts.ROUND_SECONDS", 0.05)
    monkeypatch.setattr("bot.live.visitor_subscription.RETRY_SECONDS", 0.02)
    with TestClient(web.create(build(web_settings, web_clock), fake_bot), base_url="http://127.0.0.1:8080") as client:
        yield client


@pytest.fixture
def desk() -> FakeDesk:
    """A ticket desk."""
    return FakeDesk()


@pytest.fixture
def desk_http(web_settings: Settings, seeded_sqlite: Path, tmp_path: Path, fake_bot: FakeBot,
              desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the gateway before that desk."""
    shutil.copy(seeded_sqlite, tmp_path / "web.db")
    for name, value in {"ROUND_SECONDS": 0.02, "RETRY_SECONDS": 0.02, "LONGEST_RETRY_SECONDS": 0.1,
                        "CALM_SECONDS": 0.02}.items():
        monkeypatch.setattr(ticket_sync, name, value)
    app = web.create(build(replace(web_settings, ticket_poll_seconds=0.05)), fake_bot, ticket_desk=desk)  # type: ignore[arg-type]
    with TestClient(app, base_url="http://127.0.0.1:8080") as client:
        yield client


@pytest.fixture
def visitor_of_desk(desk_http: TestClient) -> Callable[..., Plain]:
    """Makes a visitor over plain HTTP who has said hello at the gateway before that desk."""

    def make(**fields: Any) -> Plain:
        client = Plain(desk_http)
        client.hello(**fields)
        return client

    return make


@pytest.fixture
def connect(http: TestClient) -> Iterator[Any]:
    """Opens sockets, and closes them at the end."""
    with ExitStack() as opened:

        def open_one(key: str = "") -> Client:
            client = Client(opened.enter_context(http.websocket_connect("/v1/socket")))
            client.key = key
            return client

        yield open_one


@pytest.fixture
def gateway(http: TestClient) -> Gateway:
    """The running gateway itself."""
    return http.app.state.gateway  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def client(connect: Any) -> Client:
    """Somebody who has said hello, with the bot there."""
    visitor: Client = connect()
    visitor.hello()
    while visitor.seen[-1].get("state", visitor.seen[-1]).get("bot") != "up":
        visitor.until("state")
    return visitor


@pytest.fixture
def token(web_settings: Settings) -> Any:
    """Signs tokens of sample customers; `subject` makes another one of the same kind."""

    def make(customer: str, subject: str = "", **more: Any) -> str:
        identity = sample_identity(customer)
        made = sign(replace(identity, subject=subject or identity.subject), web_settings, **more)
        SECRETS.add(made)
        return made

    return make


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    """What the server would log: in no test a key, a token or an address."""
    SECRETS.clear()
    SECRETS.add("sari@example.com")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Masked("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # A command of the shell, run in a test before, may have silenced it for the process that it thought its own.
    logging.getLogger("bot.adapters.sql.engine").setLevel(logging.NOTSET)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)
    assert [secret for secret in SECRETS if secret and secret in stream.getvalue()] == []
