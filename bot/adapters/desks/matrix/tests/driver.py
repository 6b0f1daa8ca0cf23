"""Agents in Matrix: users of a real Synapse, by the client-server API."""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from desks.agent_driver import AgentDriver
from desks.house import House

from bot.adapters.desks.matrix.tests.real_server import DOMAIN, Synapse
from bot.adapters.desks.registry import agent_desk
from bot.adapters.wording_reader import read_wording
from bot.ports import AgentDesk
from bot.settings import ROOT

LARGEST = 5_242_880
_teams = itertools.count(1)


class Matrix(AgentDriver):
    """See `AgentDriver`. Each driver has its own team room and users. Matrix sends no webhooks."""

    cannot = frozenset({"send webhooks"})

    def __init__(self, server: Synapse) -> None:
        self.server = server
        # How Kilat reaches it; the agents have a way of their own.
        self.address = server.url
        self.tag = f"t{next(_teams)}"
        self.token = server.register(f"kilat-{self.tag}", display_name="Kilat")
        self.agents = {name: server.register(f"{name}-{self.tag}", display_name=name.title())
                       for name in ("sari", "budi")}
        self.stranger = server.register(f"stranger-{self.tag}")
        made = self._ask("sari", "POST", "createRoom", {
            "preset": "private_chat", "room_alias_name": f"team-{self.tag}",
            "invite": [self.user("kilat"), self.user("budi")]})
        self.team = made["room_id"]
        self._ask("budi", "POST", f"join/{quote(self.team)}", {})

    def user(self, name: str) -> str:
        """A user's id."""
        return f"@{name}-{self.tag}:{DOMAIN}"

    def environment(self, **changes: str) -> dict[str, str]:
        """The settings of this desk."""
        return {"KILAT_DESK": "matrix", "KILAT_DESK_LANGUAGE": "en", "KILAT_MATRIX_URL": self.address,
                "KILAT_MATRIX_TOKEN": self.token, "KILAT_MATRIX_TEAM": f"#team-{self.tag}:{DOMAIN}", **changes}

    def desk(self) -> AgentDesk | None:
        return agent_desk(self.environment(), read_wording(ROOT / "data").phrases["en"], LARGEST)

    def attach(self, house: House) -> None:
        """See `AgentDriver`. Matrix sends no webhooks."""

    def cases(self) -> list[str]:
        """See `AgentDriver`. Sari and Budi join the rooms to which Sari was invited."""
        synced = self._ask("sari", "GET", "sync?timeout=0")["rooms"]
        for room in synced.get("invite", {}):
            for name in self.agents:
                self._ask(name, "POST", f"join/{quote(room)}", {})
        rooms = self._ask("sari", "GET", "joined_rooms")["joined_rooms"]
        names = [self._state(room, "m.room.name").get("name", "") for room in rooms if room != self.team]
        return sorted(name.removeprefix("✓ ").split(" · ")[0] for name in names)

    def seen(self, case: str) -> list[str]:
        return [event["content"]["body"].removeprefix("Visitor: ") for event in self.said(case)
                if event["sender"] == self.user("kilat") and "url" not in event["content"]]

    def files(self, case: str) -> list[tuple[str, bytes]]:
        found = [event["content"] for event in self.said(case)
                 if event["sender"] == self.user("kilat") and "url" in event["content"]]
        return [(content["filename"], self._media(content["url"])) for content in found]

    def sees_typing(self, case: str) -> bool:
        joined = self._ask("sari", "GET", "sync?timeout=0")["rooms"]["join"]
        told = joined.get(self.room(case), {}).get("ephemeral", {}).get("events", [])
        return any(self.user("kilat") in event["content"].get("user_ids", []) for event in told)

    def is_over(self, case: str) -> bool:
        """See `AgentDriver`. Kilat has left the room."""
        joined = self._ask("sari", "GET", f"rooms/{quote(self.room(case))}/joined_members")["joined"]
        return self.user("kilat") not in joined

    def accept(self, case: str, agent: str) -> None:
        self.say(case, agent, "!take")

    def say(self, case: str, agent: str, text: str) -> None:
        self.send(case, agent, {"msgtype": "m.text", "body": text})

    def note(self, case: str, agent: str, text: str) -> None:
        self.say(case, agent, f"!note {text}")

    def show(self, case: str, agent: str, name: str, content: bytes) -> None:
        kept = self.server.ask("POST", f"/_matrix/media/v3/upload?filename={name}", content, self.agents[agent])
        self.send(case, agent, {"msgtype": "m.image", "body": name, "url": kept["content_uri"]})

    def type(self, case: str, agent: str) -> None:
        path = f"rooms/{quote(self.room(case))}/typing/{quote(self.user(agent))}"
        self._ask(agent, "PUT", path, {"typing": True, "timeout": 5000})

    def transfer(self, case: str, agent: str, tier: int) -> None:
        self.say(case, agent, f"!transfer {tier}")

    def give_back(self, case: str, agent: str) -> None:
        self.say(case, agent, "!bot")

    def close(self, case: str, agent: str, reason: str) -> None:
        self.say(case, agent, f"!close {reason}")

    def go_away(self) -> None:
        self.server.stop()

    def come_back(self) -> None:
        self.server.start()

    def room(self, case: str) -> str:
        """The room of a case; of several with this number, the open one."""
        self.cases()
        rooms = self._ask("sari", "GET", "joined_rooms")["joined_rooms"]
        named = {self._state(room, "m.room.name").get("name", ""): str(room) for room in rooms}
        found = sorted(name for name in named if case in name)
        assert found, f"no room is called {case}"
        return named[found[0]]

    def said(self, case: str) -> list[dict[str, Any]]:
        """Every message of a case's room, in order."""
        path, start, found = f"rooms/{quote(self.room(case))}/messages?dir=b&limit=500", "", list[dict[str, Any]]()
        while True:
            page = self._ask("sari", "GET", path + (f"&from={start}" if start else ""))
            found += page["chunk"]
            start = page.get("end") or ""
            if not start or not page["chunk"]:
                break
        return [event for event in reversed(found) if event["type"] == "m.room.message" and event["content"]]

    def send(self, case: str, agent: str, content: dict[str, Any], kind: str = "m.room.message") -> str:
        """Send an event as an agent; returns its id."""
        path = f"rooms/{quote(self.room(case))}/send/{kind}/{uuid.uuid4().hex}"
        return str(self._ask(agent, "PUT", path, content)["event_id"])

    def _state(self, room: str, kind: str) -> dict[str, Any]:
        events = self._ask("sari", "GET", f"rooms/{quote(room)}/state")
        return next((event["content"] for event in events if event["type"] == kind), {})

    def _media(self, address: str) -> bytes:
        path = f"/_matrix/client/v1/media/download/{address.removeprefix('mxc://')}"
        found = self.server.ask("GET", path, token=self.agents["sari"])
        return found if isinstance(found, bytes) else json.dumps(found).encode()

    def _ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        return self.server.ask(method, f"/_matrix/client/v3/{path}", body, self.agents[who])


def open_driver(request: pytest.FixtureRequest) -> Matrix:
    """Agents of a new team, at the Synapse of all tests."""
    return Matrix(request.getfixturevalue("start_once")(Synapse))
