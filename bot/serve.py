"""`kilat serve`: seeds, trains when needed, then keeps the gateway, Rasa and the action server running; each may die
alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from bot.adapters.child import die_with_parent
from bot.adapters.models import Models
from bot.bootstrap import open_agents, seed
from bot.core.errors import KilatError, StoreUnavailable
from bot.settings import ROOT, Settings
from bot.shell.action_server import command as action_server_command
from bot.training import RASA_ENVIRONMENT, train

LONGEST_PAUSE = 10.0
STEADY_SECONDS = 30.0
STOP_SECONDS = 10.0
# One thread each for TensorFlow and OpenMP: threads of their own cost a turn more CPU than they save.
_THREADS = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1",
            "TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1"}


@dataclass
class Child:
    """A process that is started again when it ends; the pause grows while it keeps failing. `command` is asked at each
    start."""

    name: str
    command: Callable[[], list[str]]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.5
    due: float = field(default=0.0)

    def tend(self, now: float) -> None:
        """Start it when it is due, and plan the next start when it has ended."""
        if self.process is None:
            if now >= self.due:
                self._start(now)
            return
        status = self.process.poll()
        if status is None:
            return
        self.pause = 0.5 if now - self.started > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        print(f"kilat: {self.name} ended with status {status}; starting it again in {self.pause:.0f} s.",
              file=sys.stderr, flush=True)
        self.process, self.due = None, now + self.pause

    def _start(self, now: float) -> None:
        try:
            command = self.command()
        except KilatError as error:
            print(f"kilat: {self.name} can't start: {error}", file=sys.stderr, flush=True)
            self.due = now + LONGEST_PAUSE
            return
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, preexec_fn=die_with_parent)
        self.started = now

    def stop(self) -> None:
        """End it, gently first."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def serve(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; returns the exit status."""
    facts = seed(settings)
    print(f"Facts loaded: {len(facts.rules)} rules, {len(facts.phone_lines)} phone lines.", flush=True)
    train(settings, only_if_needed=True)
    stopping, signals = threading.Event(), list[int]()

    def stop(number: int, _frame: FrameType | None) -> None:
        # Takes no lock, as an event would: signals come in pairs (uv passes them on), and the second one's handler
        # would wait for ever for the lock of the first.
        signals.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    children = [_gateway(), _action_server(settings), _rasa(settings)]
    threading.Thread(target=_announce, args=(settings, stopping), daemon=True).start()
    try:
        while not signals:
            for child in children:
                child.tend(time.monotonic())
            time.sleep(0.2)
    finally:
        stopping.set()
        for child in children:
            child.stop()
    return 0


def _gateway() -> Child:
    return Child("the gateway", lambda: [sys.executable, "-m", "bot.cli", "gateway"], dict(os.environ))


def _action_server(settings: Settings) -> Child:
    environment = {**os.environ, **RASA_ENVIRONMENT}
    return Child("the action server", lambda: action_server_command(settings.actions_port), environment)


def _rasa(settings: Settings) -> Child:
    endpoints = settings.state / "endpoints.yml"
    endpoints.parent.mkdir(parents=True, exist_ok=True)
    by_hand = (ROOT / "endpoints.yml").read_text()
    endpoints.write_text(by_hand.replace("127.0.0.1:5055/", f"127.0.0.1:{settings.actions_port}/"))

    def command() -> list[str]:
        model = Models(settings.models).active_archive()
        return [sys.executable, "-m", "bot.shell.quiet", "rasa", "run",
                "--interface", "127.0.0.1", "--port", str(settings.rasa_port),
                "--model", str(model), "--endpoints", str(endpoints), "--credentials", "credentials.yml"]

    return Child("Rasa", command, {**os.environ, **RASA_ENVIRONMENT, **_THREADS})


def _announce(settings: Settings, stopping: threading.Event) -> None:
    """Print the URLs once Rasa answers."""
    url, started = settings.rasa_url, time.monotonic()
    gateway = f"http://127.0.0.1:{settings.gateway_port}"
    while not stopping.wait(0.3):
        try:
            with urllib.request.urlopen(f"{gateway}/healthz", timeout=1) as answer:
                if json.load(answer)["bot"] == "up":
                    break
        except (urllib.error.URLError, OSError):
            continue
    else:
        return
    print(f"\nKilat is ready after {time.monotonic() - started:.0f} s.\n"
          f"  help center    {gateway}/\n"
          f"  REST channel   POST {url}/webhooks/rest/webhook  "
          '{"sender": "me", "message": "nomor telepon Jepang?"}\n'
          f"  health         GET  {url}/webhooks/rest/\n"
          f"  in a shell     make shell\n"
          f"  console        {gateway}/agent{_first_agent(settings)}\n", flush=True)


def _first_agent(settings: Settings) -> str:
    """How to get in, while nobody has an account: there is no password that everybody knows."""
    try:
        if open_agents(settings).all():
            return ""
    except StoreUnavailable:
        return ""
    return ("\n                 nobody can sign in yet. Add an agent: "
            "make agents ARGS='add you@example.com --name You --role admin --tier 1 --tier 2'")
