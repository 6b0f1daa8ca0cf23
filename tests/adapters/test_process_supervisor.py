"""Children of `kilat serve`: one that hangs is started again, one that refuses is not, and none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from server import is_alive
from waiting import wait_until

from bot.adapters.port_check import free_port
from bot.adapters.process_supervisor import Heartbeat, SupervisedProcess
from bot.settings import ROOT

SERVER = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503)
        self.end_headers()
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
# A parent with one child, which tells the child's number and waits.
PARENT = """
import subprocess, sys, time
from bot.adapters.subprocesses import die_with_parent
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], preexec_fn=die_with_parent)
print(child.pid, flush=True)
time.sleep(600)
"""
UNDER_UV = """
import os, sys, time
from bot.adapters.subprocesses import end_with_uv
end_with_uv()
print(os.getpid(), flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look more often than a server has to."""
    monkeypatch.setattr("bot.adapters.process_supervisor.ASK_SECONDS", 0.2)
    monkeypatch.setattr("bot.adapters.process_supervisor.BETWEEN_SECONDS", 0.05)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[SupervisedProcess]:
    """A small server in a process of its own, that answers with 503."""
    port = free_port()
    made = SupervisedProcess("The server", lambda: [sys.executable, "-c", SERVER, str(port)], os.environ, tmp_path,
                 Heartbeat(f"http://127.0.0.1:{port}/", 1.0), refused=78)
    yield made
    made.stop()


def _tend_until(child: SupervisedProcess, good: Callable[[], bool]) -> None:
    def tended() -> bool:
        is_good = good()
        if not is_good:
            child.tend(time.monotonic())
        return is_good

    wait_until(tended)


def _pid(child: SupervisedProcess) -> int:
    return child.process.pid if child.process else 0


def test_one_that_is_stopped_is_started_again(child: SupervisedProcess, caplog: pytest.LogCaptureFixture) -> None:
    """It takes connections still, as the kernel does, and says nothing: SIGSTOP, or an event loop that is blocked."""
    _tend_until(child, lambda: child._answered > 0)
    first = _pid(child)
    os.kill(first, signal.SIGSTOP)
    _tend_until(child, lambda: _pid(child) not in (0, first))
    assert not is_alive(first)
    assert "The server does not answer any more" in caplog.text
    _tend_until(child, lambda: child._answered > 0)
    second = _pid(child)
    end = time.monotonic() + 2.5
    _tend_until(child, lambda: time.monotonic() > end)
    assert _pid(child) == second, "one that answers, whatever it says, lives"


def test_one_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that hangs is ended, too."""
    monkeypatch.setattr("bot.adapters.process_supervisor.START_SECONDS", 0.5)
    child = SupervisedProcess("Mute", lambda: [sys.executable, "-c", "import time; time.sleep(600)"], os.environ,
                              tmp_path, Heartbeat(f"http://127.0.0.1:{free_port()}/", 60.0))
    _tend_until(child, lambda: _pid(child) > 0)
    first = _pid(child)
    _tend_until(child, lambda: _pid(child) not in (0, first))
    child.stop()
    assert not is_alive(first)


def test_one_that_refuses(tmp_path: Path) -> None:
    """What no new start can mend is not tried again."""
    child = SupervisedProcess(
        "Refusing", lambda: [sys.executable, "-c", "raise SystemExit(78)"], os.environ, tmp_path, refused=78)
    _tend_until(child, lambda: child.is_refused)
    child.tend(time.monotonic() + 1000)
    assert child.process is None


def _stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def _gone(pid: int) -> None:
    wait_until(lambda: not is_alive(pid), "it goes on")


@pytest.mark.parametrize("deaf", [
    "import time; print('here', flush=True); time.sleep(600)",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('here', flush=True); time.sleep(600)",
    "import os, signal; print('here', flush=True); os.kill(os.getpid(), signal.SIGSTOP)"])
def test_kill_9_of_the_parent(deaf: str) -> None:
    """Nothing stays, whatever the child hears."""
    with subprocess.Popen([sys.executable, "-c", PARENT, deaf], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        told = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
        child = int(*(told - {"here"}))
        wait_until(lambda: "STOP" not in deaf or _stopped(child))
        parent.kill()
    _gone(child)


@pytest.mark.parametrize(("name", "ends"), [("uv", True), ("bash", False)])
def test_kill_9_of_uv(tmp_path: Path, name: str, ends: bool) -> None:
    """`kilat serve` notices that uv has gone; a shell that goes first is no reason to end."""
    uv = tmp_path / name
    uv.symlink_to("/bin/bash")
    script = f'"{sys.executable}" -c "$CODE"; true'
    environment = {**os.environ, "CODE": UNDER_UV}
    with subprocess.Popen([str(uv), "-c", script], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        child = int(run.stdout.readline())
        run.kill()
        run.wait()
        if ends:
            _gone(child)
        else:
            assert is_alive(child)
            os.kill(child, signal.SIGKILL)
