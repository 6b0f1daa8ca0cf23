"""One visitor beside a flood: 60 anonymous conversations send the dearest messages there are (`make bench-stall`).

Against the whole of `kilat serve` on loopback: gateway, Rasa, action server. First each kind of `expensive_texts.py` is
sent once, alone, to see which are dear; then 60 conversations send the dearest ten in one moment, once from one address
and once from 60, while another visitor asks an ordinary question again and again. Rate limits are out of the way. Exit
status 1 when that visitor waits longer than the target of `docs/performance.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.expensive_texts import KINDS
from benchmarks.socket_client import SocketClient
from bot.adapters.port_check import free_port
from bot.settings import ROOT, Settings

TARGET_SECONDS = 2.0
LONGEST = 2000
DEAREST = 10
QUESTION = "berapa nomor telepon dukungan untuk Jepang?"
START_SECONDS, PATIENCE_SECONDS = 300.0, 180.0
# Between two questions of the visitor who is held up or not.
PAUSE_SECONDS = 0.3
VISITOR, OFFICE = "192.0.2.1", "192.0.2.2"


def main() -> int:
    """Measure, print, write JSON when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=60)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, pid):
        figures = asyncio.run(measure(port, pid, arguments.conversations))
    print(json.dumps(figures, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    return int(max(flood["visitor_worst_s"] for flood in figures["floods"]) > TARGET_SECONDS)


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """`kilat serve` with a state of its own, ready; (the gateway's port, the process id of the parent)."""
    folder.chmod(0o700)
    ports = {name: free_port() for name in ("KILAT_GATEWAY_PORT", "KILAT_RASA_PORT", "KILAT_ACTIONS_PORT")}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KILAT_")},
        **{name: str(port) for name, port in ports.items()}, "KILAT_STATE_DIR": str(folder),
        "KILAT_MESSAGES_PER_MINUTE": "1000000", "KILAT_SOCKETS_PER_ADDRESS": "1000000",
    }
    Settings.from_environment(environment)
    port = ports["KILAT_GATEWAY_PORT"]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "bot.cli", "serve"], cwd=ROOT, env=environment,
                                   stdout=log, stderr=log)
    try:
        started = time.monotonic()
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() - started > START_SECONDS:
                raise RuntimeError(f"kilat serve is not ready:\n{(folder / 'serve.log').read_text()[-3000:]}")
            time.sleep(0.2)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@dataclass
class Visitor:
    """One socket with a conversation of its own."""

    socket: SocketClient
    welcomed: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.reading = asyncio.create_task(self._read())

    async def ask(self, text: str) -> float:
        """Say something and wait for the answer; the seconds that took."""
        self.answered.clear()
        started = time.perf_counter()
        self.socket.send({"type": "say", "client_id": str(uuid.uuid4()), "text": text})
        await asyncio.wait_for(self.answered.wait(), PATIENCE_SECONDS)
        return time.perf_counter() - started

    def close(self) -> None:
        """Leave."""
        self.reading.cancel()
        self.socket.close()

    async def _read(self) -> None:
        with suppress(ConnectionError):
            async for frame in self.socket.frames():
                if frame["type"] == "welcome":
                    self.welcomed.set()
                elif frame["type"] == "entry" and frame["entry"]["author"] == "bot":
                    self.answered.set()
                elif frame["type"] == "error":
                    # A message of which nothing can be seen is refused at the door: its answer, too.
                    self.answered.set()


async def measure(port: int, pid: int, conversations: int) -> dict[str, object]:
    """The dearest kinds, and what a visitor sees of each flood."""
    visitor = await _enter(port, VISITOR)
    for _ in range(10):
        await visitor.ask(QUESTION)
    alone = [await visitor.ask(QUESTION) for _ in range(10)]
    probe = await _enter(port, OFFICE)
    cost = {}
    for kind, make in KINDS.items():
        cpu = _cpu(pid)
        await probe.ask(make(LONGEST))
        cost[kind] = _cpu(pid) - cpu
    dearest = sorted(cost, key=lambda kind: -cost[kind])[:DEAREST]
    texts = [KINDS[kind](LONGEST) for kind in dearest]
    floods = []
    for addresses in (1, conversations):
        crowd = [await _enter(port, f"198.18.0.{number % addresses}") for number in range(conversations)]
        floods.append({"addresses": addresses, **await _flood(visitor, crowd, texts)})
        for client in crowd:
            client.close()
    return {
        "visitor_alone_s": round(statistics.median(alone), 3), "floods": floods,
        "cpu_of_all_processes_ms": {kind: round(cost[kind] * 1000) for kind in dearest},
        "median_cpu_ms": round(statistics.median(cost.values()) * 1000), "kinds": len(cost),
    }


async def _flood(visitor: Visitor, crowd: list[Visitor], texts: list[str]) -> dict[str, object]:
    started = time.perf_counter()
    asked = [asyncio.create_task(client.ask(texts[number % len(texts)])) for number, client in enumerate(crowd)]
    waits = []
    while not all(task.done() for task in asked):
        waits.append(await visitor.ask(QUESTION))
        await asyncio.sleep(PAUSE_SECONDS)
    await asyncio.gather(*asked)
    return {"visitor_worst_s": round(max(waits), 2), "visitor_median_s": round(statistics.median(waits), 2),
            "visitor_waits_s": [round(wait, 2) for wait in waits],
            "flood_answered_after_s": round(time.perf_counter() - started, 1)}


async def _enter(port: int, address: str) -> Visitor:
    visitor = Visitor(await SocketClient.connect(port, address=address))
    visitor.socket.send({"type": "hello", "protocol": 1, "lang": "id"})
    await asyncio.wait_for(visitor.welcomed.wait(), PATIENCE_SECONDS)
    return visitor


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return json.load(answer).get("bot") == "up"
    except (urllib.error.URLError, OSError):
        return False


def _cpu(parent: int) -> float:
    """Seconds of CPU of the children of a process and of their children, so far."""
    fields = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            rest = stat.read_text().rpartition(")")[2].split()
            fields[int(stat.parent.name)] = (int(rest[1]), int(rest[11]) + int(rest[12]))
    family = {parent}
    while grown := {pid for pid, (above, _) in fields.items() if above in family} - family:
        family |= grown
    return sum(fields[pid][1] for pid in family - {parent} if pid in fields) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    raise SystemExit(main())
