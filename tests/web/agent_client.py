"""An agent's console, for tests of the gateway."""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any

from starlette.testclient import WebSocketTestSession
from web_client import Client, Frame

WITH_ID = ("say", "note", "ticket")


class AgentClient(Client):
    """Sends frames, waits for their answers and for what else it wants. `rows` are as it was shown them last."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        super().__init__(socket)
        self.id = ""
        self.session: Any = None
        self.welcome: Frame = {}
        self._requests = itertools.count(1)

    def send(self, type_: str, **fields: Any) -> str:
        """Send a frame; its `request`."""
        request = str(next(self._requests))
        if type_ in WITH_ID:
            fields.setdefault("client_id", str(uuid.uuid4()))
        self.socket.send_text(json.dumps({"type": type_, "request": request, **fields}))
        return request

    def ask_for(self, type_: str, **fields: Any) -> Frame:
        """Send a frame; the one that answers it."""
        request = self.send(type_, **fields)
        while self.next().get("request") != request:
            pass
        return self.seen[-1]

    def do(self, type_: str, **fields: Any) -> Frame:
        """`ask_for`, which is done."""
        answer = self.ask_for(type_, **fields)
        assert answer["type"] == "done", answer
        return answer

    def refused(self, type_: str, **fields: Any) -> str:
        """`ask_for`, which is refused: the code."""
        answer = self.ask_for(type_, **fields)
        assert answer["type"] == "error", answer
        return str(answer["code"])

    def hello(self, **fields: Any) -> Frame:
        """Say hello."""
        answer = self.ask_for("hello", **{"protocol": 1, **fields})
        assert answer["type"] == "welcome", answer
        return answer

    def take_next(self) -> str:
        """Take the next case and open it; its conversation."""
        conversation_id = str(self.do("next")["conversation"])
        self.open(conversation_id)
        return conversation_id

    def open(self, conversation_id: str, **fields: Any) -> Frame:
        """Open a conversation; what is shown of it."""
        self.do("open", conversation=conversation_id, **fields)
        return next(frame for frame in reversed(self.seen) if frame["type"] == "opened")

    def shown(self, type_: str, **wanted: Any) -> Frame:
        """The newest frame of this type with these fields (of an entry, note or case, too); waits until it comes."""
        begin = 0
        while True:
            for frame in reversed(self.seen[begin:]):
                fields = frame | (frame[type_] if frame["type"] == type_ in ("entry", "note", "case") else {})
                if frame["type"] == type_ and all(fields.get(name) == value for name, value in wanted.items()):
                    return fields
            begin = len(self.seen)
            self.next()

    def rows(self, type_: str = "queue") -> list[Frame]:
        """The cases of `queue` or `mine`, as shown last."""
        shown = [frame for frame in self.seen if frame["type"] == type_]
        cases: list[Frame] = (shown[-1] if shown else self.welcome[type_])["cases"]
        return cases

    def until_rows(self, number: int, type_: str = "queue") -> list[Frame]:
        """Wait until there are so many."""
        while len(self.rows(type_)) != number:
            self.next()
        return self.rows(type_)

    def news(self) -> list[Frame]:
        """What has come until now, and what was on its way."""
        begin = len(self.seen)
        self.ask_for("ping")
        return self.seen[begin:-1]


def queue_up(client: Client) -> None:
    """A visitor asks for a person; until it is so."""
    client.send("say", text="Manusia", payload="/talk_to_human")
    client.until("state", status="queued")
