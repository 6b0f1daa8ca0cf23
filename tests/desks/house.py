"""A gateway before a desk, which can be killed and started anew, and visitors who talk to it."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from desks.agent_driver import AgentDriver
from sqlalchemy import select
from starlette.testclient import TestClient
from waiting import wait_until
from web_client import FakeBot, Plain

from bot.adapters.identity_token import sign
from bot.adapters.sample_customers import sample_identity
from bot.adapters.sql.desk_links import SqlMemory
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.tables import cases
from bot.bootstrap import build
from bot.core.conversation import Conversation, Entry
from bot.live.gateway import Gateway
from bot.ports import Case
from bot.settings import Settings
from bot.web import app as web

ADMIN = "premier:admin:business"


class House:
    """The gateway over one database, before `driver`'s desk."""

    def __init__(self, settings: Settings, driver: AgentDriver) -> None:
        self.settings = settings
        self.driver = driver
        self.bot = FakeBot()
        self.http: TestClient
        # What passes by: who types.
        self.passing: list[tuple[str, dict[str, Any]]] = []

    def start(self) -> None:
        """A new process, as it were: it knows what is stored."""
        app = web.create(build(self.settings), self.bot, self.driver.desk())
        self.http = TestClient(app, base_url="http://127.0.0.1:8080").__enter__()
        self.gateway.pubsub.on_transient.append(
            lambda conversation_id, frame: self.passing.append((conversation_id, dict(frame))))
        self.driver.attach(self)

    def stop(self) -> None:
        """It ends, whatever it does."""
        self.http.__exit__(None, None, None)

    @property
    def gateway(self) -> Gateway:
        """The running gateway itself."""
        return self.http.app.state.gateway  # type: ignore[attr-defined, no-any-return]

    def memory(self) -> SqlMemory:
        """What the gateway remembers by name."""
        return SqlMemory(open_engine(self.settings.database_url))

    def hook(self, headers: dict[str, str], body: bytes) -> int:
        """A webhook of the desk; the status of the answer."""
        return self.http.post("/hooks/desk", content=body, headers=headers).status_code

    def conversation_of(self, case: str) -> str:
        """Whose case this is."""
        engine = open_engine(self.settings.database_url)
        with engine.connect() as connection:
            this = cases.c.id == int(case.removeprefix("KLC-"))
            found: str = connection.execute(select(cases.c.conversation).where(this)).scalar_one()
        engine.dispose()
        return found

    def case(self, number: str) -> Case:
        """The case of this number."""
        of_it = self.gateway.cases.of_conversation(self.conversation_of(number))
        return next(case for case in of_it if case.number == number)

    def visitor(self, subject: str = "") -> Visitor:
        """A customer who may talk to people."""
        identity = sample_identity(ADMIN)
        token = sign(identity if not subject else type(identity)(
            subject, identity.customer, identity.name, identity.email), self.settings)
        return Visitor(self, token)

    def queued(self) -> tuple[Visitor, str]:
        """A visitor who waits for a human, and the number of their case, which the agents see."""
        visitor = self.visitor()
        case = visitor.hand_off()
        wait_until(lambda: case in self.driver.cases(), f"the case {case}")
        return visitor, case


class Visitor:
    """Somebody at the widget, over plain HTTP; the log tells what they see."""

    def __init__(self, house: House, token: str) -> None:
        self._house = house
        self._token = token
        self._key = ""
        self.id = self._hello()["conversation"]

    def hand_off(self) -> str:
        """Ask for a person; the case's number."""
        before = self.conversation.last_seq
        self.send("say", text="Bicara dengan manusia", payload="/talk_to_human")
        entry = wait_until(lambda: next((e for e in self.log(before) if (e.body.get("card") or {}).get("case")), None),
                     "the place in the queue")
        return str(entry.body["card"]["case"])

    def say(self, text: str) -> None:
        """Said and stored."""
        self.send("say", text=text)

    def send(self, type_: str, **fields: Any) -> list[dict[str, Any]]:
        """A frame; what answers it."""
        plain = Plain(self._house.http, self._key)
        frames = plain.send(type_, **fields)
        if frames and frames[0].get("code") == "no_session":
            self._hello()
            frames = plain.send(type_, **fields)
        assert not [frame for frame in frames if frame["type"] == "error"], frames
        return frames

    def upload(self, name: str, content: bytes) -> None:
        """A file."""
        answer = self._house.http.post("/v1/files", params={"client_id": str(uuid.uuid4())}, content=content,
                                       headers={"Authorization": f"Bearer {self._key}", "X-File-Name": quote(name)})
        assert answer.status_code == 200, answer.text

    def log(self, after: int = 0) -> list[Entry]:
        """What was said, in order."""
        return self._house.gateway.conversations.entries(self.id, after=after, before=2**31 - 1, limit=1000)

    def texts(self, author: str) -> list[str]:
        """What one of them said."""
        return [entry.body.get("text", "") for entry in self.log() if entry.author.value == author]

    def events(self) -> list[str]:
        """What happened."""
        return [entry.body["event"] for entry in self.log() if entry.kind.value == "event"]

    @property
    def conversation(self) -> Conversation:
        """How things stand."""
        conversation = self._house.gateway.conversations.get(self.id)
        assert conversation is not None
        return conversation

    @property
    def status(self) -> str:
        """Who has the conversation."""
        return self.conversation.status.value

    def _hello(self) -> dict[str, Any]:
        plain = Plain(self._house.http, self._key)
        welcome = plain.hello(identity_token=self._token)
        self._key = plain.key
        return welcome
