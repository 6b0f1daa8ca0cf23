"""What a server tells of rooms since it was asked last: nothing that was said in a case is left out."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.desks.matrix.client import MatrixClient, MatrixRefused

logger = logging.getLogger(__name__)

WAIT_SECONDS = 25.0
# In one answer of the server; what is older is fetched.
TIMELINE = 100
_INVALID = 400

Json = dict[str, Any]


@dataclass(frozen=True)
class Synced:
    """What a server told of rooms."""

    said: Mapping[str, Sequence[Json]]  # by room: what was said, the oldest first
    typing: Mapping[str, Sequence[Json]]  # by room: who types now
    token: str  # to go on from


class Sync:
    """Asks with the token of the last answer."""

    def __init__(self, client: MatrixClient) -> None:
        self._client = client

    async def news(self, me: str, since: str | None, rooms: Sequence[str]) -> Synced:
        """What others than `me` did since. Where the server does not know the token any more, for one of the two was
        restored from a backup, all of `rooms` is told again."""
        if since:
            try:
                return await self._since(me, since)
            except MatrixRefused as error:
                if error.status != _INVALID:
                    raise
                logger.warning("The server does not know how far it was read; open cases are read anew: %s", error)
        return await self._anew(me, rooms)

    async def _since(self, me: str, since: str) -> Synced:
        answer = await self._ask(me, since=since, timeout=str(int(WAIT_SECONDS * 1000)))
        joined, left = (answer.get("rooms", {}).get(kind, {}) for kind in ("join", "leave"))
        said = {room: await self._timeline(room, told.get("timeline", {}), since, me)
                for room, told in {**joined, **left}.items()}
        return Synced(said, _typing(joined), str(answer["next_batch"]))

    async def _anew(self, me: str, rooms: Sequence[str]) -> Synced:
        answer = await self._ask(me)
        joined = answer.get("rooms", {}).get("join", {})
        said = {room: await self._all(room, me) for room in rooms}
        return Synced(said, _typing(joined), str(answer["next_batch"]))

    async def _ask(self, me: str, **how: str) -> Json:
        answer = await self._client.get("sync", seconds=2 * WAIT_SECONDS, filter=json.dumps(_filter(me)), **how)
        return dict(answer)

    async def _timeline(self, room: str, timeline: Mapping[str, Any], since: str, me: str) -> list[Json]:
        """What was said since; what the server left out is fetched."""
        said: list[Json] = list(timeline.get("events", []))
        start = timeline.get("prev_batch") if timeline.get("limited") else None
        return [*(await self._before(room, me, start, since) if start else ()), *said]

    async def _all(self, room: str, me: str) -> list[Json]:
        """All that was said in a room, as far as the user may read it."""
        try:
            return await self._before(room, me)
        except MatrixRefused as error:
            logger.warning("A room can't be read: %s", error)
            return []

    async def _before(self, room: str, me: str, start: str | None = None, since: str | None = None) -> list[Json]:
        """What was said before `start` (the end) and after `since` (the beginning)."""
        said: list[Json] = []
        until: Json = {"to": since} if since else {}
        while True:
            place: Json = {**until, "from": start} if start else until
            page = await self._client.get(
                "rooms", room, "messages", dir="b", limit=str(TIMELINE), filter=json.dumps(_messages(me)), **place)
            said = [*reversed(page["chunk"]), *said]
            start = page.get("end")
            if not start or not page["chunk"]:
                return said


def _typing(joined: Mapping[str, Any]) -> dict[str, Sequence[Json]]:
    return {room: told.get("ephemeral", {}).get("events", []) for room, told in joined.items()}


def _messages(me: str) -> Json:
    return {"types": ["m.room.message", "m.room.encrypted"], "not_senders": [me]}


def _filter(me: str) -> Json:
    """Of all that a server tells: what others say, and who types."""
    nothing: Json = {"types": []}
    room = {"timeline": {**_messages(me), "limit": TIMELINE}, "ephemeral": {"types": ["m.typing"]}, "state": nothing,
            "account_data": nothing}
    return {"room": room, "presence": nothing, "account_data": nothing}
