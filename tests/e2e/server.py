"""A real `kilat serve` for tests: processes, ports, a state folder and a copy of the data of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waiting import wait_until

from bot.adapters.port_check import free_port
from bot.settings import ROOT

READY = "Kilat is ready"


@dataclass(frozen=True)
class Response:
    """Status, headers and the JSON that came back."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def text(self) -> str:
        """All bubbles as one text."""
        return "\n".join(message["text"] for message in self.body)


@dataclass
class Server:
    """`kilat serve` in a folder; `start` waits for its ready line."""

    folder: Path
    secret: str = "fedcba9876543210" * 3
    rasa_port: int = field(default_factory=free_port)
    actions_port: int = field(default_factory=free_port)
    gateway_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.data, self.state, self.log = self.folder / "data", self.folder / "state", self.folder / "serve.log"
        shutil.copytree(ROOT / "data", self.data)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KILAT_")},
            "KILAT_DATA_DIR": str(self.data),
            "KILAT_STATE_DIR": str(self.state),
            "KILAT_IDENTITY_SECRET": self.secret,
            "KILAT_RASA_PORT": str(self.rasa_port),
            "KILAT_ACTIONS_PORT": str(self.actions_port),
            "KILAT_GATEWAY_PORT": str(self.gateway_port),
        }

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with self.log.open("wb") as log:
            command = self._kilat("serve")
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        wait_until(lambda: READY in self.log.read_text() or self.process.poll() is not None, self.log.read_text)
        assert self.process.poll() is None, f"not ready:\n{self.log.read_text()}"

    def stop(self) -> int:
        """End it by signals, which come close together where something above passes them on; the exit status."""
        for _ in range(50):
            self.process.send_signal(signal.SIGTERM)
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)

    def seed(self) -> None:
        """`kilat seed` with the same settings."""
        subprocess.run(self._kilat("seed"), cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def ask(self, sender: str, message: Any, token: str | None = None) -> Response:
        """One message over REST."""
        return self.post({"sender": sender, "message": message, "metadata": {"identity_token": token}})

    def post(self, body: Any, method: str = "POST") -> Response:
        """A request with any body at all: bytes go as they are, other values as JSON."""
        url = f"http://127.0.0.1:{self.rasa_port}/webhooks/rest/webhook"
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, None if method == "GET" else sent, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Response(answer.status, dict(answer.headers), json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            return Response(error.code, dict(error.headers), error.read().decode())

    def children(self) -> dict[int, str]:
        """Every process below it, with its command line."""
        return _below(self.process.pid)

    @staticmethod
    def _kilat(command: str) -> list[str]:
        return [sys.executable, "-m", "bot.cli", command]


def is_alive(pid: int) -> bool:
    """True for a process that runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _below(pid: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                child = int(path.parent.name)
                found |= {child: (path.parent / "cmdline").read_text().replace("\0", " "), **_below(child)}
        except OSError:
            continue
    return found
