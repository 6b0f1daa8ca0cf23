"""A bot that does as it is told, and a visitor's client, for tests of the gateway."""

from __future__ import annotations

import json
import uuid
from typing import Any

from starlette.testclient import WebSocketTestSession

from bot.core.answer import Bubble
from bot.core.errors import BotUnavailable
from bot.ports import BotReply, BotTurn

Frame = dict[str, Any]
WITH_ID = ("say", "ticket", "rate", "leave_queue", "end")


class FakeBot:
    """Says what it heard; `up` says whether it is there, `broken` holds texts on which it fails."""

    def __init__(self) -> None:
        self.up = True
        self.broken: set[str] = set()
        self.turns: list[BotTurn] = []

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        if not self.up or turn.text in self.broken:
            raise BotUnavailable("told to")
        self.turns.append(turn)
        state = {**turn.state, "misses": int(turn.state.get("misses") or 0) + 1}
        return BotReply((Bubble(f"heard: {turn.text}"),), state)

    async def is_up(self) -> bool:
        """See `Bot`."""
        return self.up


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
        while True:
            frame = json.loads(self.socket.receive_text())
            self.seen.append(frame)
            fields = frame | frame.get("entry", {})
            if frame["type"] == type_ and all(fields.get(name) == value for name, value in wanted.items()):
                return frame.get("entry", frame)  # type: ignore[no-any-return]

    def hello(self, **fields: Any) -> Frame:
        """Say hello, and keep the key."""
        self.send("hello", **{"protocol": 1, "lang": "id", **({"key": self.key} if self.key else {}), **fields})
        welcome = self.until("welcome")
        self.key = welcome.get("key", self.key)
        return welcome

    def ask(self, text: str, **fields: Any) -> Frame:
        """Say something and wait for the first word of the answer."""
        ack_of = self.send("say", text=text, **fields)
        seq = self.until("ack", client_id=ack_of)["seq"]
        while (entry := self.until("entry", author="bot"))["seq"] < seq:
            pass
        return entry
