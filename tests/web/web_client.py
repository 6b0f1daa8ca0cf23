"""A bot that does as it is told, and a visitor's client, for tests of the gateway."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import anyio
from starlette.testclient import TestClient, WebSocketTestSession

from bot.core.answer import Bubble
from bot.core.errors import BotUnavailable
from bot.ports import BotReply, BotTurn

Frame = dict[str, Any]
WITH_ID = ("say", "ticket", "rate", "leave_queue", "end")
# Until a frame that never comes fails its test.
PATIENT_SECONDS = 30.0
# Keys and tokens that were in use: none may turn up where it does not belong.
SECRETS: set[str] = set()


class FakeBot:
    """Says what it heard; `up` says whether it is there, `broken` holds texts on which it fails, `slow` makes it think
    until it is made fast again."""

    def __init__(self) -> None:
        self.up = True
        self.slow = False
        self.broken: set[str] = set()
        self.asked: list[str] = []
        self.turns: list[BotTurn] = []

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        self.asked.append(turn.text)
        while self.slow:
            await asyncio.sleep(0.005)
        if not self.up or turn.text in self.broken:
            raise BotUnavailable("told to")
        self.turns.append(turn)
        state = {**turn.state, "fallback_count": int(turn.state.get("fallback_count") or 0) + 1}
        return BotReply((Bubble(f"heard: {turn.text}"),), state)

    async def is_up(self) -> bool:
        """See `Bot`."""
        return self.up

    async def close(self) -> None:
        """See `Bot`."""


class Client:
    """A visitor's client: sends frames, waits for those it wants."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket
        self.seen: list[Frame] = []
        self.key = ""

    def send(self, type_: str, **fields: Any) -> str:
        """Send a frame; its client id, for frames that have one."""
        client_id = fields.setdefault("client_id", str(uuid.uuid4())) if type_ in WITH_ID else ""
        self.socket.send_text(json.dumps({"type": type_, **fields}))
        return str(client_id)

    def until(self, type_: str, **wanted: Any) -> Frame:
        """The next frame of this type with these fields (an entry's count, too)."""
        while not _is(self.next(), type_, wanted):
            pass
        return _inner(self.seen[-1])

    def once(self, type_: str, **wanted: Any) -> Frame:
        """The same, or one that has come already: where two clients do the same, either's answer may come first."""
        return next((_inner(frame) for frame in self.seen if _is(frame, type_, wanted)), None) or self.until(
            type_, **wanted)

    def next(self) -> Frame:
        """The next frame, whatever it is."""
        self.seen.append(json.loads(self._text()))
        return self.seen[-1]

    def news(self) -> list[Frame]:
        """What has come until now, and what was on its way."""
        self.send("ping")
        begin = len(self.seen)
        self.until("pong")
        return self.seen[begin:-1]

    def say(self, *texts: str) -> None:
        """Said and stored; perhaps not answered yet."""
        for text in texts:
            self.until("ack", client_id=self.send("say", text=text))

    def heard(self) -> list[str]:
        """What the bot has answered to the visitor's texts, in the order of the log, which has no gap."""
        self.send("history", before=1000)
        entries = self.until("history")["entries"]
        assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
        return [entry["text"].removeprefix("heard: ") for entry in entries if entry["text"].startswith("heard: ")]

    def _text(self) -> str:
        async def soon() -> Any:
            with anyio.fail_after(PATIENT_SECONDS):
                return await self.socket._send_rx.receive()

        message = self.socket.portal.call(soon)
        self.socket._raise_on_close(message)
        return str(message["text"])

    def hello(self, **fields: Any) -> Frame:
        """Say hello, and keep the key."""
        self.send("hello", **{"protocol": 1, "lang": "id", **({"key": self.key} if self.key else {}), **fields})
        welcome = self.until("welcome")
        self.key = welcome.get("key", self.key)
        SECRETS.add(self.key)
        return welcome

    def ask(self, text: str, **fields: Any) -> Frame:
        """Say something and wait for the first word of the answer."""
        ack_of = self.send("say", text=text, **fields)
        seq = self.until("ack", client_id=ack_of)["seq"]
        while (entry := self.until("entry", author="bot"))["seq"] < seq:
            pass
        return entry


class Plain:
    """A visitor's client over plain HTTP."""

    def __init__(self, http: TestClient, key: str = "") -> None:
        self.http = http
        self.key = key

    @property
    def headers(self) -> dict[str, str]:
        """The key, as the widget sends it: always, when it has one."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def send(self, type_: str, **fields: Any) -> list[Frame]:
        """Send a frame; the frames that answer it."""
        if type_ in WITH_ID:
            fields.setdefault("client_id", str(uuid.uuid4()))
        answer = self.http.post("/v1/frames", json={"type": type_, **fields}, headers=self.headers)
        return answer.json()["frames"]  # type: ignore[no-any-return]

    def hello(self, **fields: Any) -> Frame:
        """Say hello, and keep the key."""
        known = {"key": self.key} if self.key else {}
        [welcome] = self.send("hello", **{"protocol": 1, "lang": "id", **known, **fields})
        self.key = welcome.get("key", self.key)
        SECRETS.add(self.key)
        return welcome

    def events(self, after: int = 0, wait: float = 0) -> list[Frame]:
        """What is new after a number."""
        answer = self.http.get("/v1/events", params={"after": after, "wait": wait}, headers=self.headers)
        return answer.json()["frames"]  # type: ignore[no-any-return]

    def until_said(self, text: str) -> Frame:
        """The entry with this text, waited for."""
        after = 0
        for _ in range(100):
            for frame in self.events(after, 5):
                if frame["type"] == "entry":
                    after = frame["entry"]["seq"]
                    if frame["entry"]["text"] == text:
                        return frame["entry"]  # type: ignore[no-any-return]
        raise AssertionError(f"nobody said {text!r}")


def _is(frame: Frame, type_: str, wanted: Frame) -> bool:
    fields = frame | frame.get("entry", {})
    return frame["type"] == type_ and all(fields.get(name) == value for name, value in wanted.items())


def _inner(frame: Frame) -> Frame:
    return frame.get("entry", frame)  # type: ignore[no-any-return]
