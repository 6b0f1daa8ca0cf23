"""`/healthz` and `/readyz` tell the truth: each thing that the work takes is taken away."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient
from waiting import wait_until
from web_client import FakeBot

from bot.adapters import readiness as module
from bot.adapters.port_check import free_port
from bot.adapters.readiness import Readiness
from bot.adapters.sql.engine import open_engine, transaction
from bot.adapters.sql.migrate import head, migrate
from bot.core.errors import StoreUnavailable
from bot.settings import Settings

ALL = {"database": "ok", "migrations": "ok", "disk": "ok", "bot": "ok"}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is kept, and a hung check is not waited for long."""
    monkeypatch.setattr(module, "KEPT_SECONDS", 0.0)
    monkeypatch.setattr(module, "LEAST_ROOM", 1)


def _ready(http: TestClient, *missing: str) -> bool:
    """True when all but `missing` is there, and the status says so."""
    answer = http.get("/readyz")
    wanted = ALL | dict.fromkeys(missing, "not ok")
    assert answer.json()["status"] == ("ready" if answer.status_code == 200 else "not ready")
    assert answer.headers["cache-control"] == "no-store"
    return (answer.status_code, answer.json()["checks"]) == (503 if missing else 200, wanted)


def _until(http: TestClient, *missing: str) -> None:
    wait_until(lambda: _ready(http, *missing), lambda: http.get("/readyz").text)


def test_all_is_there(http: TestClient) -> None:
    """200, and each thing by its name; HEAD is enough for a balancer."""
    _until(http)
    assert http.head("/readyz").status_code == 200
    assert http.get("/healthz").json() == {"status": "ok", "bot": "up"}


def test_the_bot_is_away(http: TestClient, fake_bot: FakeBot) -> None:
    """Not ready; alive all the same."""
    _until(http)
    fake_bot.up = False
    _until(http, "bot")
    assert http.get("/healthz").json() == {"status": "ok", "bot": "down"}
    fake_bot.up = True
    _until(http)


def test_the_database_is_not_migrated(http: TestClient, web_settings: Settings) -> None:
    """Older, newer, or empty: its tables are not those that the code knows."""
    _until(http)
    engine = open_engine(web_settings.database_url)
    for change in ("UPDATE alembic_version SET version_num = '0001'", "UPDATE alembic_version SET version_num = '9999'",
                   "DELETE FROM alembic_version", "DROP TABLE alembic_version"):
        with engine.begin() as connection:
            connection.exec_driver_sql(change)
        _until(http, "migrations")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{head()}')")
    _until(http)
    engine.dispose()


def test_the_database_is_no_database(http: TestClient, web_settings: Settings, tmp_path: Path) -> None:
    """A file that was overwritten."""
    _until(http)
    shutil.copy(tmp_path / "web.db", tmp_path / "kept.db")
    for path in tmp_path.glob("web.db*"):
        path.write_bytes(b"this is no database" * 1000)
    _until(http, "database", "migrations")
    assert http.get("/healthz").json()["status"] == "ok"


def test_the_disk_is_full(http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for a busy day, or none at all, or a disk that takes nothing any more."""
    _until(http)
    with monkeypatch.context() as patch:
        patch.setattr(module, "LEAST_ROOM", 2**60)
        _until(http, "disk")
    _until(http)
    with monkeypatch.context() as patch:
        def full(*_arguments: object, **_named: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(module, "TemporaryFile", full)
        _until(http, "disk")
    _until(http)


@contextmanager
def _door(port: int, target: int) -> Iterator[SimpleNamespace]:
    """A way to the database that can be shut, and that can fall silent."""
    door = SimpleNamespace(is_silent=False, pairs=[])

    def copy(source: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                while door.is_silent:
                    time.sleep(0.01)
                other.sendall(data)

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listener.accept()
                there = socket.create_connection(("127.0.0.1", target))
                door.pairs += [here, there]
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=copy, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", port)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield door
        listener.shutdown(socket.SHUT_RDWR)
    for end in door.pairs:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def _look(readiness: Readiness) -> dict[str, bool]:
    return dict(asyncio.run(readiness.look()))


def test_postgresql_is_stopped(migrated_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gone, and there again; and one that takes connections and says nothing holds up nobody."""
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.5)
    url, port = make_url(migrated_postgres), free_port()
    readiness = Readiness(str(url.set(port=port)), tmp_path)
    away = {"database": False, "migrations": False, "disk": True}
    there = dict.fromkeys(away, True)
    assert _look(readiness) == away
    with _door(port, url.port or 5432) as door:
        wait_until(lambda: _look(readiness) == there)
        door.is_silent = True
        wait_until(lambda: _look(readiness) == away)
        assert all(_look(readiness) == away for _ in range(5))
        # Of this one and the disk's: one that hangs is asked once at a time.
        assert sum(thread.name == "readiness" for thread in threading.enumerate()) <= 2
        door.is_silent = False
        wait_until(lambda: _look(readiness) == there)
    wait_until(lambda: _look(readiness) == away)


def test_postgresql_takes_no_writes(migrated_postgres: str, tmp_path: Path) -> None:
    """As a standby does, and a primary that was sent to rest: it answers, and nothing can be kept."""
    url = make_url(migrated_postgres).update_query_dict({"options": "-c default_transaction_read_only=on"})
    address = url.render_as_string(hide_password=False)
    assert _look(Readiness(address, tmp_path)) == {"database": False, "migrations": True, "disk": True}
    engine = open_engine(address)
    with pytest.raises(StoreUnavailable, match="read-only"), transaction(engine) as connection:
        connection.exec_driver_sql("DELETE FROM erasure")
    engine.dispose()


def test_sqlite_takes_no_writes(settings: Settings, tmp_path: Path) -> None:
    """A file for reading alone; while somebody writes for long, it can be written."""
    engine = open_engine(settings.database_url)
    migrate(engine)
    readiness, path = Readiness(settings.database_url, settings.state), settings.state / "kilat.db"
    there = {"database": True, "migrations": True, "disk": True}
    assert _look(readiness) == there
    with transaction(engine):
        assert _look(readiness) == there
    engine.dispose()
    read_only = Readiness(f"sqlite:///file:{path}?mode=ro&uri=true", settings.state)
    assert not _look(read_only)["database"]


def test_strangers_can_not_make_it_dear(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds who ask at once, and one after the other, cost one look."""
    engine = open_engine(settings.database_url)
    migrate(engine)
    engine.dispose()
    asked = []
    monkeypatch.setattr(module, "KEPT_SECONDS", 600.0)
    monkeypatch.setattr(module, "_database", lambda _engine: asked.append(1) or (True, True))
    readiness = Readiness(settings.database_url, settings.state)

    async def ask() -> None:
        for _ in range(3):
            for found in await asyncio.gather(*(readiness.look() for _ in range(200))):
                assert found == {"database": True, "migrations": True, "disk": True}

    asyncio.run(ask())
    assert asked == [1]


def test_nothing_secret_is_told(http: TestClient, web_settings: Settings) -> None:
    """Names and ok, no address, path or reason: everybody may ask."""
    http.app.state.readiness = Readiness(  # type: ignore[attr-defined]
        "postgresql+psycopg2://kilat:hunter2@127.0.0.1:1/kilat", replace(web_settings).state)
    _until(http, "database", "migrations")
    assert set(http.get("/readyz").json()) == {"status", "checks"}
