"""What Kilat connects to by itself is encrypted, and who answers is certain, but on this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.adapters.desks.registry import agent_desk, ticket_desk
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.startup import wait_for_database
from bot.core.errors import ConfigurationError
from bot.settings import Settings, own_address
from bot.settings.database import parse_database

CHOICES = {
    "KILAT_MATRIX_URL": {"KILAT_DESK": "matrix", "KILAT_MATRIX_TOKEN": "t", "KILAT_MATRIX_TEAM": "#t:x"},
    "KILAT_CHATWOOT_URL": {"KILAT_DESK": "chatwoot", "KILAT_CHATWOOT_ACCOUNT": "1", "KILAT_CHATWOOT_TOKEN": "t",
                           "KILAT_CHATWOOT_INBOX": "i"},
    "KILAT_ZENDESK_URL": {"KILAT_DESK": "zendesk", "KILAT_ZENDESK_APP": "a", "KILAT_ZENDESK_KEY": "k",
                          "KILAT_ZENDESK_SECRET": "s"},
    "KILAT_RT_URL": {"KILAT_TICKETS": "rt", "KILAT_RT_TOKEN": "t", "KILAT_RT_QUEUE": "q"},
    "KILAT_ZENDESK_SUPPORT_URL": {"KILAT_TICKETS": "zendesk", "KILAT_ZENDESK_SUPPORT_EMAIL": "a@example.com",
                                  "KILAT_ZENDESK_SUPPORT_TOKEN": "t"},
    "KILAT_TAM_WEBHOOK": {}, "KILAT_OIDC_ISSUER": {"KILAT_OIDC_CLIENT_ID": "i", "KILAT_OIDC_CLIENT_SECRET": "s"}}


def _start(tmp_path: object, environ: dict[str, str]) -> None:
    """What the gateway reads at its start."""
    Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path), **environ})
    agent_desk(environ, {}, 1)
    ticket_desk(environ)


@pytest.mark.parametrize("name", CHOICES)
def test_by_https_alone(name: str, tmp_path: object) -> None:
    """Plain http stops the start, and so does what is no address. The refusal quotes none: a secret may be in it."""
    for value in ("http://desk.example/hunter2", "http://10.0.0.7/hunter2", "ws://localhost/hunter2", "hunter2",
                  "http://[hunter2", "https:///hunter2", "http://127.0.0.1.example.com/hunter2"):
        with pytest.raises(ConfigurationError, match=rf"{name} .*https://") as refusal:
            _start(tmp_path, {**CHOICES[name], name: value})
        assert "hunter2" not in str(refusal.value)
    for value in ("https://desk.example/x", "http://127.0.0.1:8000/x", "http://localhost/x", "http://[::1]:1/x"):
        _start(tmp_path, {**CHOICES[name], name: value})


def test_nothing_is_set() -> None:
    """Nothing is asked for."""
    assert own_address({}, "KILAT_TAM_WEBHOOK") is own_address({"KILAT_TAM_WEBHOOK": ""}, "KILAT_TAM_WEBHOOK") is None


@pytest.mark.parametrize("address", [
    "postgresql://kilat@db.example.com/kilat", "postgresql+psycopg2://kilat@10.0.0.7:5432/kilat",
    "postgresql:///kilat?host=db", "postgresql:///kilat?host=/run/postgresql,db", "postgresql:///kilat?hostaddr=10.0.0.7",
    "postgresql:///kilat?host=localhost:5432&host=db:5432"])
def test_a_database_elsewhere(address: str) -> None:
    """Its certificate must name it; what else was asked for stays."""
    url = parse_database(address)
    assert url.query["sslmode"] == "verify-full"
    assert url.difference_update_query(["sslmode"]) == parse_database(f"{address}{'&' if '?' in address else '?'}"
                                                                      "sslmode=disable").difference_update_query(["sslmode"])
    assert "verify-full" in str(open_engine(address).url)


@pytest.mark.parametrize("address", [
    "sqlite:///x.db", "postgresql:///kilat", "postgresql://kilat@localhost/kilat", "postgresql://kilat@[::1]/kilat",
    "postgresql:///kilat?host=%2Frun%2Fpostgresql", "postgresql://kilat@db/kilat?sslmode=disable",
    "postgresql://kilat@db.example.com/kilat?sslmode=verify-ca"])
def test_a_database_here_or_chosen_so(address: str) -> None:
    """As the address says it."""
    assert parse_database(address).render_as_string(hide_password=False) == address


@pytest.fixture
def plain_server() -> Iterator[int]:
    """A server that knows no TLS: to the question for it libpq hears N."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            try:
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(8)
                        connection.sendall(b"N")
            except OSError:
                return

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


def test_a_database_that_can_not_be_trusted(plain_server: int) -> None:
    """The start ends with what to do, and does not wait for ever."""
    with pytest.raises(ConfigurationError, match=r"does not trust the database: .*SSL.*sslrootcert"):
        wait_for_database(f"postgresql://kilat@127.0.0.1:{plain_server}/kilat?sslmode=verify-full")
