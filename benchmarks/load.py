"""The gateway under load: 2,000 open sockets, then 200 messages a second, on one core (`make bench-load`).

The gateway is alone on one core; this client and a stub bot share another. Latencies are seen by the client, from the
moment at which a message was due. Exit status 1 when a target of `docs/performance.md` is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
import urllib.request
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from benchmarks.processes import Stage, stage
from benchmarks.socket_client import Frame, SocketClient

WARM_UP = 20
OPENING = 50  # at once
SETTLE_SECONDS = 5.0
PATIENCE_SECONDS = 15.0
GATEWAY_CORE, CLIENT_CORE = 0, 1
# Figure: (its target, unit, what it is); `None`: told, not judged.
FIGURES: dict[str, tuple[float | None, str, str]] = {
    "start_s": (2.0, "s", "from the start to the first answer of /healthz"),
    "memory_mb": (120.0, "MB", "memory, warmed up"),
    "socket_kb": (60.0, "kB", "memory of an idle socket"),
    "opened_per_s": (None, "/s", "sockets opened, with a new conversation each"),
    "idle_cpu": (None, "%", "of the core, all sockets idle"),
    "rate": (None, "/s", "messages answered"),
    "lost": (0.0, "", "messages without an acknowledgement or an answer"),
    "ack_p50_ms": (None, "ms", "acknowledgement, median"),
    "ack_p95_ms": (None, "ms", "acknowledgement, 95%"),
    "ack_p99_ms": (250.0, "ms", "acknowledgement, 99%"),
    "entry_p50_ms": (None, "ms", "the bot's answer, median, its thinking included"),
    "entry_p95_ms": (None, "ms", "the bot's answer, 95%"),
    "entry_p99_ms": (250.0, "ms", "the bot's answer, 99%"),
    "load_cpu": (None, "%", "of the core, under load"),
    "message_cpu_ms": (None, "ms", "of the gateway's CPU for a message and its answer"),
    "memory_after_mb": (None, "MB", "memory after the load"),
    "others_cpu": (None, "%", "of a core, taken by other programs meanwhile"),
}


def main() -> int:
    """Measure, print a table, write JSON when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--rate", type=int, default=200, help="messages a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--think", type=float, default=0.02, help="seconds that the stub bot takes for a reply")
    parser.add_argument("--database-url", default="", help="default: SQLite in a temporary folder")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    cores = {"gateway_core": GATEWAY_CORE, "bot_core": CLIENT_CORE} if (os.cpu_count() or 1) > 1 else {}
    with tempfile.TemporaryDirectory() as folder, stage(
        Path(folder), database_url=arguments.database_url, think=arguments.think, **cores
    ) as played:
        if cores:
            os.sched_setaffinity(0, {CLIENT_CORE})
        uvloop.install()
        figures = asyncio.run(measure(played, arguments))
    missed = [name for name, value in figures.items() if (target := FIGURES[name][0]) is not None and value > target]
    for name, value in figures.items():
        target, unit, meaning = FIGURES[name]
        aim = "" if target is None else f"at most {target:g} {unit}{', MISSED' if name in missed else ''}"
        print(f"{meaning:55} {value:10.1f} {unit:3} {aim}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if missed else 0


async def measure(played: Stage, arguments: argparse.Namespace) -> dict[str, float]:
    """All figures, by the names of `FIGURES`."""
    figures: dict[str, float] = {}
    gateway = played.gateway
    played.bot.start()
    played.bot.wait()
    gateway.start()
    figures["start_s"] = gateway.wait()
    await asyncio.wait_for(_bot_is_up(played), PATIENCE_SECONDS)
    port = played.settings.gateway_port
    for client in await _open(port, WARM_UP):
        client.say(0.0)
        await asyncio.wait_for(client.answered.wait(), PATIENCE_SECONDS)
        client.close()
    await asyncio.sleep(1)
    before = gateway.memory
    figures["memory_mb"] = before / 1e6

    started = time.perf_counter()
    clients = await _open(port, arguments.sockets)
    figures["opened_per_s"] = arguments.sockets / (time.perf_counter() - started)
    cpu, started = gateway.cpu, time.perf_counter()
    await asyncio.sleep(SETTLE_SECONDS)
    figures["idle_cpu"] = (gateway.cpu - cpu) / (time.perf_counter() - started) * 100
    figures["socket_kb"] = (gateway.memory - before) / arguments.sockets / 1000

    cpu, started, busy = gateway.cpu, time.perf_counter(), _busy(played)
    count = await _speak(clients, arguments.rate, arguments.seconds)
    seconds = time.perf_counter() - started
    figures["load_cpu"] = (gateway.cpu - cpu) / seconds * 100
    figures["message_cpu_ms"] = (gateway.cpu - cpu) / count * 1000
    figures["others_cpu"] = (_busy(played) - busy) / seconds * 100
    figures["memory_after_mb"] = gateway.memory / 1e6
    acks = sorted(value for client in clients for value in client.acks)
    answers = sorted(value for client in clients for value in client.answers)
    figures["rate"] = len(answers) / seconds
    figures["lost"] = 2 * count - len(acks) - len(answers)
    for name, values in (("ack", acks), ("entry", answers)):
        for percent in (50, 95, 99):
            figures[f"{name}_p{percent}_ms"] = values[len(values) * percent // 100] * 1000
    for client in clients:
        client.close()
    return {name: figures[name] for name in FIGURES}


@dataclass
class Visitor:
    """One socket with a conversation of its own. `acks` and `answers` hold seconds since a message was due."""

    socket: SocketClient
    welcomed: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    acks: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    due: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reading = asyncio.create_task(self._read())

    def say(self, late: float) -> None:
        """Say something that was due `late` seconds ago."""
        client_id = str(uuid.uuid4())
        self.due[client_id] = time.perf_counter() - late
        # The stub says it back, so the answer tells what it answers.
        self.socket.send({"type": "say", "client_id": client_id, "text": client_id})

    def close(self) -> None:
        """Leave."""
        self.reading.cancel()
        self.socket.close()

    async def _read(self) -> None:
        with suppress(ConnectionError):
            async for frame in self.socket.frames():
                self._take(frame)

    def _take(self, frame: Frame) -> None:
        now = time.perf_counter()
        if frame["type"] == "welcome":
            self.welcomed.set()
        elif frame["type"] == "ack":
            self.acks.append(now - self.due[frame["client_id"]])
        elif frame["type"] == "entry" and frame["entry"]["author"] == "bot":
            self.answers.append(now - self.due[frame["entry"]["text"].partition(": ")[2]])
            self.answered.set()
        elif frame["type"] == "error":
            print(f"refused: {frame}", file=sys.stderr)


async def _open(port: int, count: int) -> list[Visitor]:
    room = asyncio.Semaphore(OPENING)

    async def one(number: int) -> Visitor:
        async with room:
            # Each from an address of its own: those of one take turns with the bot.
            address = f"198.18.{number // 256}.{number % 256}"
            visitor = Visitor(await SocketClient.connect(port, address=address))
            visitor.socket.send({"type": "hello", "protocol": 1, "lang": "id"})
            await asyncio.wait_for(visitor.welcomed.wait(), PATIENCE_SECONDS)
            return visitor

    return list(await asyncio.gather(*(one(number) for number in range(count))))


async def _speak(clients: list[Visitor], rate: int, seconds: int) -> int:
    """Messages at a steady rate, the next one by the next visitor, whether the last was answered or not; how many."""
    started, count = time.perf_counter(), rate * seconds
    for number in range(count):
        wait = started + number / rate - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        clients[number % len(clients)].say(max(0.0, -wait))
    patience = time.perf_counter() + PATIENCE_SECONDS
    while sum(len(c.answers) for c in clients) < count and time.perf_counter() < patience:
        await asyncio.sleep(0.05)
    return count


async def _bot_is_up(played: Stage) -> None:
    """Wait until the gateway has seen the bot: until then it would keep what is said."""
    while True:
        with urllib.request.urlopen(played.gateway.health, timeout=5) as answer:
            if json.load(answer)["bot"] == "up":
                return
        await asyncio.sleep(0.05)


def _busy(played: Stage) -> float:
    """Seconds of CPU that all but this benchmark have used, on all cores."""
    user, nice, system, _idle, _wait, irq, soft = map(int, Path("/proc/stat").read_text().split()[1:8])
    everybody = (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")
    return everybody - played.gateway.cpu - played.bot.cpu - time.process_time()


if __name__ == "__main__":
    raise SystemExit(main())
