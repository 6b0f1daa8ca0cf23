"""How a real `kilat serve` starts, what shows of it to others on the machine, and what it does when a part hangs."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server import Server, is_alive
from waiting import wait_until

from bot.adapters.port_check import free_port
from bot.settings import ROOT, Settings
from bot.tools.training import is_trained

pytestmark = pytest.mark.long
SECRETS = {
    "KILAT_INTERNAL_SECRET": "3f9c1e7ab25d4806971be2ca80d5f463", "KILAT_REST_TOKEN": "c5a81d90e37b42f6ab61974dce8035f2",
    "KILAT_TAM_WEBHOOK": "https://chat.example.com/hooks/b7d0e4a96c", "KILAT_SMTP_URL": "smtp://kilat:hunter2@127.0.0.1:1",
    "KILAT_SUPPORT_EMAIL": "support@example.com",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for this file, with every secret that there is, that logs JSON and knows early that a process hangs;
    one secret stands in a file."""
    if not is_trained():
        pytest.skip("there is no model of the present tree: run make train")
    running = Server(tmp_path_factory.mktemp("start"))
    path = running.folder / "identity"
    path.write_text(running.secret)
    del running.environment["KILAT_IDENTITY_SECRET"]
    running.environment |= SECRETS | {
        "KILAT_LOG_FORMAT": "json", "KILAT_HUNG_SECONDS": "5", "KILAT_IDENTITY_SECRET_FILE": str(path)}
    running.start()
    yield running
    if running.process.poll() is None:
        running.stop()


def _get(server: Server, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.gateway_port}{path}", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def _is_ready(server: Server) -> bool:
    try:
        return _get(server, "/readyz")[0] == 200
    except OSError:
        return False


def _pid(server: Server, command: str) -> int:
    return next((pid for pid, line in server.children().items() if command in line), 0)


def _stop(pid: int) -> None:
    assert pid, "no such process"  # 0 would stop the tests themselves
    os.kill(pid, signal.SIGSTOP)


def test_no_secret_on_a_command_line(server: Server) -> None:
    """`ps` shows those to everybody; the environment is its owner's alone."""
    settings = Settings.from_environment(server.environment)
    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in (server.process.pid, *server.children())]
    assert len(lines) == 4
    for secret in (*SECRETS.values(), settings.identity_secret, settings.internal_secret, "hunter2"):
        assert not [line for line in lines if secret in line]
    assert not [line for line in lines if "enable-api" in line or "token" in line]


@pytest.mark.parametrize(("command", "kept_back"), [
    ("rasa", {"KILAT_TAM_WEBHOOK", "KILAT_SMTP_URL", "KILAT_DATABASE_URL"}),
    ("action_server", {"KILAT_TAM_WEBHOOK", "KILAT_SMTP_URL", "KILAT_REST_TOKEN"}),
])
def test_a_private_process_has_what_it_needs(server: Server, command: str, kept_back: set[str]) -> None:
    """Not the gateway's ways to the world outside: strangers' words are read there."""
    pid = wait_until(lambda: _pid(server, command))
    environment = dict(line.split("=", 1) for line in Path(f"/proc/{pid}/environ").read_text().split("\0") if line)
    assert "KILAT_INTERNAL_SECRET" in environment and not kept_back & set(environment)


def test_it_is_ready(server: Server) -> None:
    """All that the work takes is there."""
    wait_until(lambda: _is_ready(server))
    assert set(_get(server, "/readyz")[1]["checks"].values()) == {"ok"}


def test_what_it_wrote_is_private(server: Server) -> None:
    """Every file and folder of its state, while it runs."""
    paths = [server.state, *server.state.rglob("*")]
    assert {path.name for path in paths} >= {"kilat.db", "kilat.db-wal", "kilat.db.gateway", "endpoints.yml"}
    assert {path.name: oct(path.stat().st_mode) for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077} == {}


def test_one_log(server: Server) -> None:
    """Each line of each process is an object of the same four fields; none has a secret."""
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {tuple(line) for line in lines} == {("time", "level", "logger", "message")}
    assert {line["level"] for line in lines} <= {"INFO", "WARNING", "ERROR"}
    assert {line["logger"].partition(".")[0] for line in lines} >= {"kilat", "bot", "rasa_sdk"}
    text = server.log.read_text()
    assert not [secret for secret in (*SECRETS.values(), server.secret, "hunter2") if secret in text]


def test_a_second_one(server: Server) -> None:
    """On the same database it ends by itself, in one line, with a status that says that trying again is of no use."""
    ports = {name: str(free_port()) for name in ("KILAT_RASA_PORT", "KILAT_ACTIONS_PORT", "KILAT_GATEWAY_PORT")}
    done = subprocess.run(Server._kilat("gateway"), cwd=ROOT, env=server.environment | ports, text=True,
                          capture_output=True, timeout=120)
    assert done.returncode == 78
    assert f"process {_pid(server, 'bot.cli gateway')} on" in done.stderr.splitlines()[-1]
    done = subprocess.run(Server._kilat("serve"), cwd=ROOT, env=server.environment, text=True, capture_output=True,
                          timeout=120)
    assert done.returncode == 78 and "KILAT_GATEWAY_PORT" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", ["rasa_module rasa", "action_server", "bot.cli gateway"])
def test_a_part_that_hangs(server: Server, command: str) -> None:
    """Stopped as by SIGSTOP, each is started again, and all is ready again."""
    wait_until(lambda: _is_ready(server))
    # The supervisor has heard of it at least once.
    hung = _pid(server, command)
    _stop(hung)
    wait_until(lambda: _pid(server, command) not in (0, hung))
    assert not is_alive(hung)
    wait_until(lambda: _is_ready(server))
    assert "does not answer any more" in server.log.read_text()


def test_kill_9_leaves_nothing(server: Server) -> None:
    """The last test of this file: not even what hangs."""
    pids = list(server.children())
    _stop(_pid(server, "rasa_module rasa"))
    server.process.kill()
    server.process.wait()
    wait_until(lambda: not any(map(is_alive, pids)), 30)
