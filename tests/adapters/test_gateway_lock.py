"""One gateway a database, and what a start says of a database that it can't have."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from waiting import wait_until

from bot.adapters.port_check import check_port, free_port
from bot.adapters.sql import gateway_lock
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.gateway_lock import hold_gateway_lock
from bot.adapters.sql.migrate import head, migrate
from bot.adapters.sql.startup import wait_for_database
from bot.core.errors import ConfigurationError, StoreUnavailable
from bot.settings import ROOT

HOLD = """
import sys, time
from bot.adapters.sql.gateway_lock import hold_gateway_lock
with hold_gateway_lock(sys.argv[1], lambda: None):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look more often than a server has to."""
    monkeypatch.setattr(gateway_lock, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr("bot.adapters.sql.startup.PAUSE_SECONDS", 0.05)


@contextmanager
def _held(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another gateway's process, which has the database."""
    with subprocess.Popen([sys.executable, "-c", HOLD, url], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_gateway(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, by the name of the first; a killed one leaves the database free."""
    with _held(database_url) as first:
        monkeypatch.setattr(gateway_lock, "PATIENCE_SECONDS", 0.3)
        with pytest.raises(ConfigurationError, match=f"another gateway.*process {first.pid} on") as refusal, \
                hold_gateway_lock(database_url, lambda: None):
            pass
        assert "\n" not in str(refusal.value)
        monkeypatch.setattr(gateway_lock, "PATIENCE_SECONDS", 30.0)
        first.kill()
        with hold_gateway_lock(database_url, lambda: None):
            pass
    with hold_gateway_lock(database_url, lambda: None):
        pass


def test_the_same_file_by_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link leads to the same database."""
    monkeypatch.setattr(gateway_lock, "PATIENCE_SECONDS", 0.0)
    (tmp_path / "kilat.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "kilat.db")
    with hold_gateway_lock(f"sqlite:///{tmp_path}/kilat.db", lambda: None), \
            pytest.raises(ConfigurationError, match="another gateway"), \
            hold_gateway_lock(f"sqlite:///{tmp_path}/../{tmp_path.name}/link.db", lambda: None):
        pass
    with hold_gateway_lock("sqlite://", lambda: None), hold_gateway_lock("sqlite://", lambda: None):
        pass


def test_a_database_that_was_away(postgres_url: str) -> None:
    """Its sessions are gone, and with them the lock: taken again, or, when another was faster, told."""
    lost = threading.Event()
    with hold_gateway_lock(postgres_url, lost.set):
        engine = open_engine(postgres_url)
        held = text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = "
                    "(SELECT oid FROM pg_database WHERE datname = current_database())")

        def holder() -> int | None:
            with engine.connect() as connection:
                pid: int | None = connection.execute(held).scalar()
                return pid

        first = holder()
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
        again = wait_until(lambda: (pid := holder()) != first and pid)
        assert not lost.is_set()
        with engine.connect() as thief:
            while not lost.is_set():
                thief.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": again})
                while not thief.execute(
                    text("SELECT pg_try_advisory_lock(:lock)"), {"lock": gateway_lock.LOCK}
                ).scalar():
                    thief.rollback()
                    if (other := holder()) not in (None, again):
                        again = other
                        break
                lost.wait(1)
        engine.dispose()


def test_a_newer_schema(empty_engine: object, database_url: str) -> None:
    """An older Kilat on it is told so, in one line."""
    engine = open_engine(database_url)
    migrate(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head()
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match=f"newer Kilat.*9999.*{head()}") as refusal:
        migrate(engine)
    assert "\n" not in str(refusal.value)
    engine.dispose()


def test_a_database_that_comes_later(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody listens at first: one word, then it goes on by itself."""
    target, port = make_url(postgres_url), free_port()
    waiting = threading.Thread(target=wait_for_database, args=(str(target.set(port=port)),), daemon=True)
    waiting.start()
    wait_until(lambda: "Waiting for it" in caplog.text)
    with socket.create_server(("127.0.0.1", port)) as door:
        threading.Thread(target=_let_through, args=(door, target.port or 5432), daemon=True).start()
        waiting.join(30)
        assert not waiting.is_alive()
    assert caplog.text.count("Waiting for it") == 1


def _let_through(door: socket.socket, port: int) -> None:
    with suppress(OSError):
        while True:
            here, _ = door.accept()
            there = socket.create_connection(("127.0.0.1", port))
            for source, target in ((here, there), (there, here)):
                threading.Thread(target=_copy, args=(source, target), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_database_that_refuses(postgres_url: str) -> None:
    """No waiting helps against a wrong name."""
    with pytest.raises(ConfigurationError, match=r"KILAT_DATABASE_URL: the database refuses.*does not exist") as told:
        wait_for_database(str(make_url(postgres_url).set(database="kilat_never_was")))
    assert "\n" not in str(told.value)
    with pytest.raises(ConfigurationError, match="KILAT_DATABASE_URL"):
        wait_for_database("nothing")


def test_a_database_that_is_down() -> None:
    """The lock says so itself."""
    nobody = f"postgresql+psycopg2://127.0.0.1:{free_port()}/x"
    with pytest.raises(StoreUnavailable), hold_gateway_lock(nobody, lambda: None):
        pass


def _kilat(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KILAT_")} | environ
    return subprocess.run([sys.executable, "-m", "bot.cli", *arguments], cwd=ROOT, env=environment, text=True,
                          capture_output=True, timeout=120)


@pytest.mark.parametrize(("url", "told"), [
    ("postgresql+psycopg2://u:hunter2@127.0.0.1:1/x", "Connection refused"), ("sqlite:///{}/no.db", "not a database"),
    ("sqlite:///{}/newer.db", "newer Kilat"), ("sqlite:///{}", "unable to open")])
def test_a_command_without_its_database(tmp_path: Path, url: str, told: str) -> None:
    """One line, no traceback, no password."""
    (tmp_path / "no.db").write_text("something else" * 1000)
    engine = open_engine(f"sqlite:///{tmp_path}/newer.db")
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    done = _kilat("seed", KILAT_STATE_DIR=str(tmp_path / "state"), KILAT_DATABASE_URL=url.format(tmp_path))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert told in done.stderr and done.stderr.startswith("kilat: ") and "hunter2" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "gateway"])
def test_a_port_that_is_taken(tmp_path: Path, command: str) -> None:
    """One line that names the setting, and the status that says that a new start is of no use."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _kilat(command, KILAT_STATE_DIR=str(tmp_path / "state"), KILAT_GATEWAY_PORT=str(port))
        assert (done.returncode, len(done.stderr.splitlines())) == (78, 1), done.stderr
        assert re.search(rf"KILAT_GATEWAY_PORT: .*{port}.*Address already in use", done.stderr)
        with pytest.raises(ConfigurationError, match="KILAT_RASA_PORT"):
            check_port("127.0.0.1", port, "KILAT_RASA_PORT")
    check_port("127.0.0.1", port, "KILAT_RASA_PORT")
    for host in ("203.0.113.7", "no.such.host.invalid"):
        with pytest.raises(ConfigurationError, match="KILAT_GATEWAY"):
            check_port(host, port, "KILAT_GATEWAY_PORT")


def test_a_gateway_beside_another(tmp_path: Path) -> None:
    """The real command: one line, and status 78."""
    state, url = tmp_path / "state", f"sqlite:///{tmp_path}/kilat.db"
    with _held(url) as first:
        done = _kilat("gateway", KILAT_STATE_DIR=str(state), KILAT_DATABASE_URL=url,
                      KILAT_GATEWAY_PORT=str(free_port()))
    assert (done.returncode, len(done.stderr.splitlines())) == (78, 1), done.stderr
    assert f"process {first.pid}" in done.stderr
