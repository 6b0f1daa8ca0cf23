"""Keeps a process running: restarts it when it ends, and kills it when it hangs."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.subprocesses import die_with_parent
from bot.core.errors import KilatError

logger = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 30.0
STOP_SECONDS = 10.0
# Time for the first answer: a busy machine takes long to load a model.
START_SECONDS = 300.0
ASK_SECONDS = 5.0
BETWEEN_SECONDS = 1.0


@dataclass(frozen=True)
class Heartbeat:
    """The check that a process lives."""

    url: str  # any answer counts
    seconds: float  # without an answer for this long, the process hangs
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass
class SupervisedProcess:
    """A supervised process. The pause before a restart grows while it keeps failing."""

    name: str
    command: Callable[[], list[str]]  # called at each start
    environment: Mapping[str, str] = field(repr=False)
    folder: Path  # the working directory
    pulse: Heartbeat | None = None
    refused: int | None = None  # the exit status after which a restart is of no use
    process: subprocess.Popen[bytes] | None = None
    is_refused: bool = False
    _started: float = 0.0
    _answered: float = 0.0
    _pause: float = FIRST_PAUSE
    _due: float = 0.0

    def tend(self, now: float) -> None:
        """Start the process when it is due, kill it when it hangs, and plan its restart. `now`: `time.monotonic()`."""
        if self.process is None:
            if now >= self._due and not self.is_refused:
                self._start(now)
            return
        if self.process.poll() is None:
            if not self._hangs(now):
                return
            logger.error("%s does not answer any more. It is killed and restarted.", self.name)
            self.process.kill()
            self.process.wait()
        status = self.process.returncode
        self.process, self.is_refused = None, status == self.refused
        if not self.is_refused:
            self._pause = FIRST_PAUSE if now - self._started > STEADY_SECONDS else min(self._pause * 2, LONGEST_PAUSE)
            self._due = now + self._pause
            logger.error("%s ended with status %s; starting it again in %.0f s.", self.name, status, self._pause)

    def stop(self) -> None:
        """Terminate the process; kill it after `STOP_SECONDS`."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self, now: float) -> None:
        try:
            command = self.command()
        except KilatError as error:
            logger.error("%s can't start: %s", self.name, error)
            self._due = now + LONGEST_PAUSE
            return
        self.process = subprocess.Popen(
            command, cwd=self.folder, env=dict(self.environment), preexec_fn=die_with_parent)
        self._started, self._answered = now, 0.0
        if self.pulse:
            threading.Thread(target=self._listen, args=(self.process, self.pulse), daemon=True).start()

    def _hangs(self, now: float) -> bool:
        if self.pulse is None:
            return False
        if self._answered:
            return now - self._answered > self.pulse.seconds
        return now - self._started > START_SECONDS

    def _listen(self, process: subprocess.Popen[bytes], pulse: Heartbeat) -> None:
        """Record the time of the last answer, in a thread, while this process runs."""
        request = urllib.request.Request(pulse.url, headers=dict(pulse.headers))
        while self.process is process:
            if _answers(request):
                self._answered = time.monotonic()
            time.sleep(BETWEEN_SECONDS)


def _answers(request: urllib.request.Request) -> bool:
    try:
        urllib.request.urlopen(request, timeout=ASK_SECONDS).close()
    except urllib.error.HTTPError:
        return True  # an error status is an answer, too
    except OSError:
        return False
    return True
