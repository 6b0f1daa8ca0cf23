"""A gateway and a stub bot as processes of their own, with ports, secrets and a database of their own (Linux)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.port_check import free_port
from bot.bootstrap import seed
from bot.settings import ROOT, Settings

START_SECONDS = 30.0


@dataclass
class Process:
    """One process that can be killed and started again, on one core or (`None`) on all."""

    command: Sequence[str]
    environment: dict[str, str]
    health: str
    log: Path
    core: int | None = None
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it, and don't wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        if self.core is not None:
            os.sched_setaffinity(self.process.pid, {self.core})

    def wait(self) -> float:
        """Wait until it answers; the seconds that took."""
        started = time.monotonic()
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() - started > START_SECONDS:
                raise RuntimeError(f"{self.command} does not answer:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.01)
        return time.monotonic() - started

    def kill(self) -> None:
        """SIGKILL: no word of farewell."""
        self.process.kill()
        self.process.wait()

    @property
    def memory(self) -> int:
        """Resident memory in bytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.health, timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@dataclass(frozen=True)
class Stage:
    """A gateway before a stub bot, on a seeded database."""

    settings: Settings
    gateway: Process
    bot: Process

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self.gateway, self.bot):
            if hasattr(process, "process"):
                process.kill()


def stage(
    folder: Path, *, database_url: str = "", think: float = 0.0, gateway_core: int | None = None,
    bot_core: int | None = None, keep: tuple[str, ...] = (),
) -> Stage:
    """A stage whose files lie in `folder`; nothing is started yet. Rate limits are out of the way; `think` is how long
    the bot takes for a reply, in seconds. A process without a core of its own may run on all; of our own settings it
    has those whose names begin with one of `keep`."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KILAT_") or name.startswith(keep)},
        "KILAT_STATE_DIR": str(folder),
        "KILAT_GATEWAY_PORT": str(free_port()),
        "KILAT_RASA_PORT": str(free_port()),
        "KILAT_INTERNAL_SECRET": "0123456789abcdef" * 3,
        "KILAT_MESSAGES_PER_MINUTE": "1000000", "KILAT_SOCKETS_PER_ADDRESS": "1000000",
        **({"KILAT_DATABASE_URL": database_url} if database_url else {}),
    }
    settings = Settings.from_environment(environment)
    seed(settings)
    python = [sys.executable, "-m"]
    gateway = Process([*python, "bot.cli", "gateway"], environment,
                      f"http://127.0.0.1:{settings.gateway_port}/healthz", folder / "gateway.log", gateway_core)
    bot = Process([*python, "benchmarks.stub_bot", "--think", str(think)], environment,
                  f"{settings.rasa_url}/webhooks/gateway/", folder / "bot.log", bot_core)
    return Stage(settings, gateway, bot)
