"""The rooms of cases: created once; each message is sent once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.adapters.desks.matrix.client import MatrixClient, MatrixRefused
from bot.core.errors import DeskUnavailable

# The field of Kilat's messages that holds the message's key.
MARK = "kilat.id"
# How many of the last messages are searched for keys.
LOOKED_AT = 100
TEXT, NOTICE = "m.text", "m.notice"


class Rooms:
    """Sends messages to rooms as Kilat's user. Matrix recognises a repeated transaction for a while only, so each
    message has a key. After a restart or a failed call, the keys are read from the room."""

    def __init__(self, client: MatrixClient) -> None:
        self._client = client
        self._said: dict[str, set[str]] = {}
        self._left: set[str] = set()

    async def make(self, alias: str, home: str, name: str, topic: str, members: Iterable[str]) -> str:
        """Create the private room with this alias at the server `home`, and invite `members`; returns the room's id. A
        room that exists is returned as it is."""
        try:
            made = await self._client.post("createRoom", body={
                "preset": "private_chat", "visibility": "private", "room_alias_name": alias, "name": name,
                "topic": topic, "invite": list(members),
                "initial_state": [{"type": "m.room.guest_access", "content": {"guest_access": "forbidden"}}]})
        except MatrixRefused as error:
            if error.code != "M_ROOM_IN_USE":
                raise
            found = await self._client.get("directory", "room", f"#{alias}:{home}")
            return str(found["room_id"])
        self._said[str(made["room_id"])] = set()
        return str(made["room_id"])

    async def say(self, room: str, me: str, name: str, content: Mapping[str, Any]) -> None:
        """Send `content` as the user `me`, unless the message with the key `name` was sent. It mentions no user."""
        said = self._said.get(room)
        if said is None:
            said = self._said[room] = await self._stands(room, me)
        if name in said:
            return
        # A hash, as the length of a transaction id is limited.
        transaction = f"kilat-{hashlib.sha256(name.encode()).hexdigest()[:32]}"
        try:
            await self._client.put("rooms", room, "send", "m.room.message", transaction,
                                   body={"m.mentions": {}, **content, MARK: name})
        except DeskUnavailable:
            self._said.pop(room, None)
            raise
        said.add(name)

    async def leave(self, room: str) -> None:
        """Put a check mark before the room's name, and leave the room."""
        named = await self._client.get("rooms", room, "state", "m.room.name")
        name = str(named.get("name") or "")
        if not name.startswith("✓"):
            await self._client.put("rooms", room, "state", "m.room.name", body={"name": f"✓ {name}"})
        # Before the call, as a concurrent `lost` may see its effect first.
        self._left.add(room)
        await self._client.post("rooms", room, "leave", body={})
        self._said.pop(room, None)

    async def lost(self, rooms: Sequence[str]) -> list[str]:
        """Which of `rooms` (all open ones) Kilat's user is not in any more, without those that `leave` left; each is
        reported once. The server itself reports such a room only after a new message."""
        joined = await self._joined() if rooms else []
        lost = [room for room in rooms if room not in joined and room not in self._left]
        self._left = self._left.intersection(rooms).union(lost)
        return lost

    async def is_in(self, room: str) -> bool:
        """True when Kilat's user is in the room."""
        return room in await self._joined()

    async def _joined(self) -> list[str]:
        return list((await self._client.get("joined_rooms"))["joined_rooms"])

    async def _stands(self, room: str, me: str) -> set[str]:
        only = json.dumps({"types": ["m.room.message"], "senders": [me]})
        page = await self._client.get("rooms", room, "messages", dir="b", limit=str(LOOKED_AT), filter=only)
        return {str(event["content"][MARK]) for event in page["chunk"] if MARK in event.get("content", {})}
