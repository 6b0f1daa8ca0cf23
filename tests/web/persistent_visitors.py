"""Visitors who say one thing after the other whatever happens, and keep all that they were shown."""

from __future__ import annotations

import asyncio
import uuid
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable
from contextlib import AsyncExitStack
from typing import Any

import httpx

from benchmarks.processes import Process
from benchmarks.socket_client import Frame, SocketClient

PAUSE_SECONDS = 0.02
# Sent without an acknowledgement, and acknowledged without an answer.
MOST_UNSENT, MOST_UNANSWERED = 5, 150


class Tireless(ABC):
    """One client of a conversation, as `docs/protocol.md` wants it: it sends again what has no acknowledgement, in its
    order, after every welcome. `tab_of`: another client of the same browser."""

    def __init__(self, port: int, name: str, tab_of: Tireless | None = None) -> None:
        self.port = port
        self.name = name
        self.tab_of = tab_of
        self.key: str | None = None
        self.conversation_id = ""
        self.sent: dict[str, str] = {}
        self.acks: dict[str, int] = {}
        self.shown: list[Frame] = []
        self.heard: set[str] = set()
        self.errors: list[Frame] = []
        self.visits = 0
        self.is_silent = False

    @property
    def unsent(self) -> list[str]:
        """Client ids without an acknowledgement, in order."""
        return [client_id for client_id in self.sent if client_id not in self.acks]

    @property
    def unanswered(self) -> list[str]:
        """Client ids of what was acknowledged and has no answer yet; the stub says what it answers."""
        return [client_id for client_id in self.acks if self.sent[client_id] not in self.heard]

    @property
    def is_content(self) -> bool:
        """True when each of its messages was acknowledged and answered."""
        return not self.unsent and not self.unanswered

    async def stay(self) -> None:
        """Visit again and again."""
        if self.tab_of:
            while not self.tab_of.key:
                await asyncio.sleep(PAUSE_SECONDS)
            self.key = self.tab_of.key
        while True:
            try:
                async with AsyncExitStack() as stack:
                    await self.visit(stack)
            except (OSError, httpx.HTTPError):
                await asyncio.sleep(PAUSE_SECONDS)

    @abstractmethod
    async def visit(self, stack: AsyncExitStack) -> None:
        """Talk until the connection is lost: `OSError` or httpx's."""

    def hello(self) -> Frame:
        """Begin, or go on after what was shown last."""
        last = self.shown[-1]["seq"] if self.shown else 0
        return {"type": "hello", "protocol": 1, "lang": "id", "after": last, **({"key": self.key} if self.key else {})}

    def frame(self, client_id: str) -> Frame:
        """What was said under this id."""
        return {"type": "say", "client_id": client_id, "text": self.sent[client_id]}

    def more(self) -> list[str]:
        """New messages, as many as may be under way."""
        if self.is_silent or len(self.unanswered) >= MOST_UNANSWERED:
            return []
        ids = [str(uuid.uuid4()) for _ in range(MOST_UNSENT - len(self.unsent))]
        self.sent |= {client_id: f"{self.name} {number}" for number, client_id in enumerate(ids, len(self.sent))}
        return ids

    def take(self, frame: Frame) -> None:
        """Keep what a frame brings."""
        if frame["type"] == "welcome":
            assert not (self.key and frame.get("key")), "its conversation was lost"
            self.visits += 1
            self.key, self.conversation_id = frame.get("key", self.key), frame["conversation"]
            self._see(frame["entries"])
        elif frame["type"] == "entry":
            self._see([frame["entry"]])
        elif frame["type"] == "ack":
            assert self.acks.setdefault(frame["client_id"], frame["seq"]) == frame["seq"], "acknowledged differently"
        elif frame["type"] == "error":
            self.errors.append(frame)
            if frame["code"] == "unavailable":
                raise ConnectionError("the database was away: come again, with what was not stored")

    def _see(self, entries: list[Frame]) -> None:
        self.shown += entries
        self.heard |= {entry["text"].partition(": ")[2] for entry in entries if entry["author"] == "bot"}


class OverSocket(Tireless):
    """Several messages under way at once."""

    async def visit(self, stack: AsyncExitStack) -> None:
        """See `Tireless`."""
        socket = await SocketClient.connect(self.port)
        stack.callback(socket.close)
        socket.send(self.hello())
        async for frame in socket.frames():
            self.take(frame)
            again = self.unsent if frame["type"] == "welcome" else []
            for client_id in again + self.more():
                socket.send(self.frame(client_id))


class OverHttp(Tireless):
    """One request after the other."""

    async def visit(self, stack: AsyncExitStack) -> None:
        """See `Tireless`."""
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}/v1", trust_env=False, timeout=30)
        await stack.enter_async_context(client)
        self._take_all(await client.post("/frames", json=self.hello()))
        client.headers["Authorization"] = f"Bearer {self.key}"
        while True:
            self.more()
            for client_id in self.unsent:
                self._take_all(await client.post("/frames", json=self.frame(client_id)))
            last = self.shown[-1]["seq"]
            self._take_all(await client.get("/events", params={"after": last, "wait": 1}))

    def _take_all(self, answer: httpx.Response) -> None:
        for frame in answer.json()["frames"]:
            if frame["type"] == "error" and frame["code"] == "no_session":
                raise ConnectionError("the gateway has started anew")
            self.take(frame)


async def stay_through(chaos: Coroutine[Any, Any, None], people: Iterable[Any]) -> None:
    """They all `stay` while `chaos` happens; what breaks one of them breaks the test."""
    tasks = [asyncio.create_task(each) for each in (chaos, *(somebody.stay() for somebody in people))]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


def restart(process: Process) -> None:
    """Kill it and start it anew."""
    process.kill()
    process.start()
