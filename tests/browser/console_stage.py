"""A real gateway before a stub bot for the console's tests, its agents, and visitors who wait there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from sqlalchemy.engine import Engine

from benchmarks.processes import Stage, stage
from bot.adapters.identity_token import sign
from bot.adapters.password_hashing import Passwords
from bot.adapters.sample_customers import sample_identity
from bot.adapters.sql.agent_sessions import SqlAgentSessions
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.engine import open_engine
from bot.core.conversation import Agent, Change, Destination, Event, Note
from bot.ports import AgentAccount
from bot.web.console.sessions import COOKIE

PASSWORD = "payung-biru-di-teras"
ADMIN, MEMBER = "premier_plus:admin:enterprise", "premier:member:business"
# Budi is a lead and takes all; Tono takes tier 1, Rina both.
PEOPLE = (("Budi", "lead", (1, 2)), ("Tono", "agent", (1,)), ("Rina", "agent", (1, 2)))


@dataclass
class Visitor:
    """A signed-in customer who talks over plain HTTP."""

    base: str
    token: str
    http: httpx.Client
    key: str = ""
    conversation_id: str = ""

    def send(self, type_: str, **fields: Any) -> list[dict[str, Any]]:
        """Send a frame; the frames that answer it."""
        if type_ in ("say", "end", "ticket"):
            fields.setdefault("client_id", str(uuid.uuid4()))
        answer = self.http.post(f"{self.base}/v1/frames", json={"type": type_, **fields}, headers=self.headers)
        frames: list[dict[str, Any]] = answer.json()["frames"]
        return frames

    @property
    def headers(self) -> dict[str, str]:
        """The key, once there is one."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def hello(self) -> None:
        """Say hello, and keep the key."""
        page = {"url": "https://help.example.com/audio", "title": "Audio <b>putus</b>"}
        [welcome] = self.send("hello", protocol=1, lang="id", identity_token=self.token, page=page)
        self.key, self.conversation_id = welcome["key"], welcome["conversation"]

    def say(self, text: str, **more: Any) -> None:
        """Say something."""
        assert self.send("say", text=text, **more)[0]["type"] == "ack"

    def upload(self, name: str, content: bytes) -> None:
        """Send a file."""
        headers = {**self.headers, "X-File-Name": quote(name)}
        answer = self.http.post(f"{self.base}/v1/files?client_id={uuid.uuid4()}", content=content, headers=headers)
        assert answer.status_code == 200, answer.text

    def heard(self) -> list[str]:
        """What agents have said."""
        return [entry["text"] for entry in self.entries() if entry["author"] == "agent"]

    def entries(self) -> list[dict[str, Any]]:
        """All that the visitor sees."""
        return [frame["entry"] for frame in self._events(0) if frame["type"] == "entry"]

    def until(self, text: str) -> dict[str, Any]:
        """The entry that says `text`, waited for."""
        after = 0
        for _ in range(8):
            for frame in self._events(after, wait=5):
                if frame["type"] == "entry":
                    after = frame["entry"]["seq"]
                    if text in frame["entry"].get("text", ""):
                        return frame["entry"]  # type: ignore[no-any-return]
        raise AssertionError(f"nobody said {text!r}")

    def _events(self, after: int, wait: int = 0) -> list[dict[str, Any]]:
        query = {"after": after, "wait": wait}
        answer = self.http.get(f"{self.base}/v1/events", params=query, headers=self.headers, timeout=30)
        return answer.json()["frames"]  # type: ignore[no-any-return]


@dataclass
class Floor:
    """The running gateway, and who is there."""

    stage: Stage
    engine: Engine
    http: httpx.Client
    agents: dict[str, AgentAccount] = field(default_factory=dict)
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where the gateway listens."""
        return f"http://127.0.0.1:{self.stage.settings.gateway_port}"

    def session(self, agent: str) -> str:
        """A new session's cookie."""
        return SqlAgentSessions(self.engine).open(self.agents[agent]).token

    def sign_out(self, token: str) -> None:
        """The session is over."""
        sessions = SqlAgentSessions(self.engine)
        session = sessions.find(token)
        assert session is not None
        sessions.close(session)

    def visitor(self, name: str = "Sari", kind: str = ADMIN, asked: str = "Rapat kami putus sejak pagi",
                *, waits: bool = True, **remembered: Any) -> Visitor:
        """Somebody who has asked something, and waits for a person; `remembered` is what the bot knows, as slots."""
        identity = replace(sample_identity(kind), subject=f"user-{uuid.uuid4()}", name=name)
        visitor = Visitor(self.base, sign(identity, self.stage.settings), self.http)
        visitor.hello()
        self.visitors.append(visitor)
        visitor.say(asked)
        visitor.until("1: ")
        if waits:
            self.queue(visitor, asked, **remembered)
        return visitor

    def queue(self, visitor: Visitor, asked: str, **remembered: Any) -> None:
        """Ask for a person. The stub bot remembers nothing, so what the real one would is put into the log."""
        state = {"language": "id", "asked": asked, **remembered}
        SqlConversations(self.engine, timedelta(hours=1)).write([Change(visitor.conversation_id, bot_state=state)])
        visitor.say("Bicara dengan agen", payload="/talk_to_human")
        visitor.until("KLC-")

    def holder(self, name: str) -> str:
        """The agent who has this customer's case."""
        [agent] = [case.agent for case in SqlCases(self.engine).open() if case.file["identity"]["name"] == name]
        return next(account.name for account in self.agents.values() if account.id == agent)

    def give(self, visitor: Visitor, tier: int) -> None:
        """Whoever has the case sends it to a tier's queue, from elsewhere."""
        [case] = [case for case in SqlCases(self.engine).open() if case.conversation_id == visitor.conversation_id]
        agent = Agent(case.agent or "", "")
        note = Note("transferred", {"tier": tier, "to": None, "reason": ""}, agent.id)
        SqlConversations(self.engine, timedelta(hours=1)).write([Change(
            case.conversation_id, event=Event.TRANSFER, by=agent, to=Destination(tier), notes=(note,))])

    def clear(self) -> None:
        """Everybody goes home."""
        for visitor in self.visitors:
            visitor.send("end")
        self.visitors.clear()

    def restart(self) -> None:
        """The gateway comes back, at the same port."""
        self.stage.gateway.start()
        self.stage.gateway.wait()


def cookie(token: str) -> Any:
    """The session as a browser keeps it."""
    return {"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/agent", "httpOnly": True,
            "sameSite": "Strict"}


@contextmanager
def open_floor(folder: Path) -> Iterator[Floor]:
    """Start it in `folder`."""
    with stage(folder) as running, httpx.Client(timeout=30) as http:
        engine = open_engine(running.settings.database_url)
        floor = Floor(running, engine, http)
        secret = Passwords().hash(PASSWORD)
        for name, role, tiers in PEOPLE:
            account = AgentAccount("", f"{name.lower()}@example.com", name, role, tiers)
            floor.agents[name] = SqlAgents(engine).add(account, secret)
        running.bot.start()
        running.bot.wait()
        floor.restart()
        yield floor
        engine.dispose()
