"""Visitors who ask for a human again and again, and agents who answer each of their words, whatever happens."""

from __future__ import annotations

import asyncio
import random
import uuid
from contextlib import AsyncExitStack
from typing import Any

from persistent_visitors import PAUSE_SECONDS, Tireless

from benchmarks.socket_client import Frame, SocketClient

# Words that a visitor says to one human, at most, before they wait for what becomes of it.
MOST_WORDS = 4
WITH_PEOPLE = ("queued", "connected", "transferred")


class Asker(Tireless):
    """A signed-in visitor over a socket: asks for a human whenever none is about to come, and talks meanwhile, after
    each frame a pause of `pace` seconds."""

    def __init__(self, port: int, name: str, token: str, dice: random.Random, pace: float = PAUSE_SECONDS / 2) -> None:
        super().__init__(port, name)
        self._dice = dice
        self.pace = pace
        self.token = token
        self.status = "bot"
        self.payloads: dict[str, str] = {}
        self.socket: SocketClient | None = None

    @property
    def is_content(self) -> bool:
        """True when all that it has said is stored, and nobody has to come for it."""
        return not self.unsent and self.status not in WITH_PEOPLE

    def hello(self) -> Frame:
        """See `Tireless`."""
        return {**super().hello(), "identity_token": self.token}

    def frame(self, client_id: str) -> Frame:
        """See `Tireless`."""
        payload = self.payloads.get(client_id)
        return {**super().frame(client_id), **({"payload": payload} if payload else {})}

    def more(self) -> list[str]:
        """Ask for a human, once for each time that one is wanted; else just talk."""
        if self.is_silent or self.unsent or len(self.sent) > len(self.acks) + MOST_WORDS:
            return []
        client_id = str(uuid.uuid4())
        wants = self.status not in WITH_PEOPLE and self._dice.random() < 0.5
        self.sent[client_id] = f"{self.name} {len(self.sent)}"
        if wants:
            self.payloads[client_id] = "/talk_to_human"
        return [client_id]

    def take(self, frame: Frame) -> None:
        """See `Tireless`."""
        super().take(frame)
        state = frame.get("state", frame)
        if state.get("type") == "state" or frame["type"] == "welcome":
            self.status = state["status"]

    async def visit(self, stack: AsyncExitStack) -> None:
        """See `Tireless`."""
        self.socket = await SocketClient.connect(self.port)
        stack.callback(self.socket.close)
        self.socket.send(self.hello())
        async for frame in self.socket.frames():
            self.take(frame)
            again = self.unsent if frame["type"] == "welcome" else []
            for client_id in again + self.more():
                self.socket.send(self.frame(client_id))
            await asyncio.sleep(self.pace)


class Answerer:
    """An agent at the console: takes what waits, answers each word of a visitor once, then passes the word on."""

    def __init__(self, port: int, name: str, token: str, dice: random.Random) -> None:
        self.port = port
        self.name = name
        self.is_closing = False
        self.visits = 0
        self.done = 0
        self.refused: list[Frame] = []
        self.socket: SocketClient | None = None
        self._token = token
        self._dice = dice
        self._logs: dict[str, dict[int, Frame]] = {}
        self._mine: set[str] = set()
        self._asked: dict[str, tuple[str, str]] = {}

    async def stay(self) -> None:
        """Sign in again and again."""
        while True:
            try:
                async with AsyncExitStack() as stack:
                    await self._visit(stack)
            except OSError:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _visit(self, stack: AsyncExitStack) -> None:
        self.socket = await SocketClient.connect(self.port, "/agent/socket", f"kilat_agent={self._token}")
        stack.callback(self.socket.close)
        self._mine, self._asked = set(), {}
        self._send("hello", protocol=1)
        async for frame in self.socket.frames():
            self._take(frame)

    def _send(self, type_: str, **fields: Any) -> None:
        assert self.socket is not None
        request = str(uuid.uuid4())[:8]
        self._asked[request] = (type_, fields.get("conversation", ""))
        self.socket.send({"type": type_, "request": request, **fields})

    def _take(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "welcome":
            self.visits += 1
            self._own(frame["mine"]["cases"])
            self._call_up(frame["queue"]["cases"])
        elif kind == "queue":
            self._call_up(frame["cases"])
        elif kind == "mine":
            self._own(frame["cases"])
        elif kind in ("opened", "entry"):
            self._see(frame)
        elif kind == "done":
            self._is_done(frame)
        elif kind == "error":
            self.refused.append(frame)
            self._asked.pop(frame.get("request") or "", None)
            if frame["code"] == "unavailable":
                raise ConnectionError("the database was away: come again, and see what is left to do")

    def _call_up(self, cases: list[Frame]) -> None:
        if cases and not any(type_ in ("next", "take") for type_, _ in self._asked.values()):
            # Now and then all reach for the very same one.
            if self._dice.random() < 0.5:
                self._send("take", conversation=cases[0]["conversation"])
            else:
                self._send("next")

    def _own(self, cases: list[Frame]) -> None:
        for case in cases:
            if case["conversation"] not in self._mine:
                self._send("open", conversation=case["conversation"])
        self._mine = {case["conversation"] for case in cases}

    def _see(self, frame: Frame) -> None:
        conversation_id = frame["conversation"]
        log = self._logs.setdefault(conversation_id, {})
        entries = frame["entries"] if frame["type"] == "opened" else [frame["entry"]]
        log.update({entry["seq"]: entry for entry in entries})
        if conversation_id in self._mine:
            self._work(conversation_id, log)

    def _work(self, conversation_id: str, log: dict[int, Frame]) -> None:
        known = {entry.get("client_id") for entry in log.values()}
        for seq in sorted(log):
            entry = log[seq]
            answered = answer_id(conversation_id, seq) in known or f"re-{seq}" in known
            if entry["author"] == "visitor" and entry["kind"] == "text" and not answered:
                self._send("say", conversation=conversation_id, client_id=answer_id(conversation_id, seq),
                           text=f"{self.name}: {entry['text']}")
        said = sum(entry["author"] == "agent" for entry in log.values())
        if self.is_closing or (said and self._dice.random() < 0.2):
            self._pass_on(conversation_id)

    def _pass_on(self, conversation_id: str) -> None:
        if not self.is_closing and self._dice.random() < 0.5:
            self._send("transfer", conversation=conversation_id)
        else:
            self._send("give_back", conversation=conversation_id)

    def _is_done(self, frame: Frame) -> None:
        type_, conversation_id = self._asked.pop(frame["request"], ("", ""))
        self.done += 1
        if type_ in ("next", "take") and frame.get("conversation"):
            self._mine.add(frame["conversation"])
            self._send("open", conversation=frame["conversation"])
        elif type_ in ("give_back", "transfer"):
            self._mine.discard(conversation_id)


def answer_id(conversation_id: str, seq: int) -> str:
    """The id under which an agent answers this word: the same, whoever does it, however often."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{conversation_id}/{seq}"))
