"""The room of a case: made once, and each thing said in it once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.adapters.desks.matrix.client import MatrixClient, MatrixRefused
from bot.core.errors import DeskUnavailable

# In each message of ours: its name in the room.
MARK = "kilat.id"
# Of what was said last: more than can be unsure.
LOOKED_AT = 100
TEXT, NOTICE = "m.text", "m.notice"


class Rooms:
    """Says things in rooms as Kilat's user. Matrix knows a transaction again for a while, by the device that sent it;
    a name in each message is known for good. So after a restart, or a failure whose end is not known, the room itself
    is asked what stands in it."""

    def __init__(self, client: MatrixClient) -> None:
        self._client = client
        self._said: dict[str, set[str]] = {}
        self._left: set[str] = set()

    async def make(self, alias: str, home: str, name: str, topic: str, members: Iterable[str]) -> str:
        """The private room of this alias at the server `home`, with `members` invited; made now, or known already."""
        try:
            made = await self._client.post("createRoom", body={
                "preset": "private_chat", "visibility": "private", "room_alias_name": alias, "name": name,
                "topic": topic, "invite": list(members),
                "initial_state": [{"type": "m.room.guest_access", "content": {"guest_access": "forbidden"}}],
            })
        except MatrixRefused as error:
            if error.code != "M_ROOM_IN_USE":
                raise
            found = await self._client.get("directory", "room", f"#{alias}:{home}")
            return str(found["room_id"])
        self._said[str(made["room_id"])] = set()
        return str(made["room_id"])

    async def say(self, room: str, me: str, name: str, content: Mapping[str, Any]) -> None:
        """Say `content` as the user `me`, unless what is called `name` was said already. It calls nobody by name."""
        said = self._said.get(room)
        if said is None:
            said = self._said[room] = await self._stands(room, me)
        if name in said:
            return
        # Of as many characters as a transaction may have.
        transaction = f"kilat-{hashlib.sha256(name.encode()).hexdigest()[:32]}"
        try:
            await self._client.put("rooms", room, "send", "m.room.message", transaction,
                                   body={"m.mentions": {}, **content, MARK: name})
        except DeskUnavailable:
            self._said.pop(room, None)
            raise
        said.add(name)

    async def leave(self, room: str) -> None:
        """Mark the room's name as done, and leave it."""
        named = await self._client.get("rooms", room, "state", "m.room.name")
        name = str(named.get("name") or "")
        if not name.startswith("✓"):
            await self._client.put("rooms", room, "state", "m.room.name", body={"name": f"✓ {name}"})
        # Before it is done: whoever asks for news may hear of it first.
        self._left.add(room)
        await self._client.post("rooms", room, "leave", body={})
        self._said.pop(room, None)

    async def lost(self, rooms: Sequence[str]) -> list[str]:
        """Those of `rooms`, all there are, that the user is in no more, and that this process did not leave; told once.
        The server tells of it by itself only when something was said there."""
        joined = await self._joined() if rooms else []
        lost = [room for room in rooms if room not in joined and room not in self._left]
        self._left = self._left.intersection(rooms).union(lost)
        return lost

    async def is_in(self, room: str) -> bool:
        """Whether the user is in the room."""
        return room in await self._joined()

    async def _joined(self) -> list[str]:
        return list((await self._client.get("joined_rooms"))["joined_rooms"])

    async def _stands(self, room: str, me: str) -> set[str]:
        only = json.dumps({"types": ["m.room.message"], "senders": [me]})
        page = await self._client.get("rooms", room, "messages", dir="b", limit=str(LOOKED_AT), filter=only)
        return {str(event["content"][MARK]) for event in page["chunk"] if MARK in event.get("content", {})}
